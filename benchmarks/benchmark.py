"""What a benchmark is: a name, one round of measuring, and how its figures are shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from benchmarks.figures import Row
from benchmarks.systems import ALL, NODE


class LeftOut(Exception):
    """Something cannot be measured here; the message is a sentence for the reader of the results."""


@dataclass(frozen=True, slots=True)
class Scope:
    """How much of it to do. `tiny` shows only that it works."""

    tiny: bool = False
    systems: tuple[str, ...] = ALL


@dataclass(frozen=True, slots=True)
class Column:
    """A figure in the table.

    Args:
        key: its name in a row.
        head: what it is, with its unit.
        digits: after the point.
        ratio: also as a ratio to the benchmark's baseline.
        plot: also in the picture.
    """

    key: str
    head: str
    digits: int = 0
    ratio: bool = False
    plot: bool = False


@dataclass(frozen=True, slots=True)
class Benchmark:
    """One of the benchmarks.

    Args:
        measure: one round; a row for each thing that was measured. Raises LeftOut.
        labels: the words of a row that say what was measured; the first is what is compared (`system` where Art Bot is
            not alone).
        baseline: what ratios are to: a value of the first label, with all other labels the same.
        rounds: how often it is measured unless said otherwise: less often what takes long or differs little.
    """

    name: str
    title: str
    measure: Callable[[Scope], Iterator[Row]]
    labels: tuple[str, ...]
    columns: tuple[Column, ...]
    baseline: str = NODE
    rounds: int = 3
