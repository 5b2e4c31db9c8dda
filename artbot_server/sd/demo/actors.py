"""From a thing of the prompt to one RGBA picture: which view of it, in which colour, and what it wears, holds or sits on."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image

from artbot_server.sd.demo.art import picture
from artbot_server.sd.demo.drawn import drawn
from artbot_server.sd.demo.figures import Figure, animal, profile, standing_bust, standing_person
from artbot_server.sd.demo.lexicon import DRAWN, load_lexicon
from artbot_server.sd.demo.vocabulary import CLOTHES
from artbot_server.sd.demo.words import Thing

# Share of the vehicle's height at which its rider's lower edge is; the rest of the rider is hidden behind it.
SEATS = {"vehicle": 0.42, "boat": 0.3, "aircraft": 0.3, "animal": 0.5, "fish": 0.62, "object": 0.45}


@dataclass(frozen=True, slots=True)
class Actor:
    """A picture ready to be placed, and how tall it is beside a cat."""

    image: Image.Image
    size: float


def act(thing: Thing, company: Sequence[Thing], actions: frozenset[str], rng: random.Random) -> Actor:
    """A thing together with what is bound to it (`company`: the things whose owner it is)."""
    worn = [other for other in company if other.relation == "wear"]
    held = [other for other in company if other.relation == "hold"]
    seat = next((other for other in company if other.relation in ("ride", "in", "on")), None)
    frontal = bool(worn or held or "sit" in actions or "sleep" in actions or (seat and seat.relation != "ride"))
    dyed = next((other.colour for other in worn if other.noun in CLOTHES), None)
    figure = _figure(thing, frontal, dyed, actions, rng)
    image = figure.image
    if worn or held:
        image = _outfit(figure, [w for w in worn if w.noun not in CLOTHES], held)
    actor = Actor(image, thing.entry.size * thing.scale)
    return _seated(actor, seat) if seat else actor


def plain(thing: Thing) -> Image.Image:
    """A thing by itself, in its colour."""
    if thing.entry.picture in DRAWN and thing.entry.part == "whole":
        return drawn(thing.entry.picture, thing.colour)
    return picture(thing.entry.picture, thing.colour)


def _figure(thing: Thing, frontal: bool, dyed: str | None, actions: frozenset[str], rng: random.Random) -> Figure:
    entry, lexicon = thing.entry, load_lexicon()
    pose, name = rng.random(), entry.picture
    tones = lexicon.tones.get(name)
    if tones:
        name = tones[int(pose * len(tones))]
    look = rng.randrange(6)
    lying = "sleep" in actions or (not frontal and rng.random() < 0.4)
    if entry.part == "sit":
        return animal(name, thing.colour, lying)
    if entry.part == "head":
        return standing_person(name, look, dyed or thing.colour)
    if entry.part in ("bust", "gown"):
        return standing_bust(name, entry.part == "gown", dyed or thing.colour)
    moving = actions & {"run", "stand", "fly", "swim"}
    if name in lexicon.poses and (frontal or (pose < 0.5 and not moving)):
        return animal(lexicon.poses[name], thing.colour, lying)
    image = drawn(name, thing.colour) if name in DRAWN else picture(name, thing.colour)
    return profile(image, entry.face == "front")


def _outfit(figure: Figure, worn: Sequence[Thing], held: Sequence[Thing]) -> Image.Image:
    """Put hats, glasses and scarves on a figure and things into its hands; the picture grows where they stick out."""
    margin = round(max(figure.image.size) * 0.4)
    width, height = figure.image.size
    sheet = Image.new("RGBA", (width + 2 * margin, height + 2 * margin))
    sheet.paste(figure.image, (margin, margin))
    head = figure.crown[2] * width
    for thing in worn:
        art = plain(thing)
        scale, foot = _fit(thing, figure)
        wide = round(head * scale)
        art = art.resize((wide, max(1, round(art.height * wide / art.width))), Image.Resampling.BICUBIC)
        x = margin + round(figure.crown[0] * width - art.width / 2)
        sheet.alpha_composite(art, (max(0, x), max(0, margin + round(foot * height) - art.height)))
    for k, thing in enumerate(held[:2]):
        art = plain(thing)
        tall = (
            min(0.34 + 0.2 * thing.entry.size, 0.6) * height * (0.8 if thing.entry.kind in ("food", "drink") else 1.0)
        )
        scale = min(tall / art.height, width * 0.75 / art.width)
        art = art.resize(
            (max(1, round(art.width * scale)), max(1, round(art.height * scale))), Image.Resampling.BICUBIC
        )
        shift = (0.0 if len(held) == 1 else (-0.28, 0.28)[k]) * width
        x = margin + round(figure.hands[0] * width + shift - art.width / 2)
        y = margin + round(figure.hands[1] * height - art.height * (0.5 if thing.entry.kind != "aircraft" else 0.9))
        sheet.alpha_composite(art, (max(0, x), max(0, y)))
    return sheet.crop(sheet.getbbox())


def _fit(thing: Thing, figure: Figure) -> tuple[float, float]:
    """How wide a worn thing is against the head, and where its lower edge is (fraction of the figure's height)."""
    top = figure.crown[1]
    if "glasses" in thing.noun:
        return 0.8, figure.eyes + 0.05
    if thing.noun in ("scarf", "necktie", "bow tie", "tie"):
        return 0.62, figure.neck + 0.14
    if thing.noun in ("headphones", "headphone"):
        return 1.12, figure.eyes + 0.1
    if thing.noun in ("crown", "ribbon", "hair bow"):
        return 0.62, top + 0.05
    return 0.95, top + 0.075


def _seated(actor: Actor, seat: Thing) -> Actor:
    """The actor on, in or behind what it rides or sits in; the result is as tall as both together."""
    art, rider = plain(seat), actor.image
    ratio = max(0.5, min(2.2, (seat.entry.size * seat.scale / actor.size) ** 0.6))
    if seat.relation == "in":
        ratio = 0.72
    if seat.relation == "ride":
        ratio = max(0.95, ratio)
    tall = round(rider.height * ratio)
    art = art.resize((max(1, round(art.width * tall / art.height)), tall), Image.Resampling.BICUBIC)
    if seat.relation == "in":
        level, before = 0.42, True
    elif seat.relation == "ride":
        level, before = SEATS.get(seat.entry.kind, 0.45), seat.entry.kind != "animal"
    else:
        level, before = (0.3, False) if seat.entry.kind == "furniture" else (0.72, False)
    below = round(art.height * level)
    height = max(art.height, rider.height + below)
    width = max(art.width, rider.width)
    sheet = Image.new("RGBA", (width, height))
    behind, front = ((rider, height - below - rider.height), (art, height - art.height))
    if not before:
        behind, front = front, behind
    for image, y in (behind, front):
        layer = Image.new("RGBA", sheet.size)
        layer.paste(image, ((width - image.width) // 2, y))
        sheet = Image.alpha_composite(sheet, layer)
    sheet = sheet.crop(sheet.getbbox())
    return Actor(sheet, actor.size * sheet.height / rider.height)
