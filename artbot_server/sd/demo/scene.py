"""Composes one picture of an idea: background, then far things, beings, small things, plants in front, weather.

The same idea, size and seed give the same pixels. Chance is drawn from one generator a stage, named after the stage,
so that a changed colour or an added hat leaves the rest of the picture where it was.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from PIL import Image, ImageFilter

from artbot_server.sd.demo import cast
from artbot_server.sd.demo.actors import Actor, act, plain
from artbot_server.sd.demo.art import picture
from artbot_server.sd.demo.backdrop import Backdrop
from artbot_server.sd.demo.backdrops import paint_backdrop
from artbot_server.sd.demo.homes import place_for, season_for
from artbot_server.sd.demo.layout import Box, Spot, box_of, crowd, fitted, freest, overlap
from artbot_server.sd.demo.palette import Light, light_for
from artbot_server.sd.demo.skies import paint_weather
from artbot_server.sd.demo.words import BEINGS, Idea, Thing

WATER_BIRDS = frozenset({"1f986", "1f9a2", "1f424", "1f425"})
MOTLEY = frozenset({"1f41f", "1f420", "1f98b", "1f388", "hotair", "1f426"})
AIRBORNE = frozenset({"insect", "aircraft", "sky"})
TRIES = 14  # places tried for each small thing; more changes little


@dataclass(slots=True)
class _Scene:
    """What the stages share while a picture is composed."""

    idea: Idea
    light: Light
    backdrop: Backdrop
    image: Image.Image
    place: str
    seed: int
    taken: list[Box] = field(default_factory=list)
    queue: list[tuple[float, Image.Image, Spot, str]] = field(default_factory=list)
    unit: float = 1.0

    def rng(self, stage: str) -> random.Random:
        return random.Random(f"{self.seed}/{stage}")

    @property
    def size(self) -> tuple[int, int]:
        return self.image.size

    def add(self, art: Image.Image, spot: Spot, manner: str) -> None:
        """Remember to paint `art`; manner: stand, swim, hang, far or front."""
        self.taken.append(box_of(spot, art.width / art.height))
        self.queue.append((spot.foot, art, spot, manner))


def compose(idea: Idea, size: tuple[int, int], seed: int) -> Image.Image:
    """Paint an idea; RGB, `size` pixels."""
    subject = _subject(idea)
    idea = replace(idea, season=season_for(idea, subject))
    chance = random.Random(f"{seed}/light")
    light = light_for(idea.time, idea.weather, idea.season, chance)
    place = place_for(idea, subject, random.Random(f"{seed}/place" if subject else f"{seed}/place/{idea.text}"))
    backdrop = paint_backdrop(idea, place, light, size, random.Random(f"{seed}/ground"))
    image = backdrop.image
    if idea.framing == "portrait" and subject:
        image = image.filter(ImageFilter.GaussianBlur(min(size) / 70))
    scene = _Scene(idea, light, backdrop, image, place, seed)
    if subject:
        _place_subject(scene, subject)
    _place_others(scene, subject)
    _scatter_plants(scene, subject)
    _paint_queue(scene)
    weather = idea.weather if place not in ("room", "table", "studio", "cave", "underwater", "space") else ""
    if weather:
        scene.image = paint_weather(scene.image, weather, scene.rng("weather"))
    return cast.finish(scene.image, light)


def _subject(idea: Idea) -> Thing | None:
    """Whom the picture is about: a free being before anything else, plants and clothes last."""
    free = [thing for thing in idea.things if thing.owner is None]
    ranks: tuple[Callable[[Thing], bool], ...] = (
        lambda t: t.entry.kind in BEINGS,
        lambda t: t.entry.kind in ("vehicle", "boat", "aircraft", "instrument"),
        lambda t: t.entry.kind not in ("flower", "tree", "mountain", "building", "insect", "furniture"),
        lambda t: t.entry.kind in ("building", "furniture", "insect"),
        lambda t: t.entry.kind == "flower",
    )
    if idea.framing == "product":
        ranks = (lambda t: t.entry.kind not in ("flower", "tree", "insect"), *ranks)
    return next((thing for rank in ranks for thing in free if rank(thing)), None)


def _company(scene: _Scene, thing: Thing) -> list[Thing]:
    """What is bound to a thing."""
    at = scene.idea.things.index(thing)
    return [other for other in scene.idea.things if other.owner == at]


def _has_neighbour(idea: Idea, thing: Thing) -> bool:
    """Whether something else will want a place beside the subject."""
    above_or_behind = ("flower", "tree", "sky", "insect", "aircraft", "mountain")
    return any(t is not thing and t.owner is None and t.entry.kind not in above_or_behind for t in idea.things)


def _manner(scene: _Scene, thing: Thing) -> str:
    """Whether a thing stands, swims or hangs in the air here."""
    kind, stage = thing.entry.kind, scene.backdrop.stage
    company = {other.entry.kind for other in _company(scene, thing) if other.relation == "ride"}
    if stage == "float":
        grounded = thing.entry.picture in ("1f980", "1f99e", "1f41a", "1fab8", "1f9aa")
        return "stand" if grounded or kind in ("flower", "building", "object") else "hang"
    if stage == "flat":
        return "stand"
    if (
        kind in AIRBORNE
        or "aircraft" in company
        or (scene.place == "clouds" and kind not in ("building", "furniture", "tree"))
    ):
        return "hang"
    if (kind in ("bird", "person", "animal") and scene.idea.actions & {"fly"}) or thing.entry.picture == "1f985":
        return "hang"
    swims = kind in ("boat", "fish") or thing.entry.picture in WATER_BIRDS or "boat" in company
    if scene.backdrop.water and (swims or (scene.place == "sea" and kind not in ("building", "mountain"))):
        return "swim"
    if scene.place == "space" and thing.entry.picture in ("1f680", "1f6f0-fe0f", "1f47b"):
        return "hang"
    return "stand"


def _place_subject(scene: _Scene, thing: Thing) -> None:
    """The subject, large, a little off the middle; several of it in rows."""
    rng, idea = scene.rng("subject"), scene.idea
    width, height = scene.size
    company = _company(scene, thing)
    actors = [act(_varied(thing, rng), company, idea.actions, rng) for _ in range(thing.count)]
    aspect = sum(a.image.width / a.image.height for a in actors) / len(actors)
    share = {"portrait": 0.84, "product": 0.62, "landscape": 0.3}.get(idea.framing, 0.52)
    if thing.entry.kind == "building":
        share = 0.62
    share *= min(1.15, max(0.72, actors[0].size ** 0.3)) if idea.framing not in ("portrait", "product") else 1.0
    if idea.framing == "portrait" and thing.entry.part != "whole":
        share = 1.32
    share *= rng.uniform(0.82, 1.12) if not idea.framing else rng.uniform(0.94, 1.06)
    if thing.entry.kind == "building":
        share = min(share, scene.backdrop.far)
    tall, wide = height * share, width * min(0.92, (0.62 if thing.count == 1 else 0.86) * share / 0.5)
    manner = _manner(scene, thing)
    foot = _subject_foot(scene, thing, manner, tall, rng)
    drift = rng.choice((-1, 1)) * (rng.uniform(0.12, 0.19) if _has_neighbour(idea, thing) else rng.uniform(0.02, 0.16))
    if thing.count > 2 or idea.framing in ("portrait", "product"):
        drift = 0.0
    step = height * (0.1 if manner != "hang" else 0.24)
    spots = crowd(
        thing.count,
        aspect,
        tall,
        wide,
        middle=(width * (0.5 + drift), foot),
        step=step,
        loose=manner == "hang",
        rng=rng,
    )
    scene.unit = max(spot.tall for spot in spots) / max(0.3, actors[0].size) ** 0.72
    if manner == "hang" and thing.count == 1:
        spots = [
            replace(
                spots[0],
                tilt=rng.uniform(-9, 9),
                foot=height * 0.5 + spots[0].tall / 2 + rng.uniform(-0.06, 0.04) * height,
            )
        ]
    for actor, spot in zip(actors, spots, strict=True):
        scene.add(actor.image, spot, manner)


def _varied(thing: Thing, rng: random.Random) -> Thing:
    """One of many: butterflies, fish and balloons without a colour of their own are seldom all alike."""
    if thing.count < 2 or thing.colour or thing.entry.picture not in MOTLEY:
        return thing
    return replace(thing, colour=rng.choice((None, "orange", "yellow", "pink", "purple", "turquoise")))


def _subject_foot(scene: _Scene, thing: Thing, manner: str, tall: float, rng: random.Random) -> float:
    """Where the front row's feet are, pixels from the top."""
    height, backdrop = scene.size[1], scene.backdrop
    if scene.idea.framing == "portrait" and manner == "stand":
        return height * (0.98 if thing.entry.part == "whole" else 0.1) + (tall if thing.entry.part != "whole" else 0)
    if manner == "hang":
        return height * 0.66 if thing.count <= 3 else height * 0.78
    if manner == "swim" and backdrop.water:
        top, bottom = backdrop.water
        return height * min(0.86, top + (bottom - top) * rng.uniform(0.6, 0.8))
    if thing.entry.kind == "building":
        return height * (backdrop.far + 0.06)
    # In an upright picture the ground would else stay empty below a long sky.
    lift = 0.06 if height > 1.25 * scene.size[0] and backdrop.far < 0.8 else 0.0
    return height * (backdrop.near - lift - rng.uniform(0.0, 0.05))


