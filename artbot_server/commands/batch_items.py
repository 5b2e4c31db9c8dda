"""The items of a batch at the command line: what each is to the backend, and painting them one after the other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import Any, Literal

from artbot_server.commands.batch_tree import BatchTree
from artbot_server.commands.output import Bar, warn
from artbot_server.commands.paint import painted
from artbot_server.commands.saved import checked_pictures
from artbot_server.errors import ArtbotError
from artbot_server.painting.batch_plans import BatchOrder
from artbot_server.painting.batches import Item
from artbot_server.painting.merge import Merged, Order, expected
from artbot_server.painting.overrides import MAX_SEED
from artbot_server.sd.base import Progress
from artbot_server.studio import Studio


@dataclass(frozen=True, slots=True)
class ItemEnd:
    """What became of an item; `error` as it is told to clients."""

    state: Literal["done", "failed"]
    substituted: Sequence[Mapping[str, Any]] = ()
    model: str | None = None
    error: Mapping[str, Any] | None = None


def merged_items(studio: Studio, items: Sequence[Item], order: BatchOrder) -> list[Merged]:
    """What each item asks of the backend, all of it checked before anything is painted.

    Where the order has a seed, each further item of a template counts on from it, as A1111 does within a batch: the
    same pictures once more would be of no use.

    Raises:
        BadRequest, NotFound: as `Studio.merged`, with the template's name before the sentence and in the detail.
    """
    firsts: dict[tuple[str, str], Merged] = {}
    before: Counter[tuple[str, str]] = Counter()
    found = []
    for item in items:
        key = (item.folder, item.template)
        if key not in firsts:
            firsts[key] = _merged(studio, item, order)
        has_seed = order.overrides.get("seed", -1) >= 0
        found.append(_counted_on(firsts[key], before[key]) if has_seed else firsts[key])
        before[key] += 1
    return found


def _merged(studio: Studio, item: Item, order: BatchOrder) -> Merged:
    image_id = order.image_id if item.mode == "img2img" else None
    try:
        wanted = Order(order.prompt, order.negative_prompt, order.overrides, image_id)
        return studio.merged(item.folder, item.template, wanted)
    except ArtbotError as error:
        sentence = f"{item.folder}/{item.template}: {error.message}"
        detail = error.detail | {"folder": item.folder, "template": item.template}
        raise type(error)(sentence, code=error.error_code, fault=error.whose_fault, **detail) from error


def _counted_on(merged: Merged, times: int) -> Merged:
    *_, count = expected(merged.fields)
    seed = (merged.fields["seed"] + times * count) % (MAX_SEED + 1)
    return replace(merged, fields=merged.fields | {"seed": seed})


def paint_items(
    studio: Studio, items: Sequence[Item], payloads: Sequence[Merged], pictures: Mapping[str, bytes], tree: BatchTree
) -> list[ItemEnd]:
    """Paint and save; one that fails is told at once and the rest go on. Fewer ends than items: it was interrupted.

    Raises:
        BadRequest: it cannot be saved.
    """
    ends: list[ItemEnd] = []
    try:
        with Bar("") as bar:
            for place, (item, payload) in enumerate(zip(items, payloads, strict=True)):
                show = partial(_show, bar, place, len(items), item.label)
                show(Progress(0.0))
                try:
                    result = painted(studio, payload, pictures, show)
                    checked = checked_pictures(result)
                except ArtbotError as error:
                    warn(f"{item.folder}/{item.template}, round {item.round}, repeat {item.repeat}: {error.message}")
                    ends.append(ItemEnd("failed", error=error.as_json()))
                    continue
                tree.save(place, checked)
                substituted = [asdict(one) for one in (*payload.substituted, *result.substituted)]
                ends.append(ItemEnd("done", substituted, result.model))
    except KeyboardInterrupt:
        pass  # what there is stays
    return ends


def _show(bar: Bar, place: int, total: int, label: str, progress: Progress) -> None:
    bar.advance((place + progress.fraction) / total, f"{place + 1}/{total} {label}")
