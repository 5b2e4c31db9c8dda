"""What a batch is, how far it is, and which grids its pictures give. Pure: no clock, no database, no pixels.

`batch_plans` says which items a batch has, `grids` draws what `due_grids` says, `storage/batches` keeps it all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import groupby
from typing import Any, Generic, TypeVar

from artbot_server.painting.jobs import ENDED, JobState
from artbot_server.sd.base import Mode

Source = TypeVar("Source")
"""Whatever a caller has of a picture: its path, its id, its row."""


class BatchState(StrEnum):
    """`CANCELLED` from the moment somebody wants it so; the batch has ended once `ended_at` is set."""

    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One job of a batch. `round` and `repeat` begin at 1; `label`, `folder_label`: what grids write."""

    folder: str
    template: str
    round: int
    repeat: int
    label: str
    folder_label: str
    mode: Mode = "txt2img"
    job_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """One row of `schema.batches`. Times are seconds since 1970 by the database's clock.

    Attributes:
        saved_to: the name of its folder in the saved tree, None where nothing is saved.
        worker, lease_until: who makes its grids and how long that holds.
        ended_at: when its grids were kept; all its jobs had ended then.
    """

    id: str
    session_id: str
    prompt: str
    items: Sequence[Item]
    negative_prompt: str = ""
    overrides: Mapping[str, Any] = field(default_factory=dict)
    conversation_id: str | None = None
    client_sid: str | None = None
    state: BatchState = BatchState.RUNNING
    saved_to: str | None = None
    worker: str | None = None
    lease_until: float | None = None
    created_at: float = 0.0
    ended_at: float | None = None


@dataclass(frozen=True, slots=True)
class ItemNow:
    """How far one item is; `progress` from 0 to 1."""

    state: JobState
    progress: float = 0.0


LOST = ItemNow(JobState.CANCELLED)
"""An item whose job is gone: its conversation was deleted."""


@dataclass(frozen=True, slots=True)
class Cell(Generic[Source]):
    """One place of a comparison: a label, and below it a picture or the sub-grid of several."""

    label: str
    pictures: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Grid(Generic[Source]):
    """A grid to be drawn: the sub-grid of one template (one cell), or a folder's templates side by side.

    Attributes:
        template: None for a comparison.
        place: its number among all the grids the batch could have, whatever became of the others.
    """

    folder: str
    template: str | None
    round: int
    place: int
    label: str
    cells: tuple[Cell[Source], ...]


def progress_of(items: Sequence[ItemNow]) -> float:
    """How much of a batch is over, 0 to 1: what has ended counts whole, what runs by its own progress."""
    if not items:
        return 1.0
    return sum(1.0 if item.state in ENDED else item.progress for item in items) / len(items)


def due_grids(items: Sequence[Item], pictures: Mapping[int, Sequence[Source]]) -> list[Grid[Source]]:
    """The grids of a batch that has ended: for each folder and round, its templates' sub-grids, then the comparison.

    A sub-grid needs more than one picture, a comparison more than one template with a picture; a template of which
    nothing came is left out.

    Args:
        items: in the batch's order.
        pictures: those of each item that has some, by its place in `items`.
    """
    return [grid for grid in _all_grids(items, pictures) if _is_due(grid)]


def grid_names(items: Sequence[Item]) -> dict[int, dict[str, Any]]:
    """What each grid the batch could have is called and what it shows, by its place; `template` is None for a comparison."""
    nothing: Mapping[int, Sequence[Any]] = {}
    told = ("label", "folder", "template", "round")
    return {grid.place: {name: getattr(grid, name) for name in told} for grid in _all_grids(items, nothing)}


def batch_json(batch: Batch, now: Mapping[str, ItemNow], grids: Sequence[Mapping[str, Any]] = ()) -> dict[str, Any]:
    """The `batch` record of docs/protocol.md.

    Args:
        now: by job_id; one that is missing is LOST.
        grids: picture records with what `grid_names` says.
    """
    items = [now.get(item.job_id, LOST) for item in batch.items]
    ended = {state: sum(item.state is state for item in items) for state in ENDED}
    return {
        "batch_id": batch.id,
        "state": batch.state.value,
        "total": len(items),
        **{state.value: count for state, count in sorted(ended.items())},
        "progress": progress_of(items),
        "items": [
            {name: getattr(item, name) for name in _TOLD} | {"state": at.state.value}
            for item, at in zip(batch.items, items, strict=True)
        ],
        "grids": list(grids),
        "prompt": batch.prompt,
        "conversation_id": batch.conversation_id,
        "client_sid": batch.client_sid,
        "saved_to": batch.saved_to if batch.ended_at is not None else None,
        "created_at": batch.created_at,
        "ended_at": batch.ended_at,
    }


_TOLD = ("job_id", "folder", "template", "round", "repeat", "label")


def _is_due(grid: Grid[Any]) -> bool:
    if grid.template is not None:
        return len(grid.cells[0].pictures) > 1
    return len(grid.cells) > 1


def _all_grids(items: Sequence[Item], pictures: Mapping[int, Sequence[Source]]) -> Iterator[Grid[Source]]:
    """Every grid the plan could give, numbered; a comparison holds only the cells that have a picture."""
    place = 0
    numbered = list(enumerate(items))
    rounds = {item.folder: item.round for item in items}  # the last one stays
    for (folder, round_number), group in groupby(numbered, key=lambda pair: (pair[1].folder, pair[1].round)):
        of_round = list(group)
        title = of_round[0][1].folder_label
        suffix = f" {round_number}" if rounds[folder] > 1 else ""
        cells = []
        for template, of_template in groupby(of_round, key=lambda pair: pair[1].template):
            those = list(of_template)
            found = tuple(picture for index, _ in those for picture in pictures.get(index, ()))
            cell = Cell(those[0][1].label, found)
            cells += [cell] if found else []
            yield Grid(folder, template, round_number, place, cell.label + suffix, (cell,))
            place += 1
        yield Grid(folder, None, round_number, place, title + suffix, tuple(cells))
        place += 1
