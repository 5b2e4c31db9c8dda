"""The stage while a picture is composed: what is known of it, what stands on it already, and how a thing moves there."""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace

from PIL import Image

from artbot_server.sd.demo.backdrops import Backdrop
from artbot_server.sd.demo.chance import Variation, chance
from artbot_server.sd.demo.layout import Box, Spot, box_of
from artbot_server.sd.demo.palette import Light
from artbot_server.sd.demo.words import Idea, Thing

WATER_BIRDS = frozenset({"1f986", "1f9a2", "1f424", "1f425"})
AIRBORNE = frozenset({"insect", "aircraft", "sky"})
BOTTOM_DWELLERS = frozenset({"1f980", "1f99e", "1f41a", "1fab8", "1f9aa"})
MOTLEY = frozenset({"1f41f", "1f420", "1f98b", "1f388", "hotair", "1f426"})


@dataclass(slots=True)
class Stage:
    """What the steps of composing share.

    Attributes:
        taken: what is covered already, to be kept free.
        queue: what to paint: the picture, its spot, and its manner (stand, swim, hang, far or front).
        unit: how tall a thing of size 1 is in the foreground, pixels; 0 while there is no subject.
    """

    idea: Idea
    light: Light
    backdrop: Backdrop
    image: Image.Image
    place: str
    seed: int
    variation: Variation | None = None
    taken: list[Box] = field(default_factory=list)
    queue: list[tuple[Image.Image, Spot, str]] = field(default_factory=list)
    unit: float = 0.0

    def rng(self, step: str) -> random.Random:
        """The generator of one step."""
        return chance(self.seed, step, self.variation)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.image.size

    def add(self, art: Image.Image, spot: Spot, manner: str) -> None:
        """Remember to paint `art`, and that its place is taken."""
        self.taken.append(box_of(spot, art.width / art.height))
        self.queue.append((art, spot, manner))


def company_of(idea: Idea, thing: Thing) -> list[Thing]:
    """What is bound to a thing."""
    at = idea.things.index(thing)
    return [other for other in idea.things if other.owner == at]


def manner_of(stage: Stage, thing: Thing) -> str:
    """Whether a thing stands, swims or hangs in the air here."""
    kind, name, backdrop = thing.entry.kind, thing.entry.picture, stage.backdrop
    rides = {other.entry.kind for other in company_of(stage.idea, thing) if other.relation == "ride"}
    if backdrop.stage == "float":
        return "stand" if name in BOTTOM_DWELLERS or kind in ("flower", "building", "object") else "hang"
    if backdrop.stage == "flat":
        return "stand"
    if _flies(stage, kind, name) or "aircraft" in rides:
        return "hang"
    swims = kind in ("boat", "fish") or name in WATER_BIRDS or "boat" in rides
    if backdrop.water and (swims or (stage.place == "sea" and kind not in ("building", "mountain"))):
        return "swim"
    return "stand"


def _flies(stage: Stage, kind: str, name: str) -> bool:
    if kind in AIRBORNE or name == "1f985":
        return True
    if stage.place == "clouds":
        return kind not in ("building", "furniture", "tree")
    return kind in ("bird", "person", "animal") and "fly" in stage.idea.actions


def varied(thing: Thing, rng: random.Random) -> Thing:
    """One of many: butterflies, fish and balloons without a colour of their own are seldom all alike."""
    if thing.count < 2 or thing.colour or thing.entry.picture not in MOTLEY:
        return thing
    return replace(thing, colour=rng.choice((None, "orange", "yellow", "pink", "purple", "turquoise")))
