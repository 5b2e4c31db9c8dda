"""The demo painter's chance: one generator a step of composing, and for a variation the same with a little of another."""

from __future__ import annotations

import random
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Variation:
    """A second seed, and how much of it is mixed in: 0 (nothing) to 1 (only that)."""

    seed: int
    strength: float


def chance(seed: int, step: str, variation: Variation | None = None) -> random.Random:
    """The generator of one step: no step's chance depends on how much another drew."""
    plain = f"{seed}/{step}"
    return _Mixed(plain, f"{variation.seed}/{step}", variation.strength) if variation else random.Random(plain)


class _Mixed(random.Random):
    """Numbers between those of two generators; a choice is now and then the other one's."""

    def __init__(self, first: str, second: str, strength: float) -> None:
        super().__init__(first)
        self._other = random.Random(second)
        self._strength = strength

    def random(self) -> float:
        return (1 - self._strength) * super().random() + self._strength * self._other.random()

    def _randbelow(self, n: int) -> int:
        # All choices of the standard library end here. Below it, in `getrandbits`, one changed choice would make the
        # generator try again, and every later number another.
        own, other = super()._randbelow(n), self._other._randbelow(n)  # type: ignore[misc, attr-defined]
        return int(other if self._other.random() < self._strength else own)
