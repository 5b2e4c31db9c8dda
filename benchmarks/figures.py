"""Numbers from numbers: quantiles, medians over rounds, ratios within a round. Pure.

A row is one measurement: words that say of what (`system`, `load` …) and figures; `round` is added by the runner.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import median

Row = Mapping[str, str | float | None]
EXACT_BELOW = 100
"""From here on nobody reads what is after the point."""


def quantile(values: Sequence[float], share: float) -> float | None:
    """The value below which this share of them lies; None of nothing."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else None


def ms(seconds: float | None) -> float | None:
    """Milliseconds, as precise as they can be meant."""
    return None if seconds is None else round(seconds * 1000, 2)


def shown(value: float | None, digits: int) -> str:
    """A figure for people, with so many digits after the point, and none where they would mean nothing."""
    return "" if value is None else f"{value:,.{0 if abs(value) >= EXACT_BELOW else digits}f}"


def groups(rows: Sequence[Row], labels: Sequence[str]) -> list[tuple[str, ...]]:
    """What was measured, each once, as it first came."""
    return list(dict.fromkeys(tuple(str(row[label]) for label in labels) for row in rows))


def middle(rows: Sequence[Row], labels: Mapping[str, str], key: str) -> float | None:
    """A figure's median over the rounds of what has these labels; None where it was not measured."""
    found = [value for row in _of(rows, labels) if isinstance(value := row.get(key), int | float)]
    return median(found) if found else None


def ratio(rows: Sequence[Row], labels: Mapping[str, str], key: str, other: Mapping[str, str]) -> float | None:
    """The median over the rounds of a figure divided by the same one of the other labels, measured in the same round.

    Rounds in which one of the two is missing or nothing do not count; None where none is left.
    """
    theirs = {row["round"]: row.get(key) for row in _of(rows, {**labels, **other})}
    found = []
    for row in _of(rows, labels):
        mine, yours = row.get(key), theirs.get(row["round"])
        if isinstance(mine, int | float) and isinstance(yours, int | float) and yours:
            found.append(mine / yours)
    return median(found) if found else None


def _of(rows: Sequence[Row], labels: Mapping[str, str]) -> list[Row]:
    return [row for row in rows if all(str(row.get(name)) == value for name, value in labels.items())]
