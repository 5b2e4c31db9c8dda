"""When a backend is to be asked whether it is well. Pure: no clock, no network.

One that is away is asked less and less often, up to a bound, and at once when a job could use it or its operator asks.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

LONGEST_AWAY_S = 120.0
"""The longest pause between two looks at a backend that is away and that nobody wants."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Who would have a backend looked at: a waiting job that it could paint, or its operator."""

    by_job: bool = False
    by_operator: bool = False


NOBODY = Wanted()


@dataclass(frozen=True, slots=True)
class Health:
    """What is known of a backend.

    Attributes:
        up: whether it answered last time; None before the first.
        misses: how often in a row it did not.
        checked_at: when it was asked last, None when it has to be asked before anything else.
        wanted: whether a job wanted it then.
    """

    up: bool | None = None
    misses: int = 0
    checked_at: float | None = None
    wanted: bool = False

    def after(self, up: bool, now: float, wanted: Wanted) -> Health:
        """What is known after it was asked."""
        return Health(up, 0 if up else self.misses + 1, now, wanted.by_job)

    def doubted(self) -> Health:
        """A job failed on it: it is asked before it gets another."""
        return replace(self, checked_at=None)

    def is_due(self, now: float, wanted: Wanted, up_every_s: float, away_every_s: float) -> bool:
        """Whether to ask it now.

        Args:
            up_every_s: how often one that is well is asked.
            away_every_s: how often one that is away and wanted is asked; unwanted, the pause doubles each time.
        """
        if self.checked_at is None or wanted.by_operator:
            return True
        passed_s = now - self.checked_at
        if self.up:
            return passed_s >= up_every_s
        if wanted.by_job:
            return not self.wanted or passed_s >= away_every_s
        return passed_s >= away_pause(self.misses, away_every_s)


def away_pause(misses: int, first_s: float) -> float:
    """Seconds until one that is away is asked again, after so many misses in a row."""
    doubled = first_s * 2.0 ** min(misses - 1, 16)  # 2 ** 16 is far beyond the bound already
    return max(first_s, min(doubled, LONGEST_AWAY_S))
