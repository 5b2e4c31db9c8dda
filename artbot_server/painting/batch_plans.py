"""From what somebody chose to the jobs of a batch, in the order of the article's tool. Pure.

For each folder, so many rounds; in a round each chosen template, so many times. What becomes of the jobs is `batches`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from artbot_server.errors import BadRequest, TooLarge
from artbot_server.painting.batches import Item
from artbot_server.painting.templates import Bilingual, Folder, Library, Template

MOST_ITEMS = 200
"""Jobs of one batch: an hour of a fast backend, and still one event and a grid that can be looked at."""
MOST_TIMES = 30
"""Rounds of a folder and repeats of a template, as in the article's tool."""

Language = Literal["en", "zh"]


@dataclass(frozen=True, slots=True)
class FolderChoice:
    """A folder to be painted; `rounds` where it differs from the batch's."""

    folder: str
    rounds: int | None = None


@dataclass(frozen=True, slots=True)
class TemplateChoice:
    """A template to be painted; `repeats` in each round of its folder, where it differs from the batch's."""

    folder: str
    template: str
    repeats: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchOrder:
    """`generate_batch` in docs/protocol.md.

    Attributes:
        folders: all usable templates of each, unless `templates` chooses some of it.
        image_id: what the img2img templates work on; others do not look at it, as in the article.
        language: in which a grid says folders and templates by their titles; None: by their names.
        batch_id: made by the client; the same one again gives the first answer again.
    """

    prompt: str
    folders: Sequence[FolderChoice] = ()
    templates: Sequence[TemplateChoice] = ()
    rounds: int = 1
    repeats: int = 1
    negative_prompt: str = ""
    overrides: Mapping[str, Any] = field(default_factory=dict)
    image_id: str | None = None
    language: Language | None = None
    save: bool = False
    batch_id: str | None = None
    conversation_id: str | None = None
    reply_id: str | None = None
    client_sid: str | None = None

    def __repr__(self) -> str:
        return f"BatchOrder({len(self.folders)} folders, {len(self.templates)} templates)"


@dataclass(frozen=True, slots=True)
class Plan:
    """The items in their order, and the templates left out because they work on a picture and have none."""

    items: tuple[Item, ...]
    left_out: tuple[Template, ...] = ()


@dataclass(frozen=True, slots=True)
class _Part:
    """One folder of a batch: its templates, each with its repeats."""

    folder: Folder
    rounds: int
    templates: Sequence[tuple[Template, int]]

    @property
    def count(self) -> int:
        return self.rounds * sum(repeats for _, repeats in self.templates)


def plan(library: Library, order: BatchOrder) -> Plan:
    """The jobs of a batch.

    A template that works on a picture and has none is left out of a folder chosen as a whole; chosen by its own name
    it stays, and the order is then refused like any other of its kind.

    Raises:
        BadRequest: nothing was chosen, or something twice (`folders`, `templates`).
        NotFound: no such folder or template, or it is broken.
        TooLarge: more than MOST_ITEMS (`limit`).
    """
    _refuse_doubles(order)
    left_out: list[Template] = []
    parts = []
    for choice in _folders(order):
        folder = library.folder(choice.folder)
        picked = [one for one in order.templates if one.folder == folder.name]
        templates = [(library.find(one.folder, one.template)[1], one.repeats or order.repeats) for one in picked]
        if not picked:
            left_out += [template for template in folder.templates.values() if _lacks_picture(template, order)]
            templates = [(one, order.repeats) for one in folder.templates.values() if one not in left_out]
        parts.append(_Part(folder, choice.rounds or order.rounds, templates))
    count = sum(part.count for part in parts)
    if count == 0:
        raise BadRequest("A batch needs a template to paint.", field="folders", allowed="folders or templates")
    if count > MOST_ITEMS:
        raise TooLarge(f"This batch is {count} jobs; one may have {MOST_ITEMS}.", field="repeats", limit=MOST_ITEMS)
    return Plan(tuple(item for part in parts for item in _items(part, order)), tuple(left_out))


def _refuse_doubles(order: BatchOrder) -> None:
    if len({choice.folder for choice in order.folders}) < len(order.folders):
        raise BadRequest("A folder stands in the batch twice.", field="folders", allowed="each folder once")
    if len({(choice.folder, choice.template) for choice in order.templates}) < len(order.templates):
        raise BadRequest("A template stands in the batch twice.", field="templates", allowed="each template once")


def _folders(order: BatchOrder) -> list[FolderChoice]:
    """Those named first, then those whose templates alone were named."""
    found = {choice.folder: choice for choice in order.folders}
    for choice in order.templates:
        found.setdefault(choice.folder, FolderChoice(choice.folder))
    return list(found.values())


def _lacks_picture(template: Template, order: BatchOrder) -> bool:
    return template.mode == "img2img" and not template.inputs.init_images and order.image_id is None


def _items(part: _Part, order: BatchOrder) -> Iterator[Item]:
    for round_number in range(1, part.rounds + 1):
        for template, repeats in part.templates:
            for repeat in range(1, repeats + 1):
                yield Item(
                    folder=part.folder.name,
                    template=template.name,
                    round=round_number,
                    repeat=repeat,
                    label=_said(template.title, template.name, order),
                    folder_label=_said(part.folder.title, part.folder.name, order),
                    mode=template.mode,
                )


def _said(title: Bilingual, name: str, order: BatchOrder) -> str:
    return (getattr(title, order.language) if order.language else "") or name
