"""Whom a picture is about, and where that one stands: large, a little off the middle, several of it in rows."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace

from artbot_server.sd.demo.actors import act
from artbot_server.sd.demo.layout import crowd
from artbot_server.sd.demo.stage import Stage, company_of, manner_of, varied
from artbot_server.sd.demo.words import BEINGS, Idea, Thing


def choose_subject(idea: Idea) -> Thing | None:
    """Whom the picture is about: a free being before anything else, plants and clothes last."""
    free = [thing for thing in idea.things if thing.owner is None]
    if any(thing.entry.kind == "building" for thing in free) and not idea.framing:
        # Beside a house a lantern is a lantern, not the subject.
        free = [thing for thing in free if thing.entry.kind not in ("object", "food", "drink")]
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


def place_subject(stage: Stage, thing: Thing) -> None:
    """The subject, large, a little off the middle; several of it in rows."""
    rng, idea = stage.rng("subject"), stage.idea
    width, height = stage.size
    company = company_of(idea, thing)
    actors = [act(varied(thing, rng), company, idea.actions, rng) for _ in range(thing.count)]
    aspect = sum(a.image.width / a.image.height for a in actors) / len(actors)
    share = _share(stage, thing, actors[0].size, rng)
    tall, wide = height * share, width * min(0.92, (0.62 if thing.count == 1 else 0.86) * share / 0.5)
    manner = manner_of(stage, thing)
    foot = _foot(stage, thing, manner, tall, rng)
    drift = rng.choice((-1, 1)) * (rng.uniform(0.12, 0.19) if _has_neighbour(idea, thing) else rng.uniform(0.02, 0.16))
    if thing.count > 2 or idea.framing == "portrait" or (idea.framing and not _has_neighbour(idea, thing)):
        drift = 0.0
    step, middle = height * (0.1 if manner != "hang" else 0.24), (width * (0.5 + drift), foot)
    spots = crowd(thing.count, aspect, tall, wide, middle=middle, step=step, loose=manner == "hang", rng=rng)
    stage.unit = max(spot.tall for spot in spots) / max(0.3, actors[0].size) ** 0.72
    if manner == "hang" and thing.count == 1:
        middle_y = (0.5 if stage.backdrop.stage == "float" else 0.44) + rng.uniform(-0.06, 0.04)
        spots = [replace(spots[0], tilt=rng.uniform(-9, 9), foot=height * middle_y + spots[0].tall / 2)]
    for actor, spot in zip(actors, spots, strict=True):
        half = spot.tall * actor.image.width / actor.image.height / 2
        inside = min(max(spot.x, half), width - half) if 2 * half < width else width / 2
        stage.add(actor.image, replace(spot, x=inside), manner)


def _share(stage: Stage, thing: Thing, size: float, rng: random.Random) -> float:
    """The part of the picture's height that the subject may fill."""
    framing = stage.idea.framing
    if framing == "portrait":
        share = 0.84 if thing.entry.part == "whole" else 1.32
    elif framing == "product":
        share = 0.46 if _has_neighbour(stage.idea, thing) else 0.62
    else:
        base = 0.62 if thing.entry.kind == "building" else 0.3 if framing == "landscape" else 0.52
        still_life = thing.entry.kind in ("food", "drink", "object")
        share = base * (1.0 if still_life else min(1.15, max(0.72, size**0.3)))
    share *= rng.uniform(0.94, 1.06) if framing else rng.uniform(0.82, 1.12)
    return min(share, stage.backdrop.far) if thing.entry.kind == "building" else share


def _has_neighbour(idea: Idea, thing: Thing) -> bool:
    """Whether something else will want a place beside the subject."""
    above_or_behind = ("flower", "tree", "sky", "insect", "aircraft", "mountain")
    return any(t is not thing and t.owner is None and t.entry.kind not in above_or_behind for t in idea.things)


def _foot(stage: Stage, thing: Thing, manner: str, tall: float, rng: random.Random) -> float:
    """Where the front row's feet are, pixels from the top."""
    height, backdrop = stage.size[1], stage.backdrop
    if stage.idea.framing == "portrait" and manner == "stand":
        return height * 0.98 if thing.entry.part == "whole" else height * 0.14 + tall
    if manner == "hang":
        return height * 0.66 if thing.count <= 3 else height * 0.78
    if manner == "swim" and backdrop.water:
        top, bottom = backdrop.water
        return height * min(0.86, top + (bottom - top) * rng.uniform(0.6, 0.8))
    if thing.entry.kind == "building":
        return height * (backdrop.far + 0.06)
    # In an upright picture the ground would else stay empty below a long sky.
    lift = 0.06 if height > 1.25 * stage.size[0] and backdrop.far < 0.8 else 0.0
    return height * (backdrop.near - lift - rng.uniform(0.0, 0.05))
