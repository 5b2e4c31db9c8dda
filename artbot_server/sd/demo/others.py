"""Places all that is not the subject: big things behind, beings beside, small things in front, flyers above, plants around."""

from __future__ import annotations

import random

from artbot_server.sd.demo.actors import Actor, act, plain
from artbot_server.sd.demo.art import picture
from artbot_server.sd.demo.layout import Spot, box_of, fitted, freest, overlap
from artbot_server.sd.demo.stage import Stage, company_of, manner_of, varied
from artbot_server.sd.demo.words import Thing

TRIES = 14  # places tried for each small thing; more changes little


def place_others(stage: Stage, subject: Thing | None) -> None:
    """Everything else that is free: big things behind, beings beside, small things in front, flyers above."""
    for number, thing in enumerate(stage.idea.things):
        planted = thing.entry.kind == "flower" and subject is not None
        if thing is subject or thing.owner is not None or planted or thing.noun == stage.place:
            continue
        rng = stage.rng(f"other {number}")
        if thing.entry.kind == "tree":
            _place_trees(stage, thing, rng)
            continue
        company = company_of(stage.idea, thing)
        for _ in range(thing.count if thing.entry.kind not in ("building", "mountain") else min(thing.count, 3)):
            _place_one(stage, thing, act(varied(thing, rng), company, stage.idea.actions, rng), rng)


def _place_one(stage: Stage, thing: Thing, actor: Actor, rng: random.Random) -> None:
    width, height = stage.size
    backdrop, manner = stage.backdrop, manner_of(stage, thing)
    kind, aspect = thing.entry.kind, actor.image.width / actor.image.height
    base = stage.unit or 0.4 * min(width, height)
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
    spot = freest(candidates, aspect, stage.taken, stage.size)
    stage.add(actor.image, spot, "far" if kind in ("building", "mountain") else manner)


def _place_trees(stage: Stage, thing: Thing, rng: random.Random) -> None:
    """Trees frame the picture: at least two, on both sides."""
    width, height = stage.size
    art = plain(thing)
    alone = not stage.taken
    for k in range(max(thing.count, 2) if not alone or thing.count > 1 else 1):
        tall = min(width, height) * rng.uniform(0.4, 0.6) * (1.3 if alone else 1.0) * thing.scale
        side = rng.uniform(0.02, 0.2) if k % 2 else rng.uniform(0.8, 0.98)
        x = width * (rng.uniform(0.35, 0.65) if alone and thing.count == 1 else side)
        foot = height * (stage.backdrop.far + rng.uniform(0.0, 0.08))
        stage.queue.append((art, Spot(x, foot, tall, rng.random() < 0.5), "stand"))


def scatter_plants(stage: Stage, subject: Thing | None) -> None:
    """The prompt's flowers, or those of the place, behind and in front of the beings."""
    rng, idea = stage.rng("plants"), stage.idea
    width, height = stage.size
    asked = [t for t in idea.things if t.entry.kind == "flower" and t is not subject and t.owner is None]
    arts = [plain(t) for t in asked]
    arts += [] if asked else [picture(p) for p in stage.backdrop.plants if p not in idea.unwanted]
    if not arts or idea.framing == "portrait" or (stage.backdrop.stage == "flat" and not asked):
        return
    unit = min(width, height)
    for k in range(9 if asked else 6):
        art = arts[k % len(arts)]
        front = k % 3 == 0
        foot = rng.uniform(0.95, 1.03) if front else rng.uniform(stage.backdrop.far + 0.02, stage.backdrop.near - 0.02)
        tall = unit * (rng.uniform(0.13, 0.19) if front else rng.uniform(0.07, 0.11))
        x = rng.choice((rng.uniform(0.0, 0.3), rng.uniform(0.7, 1.0))) if front else rng.random()
        spot = Spot(x * width, foot * height, tall, rng.random() < 0.5)
        box = box_of(spot, art.width / art.height)
        if front or all(overlap(box, other) < 0.4 * (box[2] - box[0]) * (box[3] - box[1]) for other in stage.taken):
            stage.queue.append((art, spot, "front" if front else "stand"))