def _place_others(scene: _Scene, subject: Thing | None) -> None:
    """Everything else that is free: big things behind, beings beside, small things in front, flyers above."""
    for number, thing in enumerate(scene.idea.things):
        planted = thing.entry.kind == "flower" and subject is not None
        if thing is subject or thing.owner is not None or planted or thing.noun == scene.place:
            continue
        rng = scene.rng(f"other {number}")
        if thing.entry.kind == "tree":
            _place_trees(scene, thing, rng)
            continue
        company = _company(scene, thing)
        for _ in range(thing.count if thing.entry.kind not in ("building", "mountain") else min(thing.count, 3)):
            _place_one(scene, thing, act(_varied(thing, rng), company, scene.idea.actions, rng), rng)


def _place_one(scene: _Scene, thing: Thing, actor: Actor, rng: random.Random) -> None:
    width, height = scene.size
    backdrop, manner = scene.backdrop, _manner(scene, thing)
    kind, aspect = thing.entry.kind, actor.image.width / actor.image.height
    base = scene.unit if scene.unit > 1 else 0.4 * min(width, height)
    tall = fitted(aspect, min(base * actor.size**0.72, 0.6 * height), 0.46 * width)
    tall = max(tall, 0.07 * min(width, height))
    candidates = []
    for _ in range(TRIES):
        half = min(tall * aspect / 2, 0.4 * width)
        x = rng.uniform(half * 0.9, width - half * 0.9)
        size = tall
        if kind in ("building", "mountain"):
            foot, size = height * (backdrop.far + rng.uniform(-0.03, 0.02)), min(tall, 0.5 * height)
        elif manner == "hang":
            low = 0.62 if backdrop.stage != "float" else 0.8
            size = tall * rng.uniform(0.8, 1.1)
            foot = rng.uniform(0.12, low) * height + size * 0.5
        elif manner == "swim" and backdrop.water:
            top, bottom = backdrop.water
            depth = rng.uniform(0.2, 0.75)
            foot, size = height * (top + (min(bottom, 0.95) - top) * depth), tall * (0.6 + 0.4 * depth)
        else:
            depth = rng.uniform(0.62, 1.0) if actor.size < 0.7 else rng.uniform(0.2, 0.8)
            foot = height * (backdrop.far + (backdrop.near + 0.02 - backdrop.far) * depth)
            size = tall * (0.66 + 0.34 * depth)
        candidates.append(Spot(x, foot, size, rng.random() < 0.5, rng.uniform(-14, 14) if manner == "hang" else 0.0))
    spot = freest(candidates, aspect, scene.taken, scene.size)
    scene.add(actor.image, spot, "far" if kind in ("building", "mountain") else manner)


def _place_trees(scene: _Scene, thing: Thing, rng: random.Random) -> None:
    """Trees frame the picture: at least two, on both sides."""
    width, height = scene.size
    art = plain(thing)
    alone = not scene.taken
    for k in range(max(thing.count, 2) if not alone or thing.count > 1 else 1):
        tall = min(width, height) * rng.uniform(0.4, 0.6) * (1.3 if alone else 1.0) * thing.scale
        side = rng.uniform(0.02, 0.2) if k % 2 else rng.uniform(0.8, 0.98)
        x = width * (rng.uniform(0.35, 0.65) if alone and thing.count == 1 else side)
        foot = height * (scene.backdrop.far + rng.uniform(0.0, 0.08))
        scene.queue.append((foot, art, Spot(x, foot, tall, rng.random() < 0.5), "stand"))


def _scatter_plants(scene: _Scene, subject: Thing | None) -> None:
    """The prompt's flowers, or those of the place, behind and in front of the beings."""
    rng, idea = scene.rng("plants"), scene.idea
    width, height = scene.size
    asked = [t for t in idea.things if t.entry.kind == "flower" and t is not subject and t.owner is None]
    arts = [plain(t) for t in asked]
    arts += [] if asked else [picture(p) for p in scene.backdrop.plants if p not in idea.unwanted]
    if not arts or idea.framing == "portrait" or (scene.backdrop.stage == "flat" and not asked):
        return
    unit = min(width, height)
    for k in range(9 if asked else 6):
        art = arts[k % len(arts)]
        front = k % 3 == 0
        foot = rng.uniform(0.95, 1.03) if front else rng.uniform(scene.backdrop.far + 0.02, scene.backdrop.near - 0.02)
        tall = unit * (rng.uniform(0.13, 0.19) if front else rng.uniform(0.07, 0.11))
        x = rng.choice((rng.uniform(0.0, 0.3), rng.uniform(0.7, 1.0))) if front else rng.random()
        spot = Spot(x * width, foot * height, tall, rng.random() < 0.5)
        box = box_of(spot, art.width / art.height)
        if front or all(overlap(box, other) < 0.4 * (box[2] - box[0]) * (box[3] - box[1]) for other in scene.taken):
            scene.queue.append((spot.foot, art, spot, "front" if front else "stand"))


def _paint_queue(scene: _Scene) -> None:
    """Paint from the back to the front; what hangs in the air comes before what stands, flowers in front last."""
    lean = scene.rng("shadow").choice((-0.9, -0.5, 0.5, 0.9))
    order = {"far": 0, "hang": 1, "swim": 2, "stand": 2, "front": 3}
    if scene.backdrop.stage == "float":
        order["hang"] = 2
    for _, art, spot, manner in sorted(scene.queue, key=lambda item: (order[item[3]], item[0])):
        sprite = cast.cut(art, spot)
        if manner == "swim":
            cast.reflection(scene.image, sprite, spot, scene.light)
        elif manner in ("stand", "far") and scene.backdrop.stage != "float":
            cast.shadow(scene.image, sprite, spot, scene.light, lean)
        cast.put(scene.image, sprite, spot, haze=0.12 if manner == "far" else 0.0, light=scene.light)
