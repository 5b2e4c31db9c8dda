"""From a thing of the prompt to one RGBA picture: which view of it, in which colour, with what is bound to it."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image

from artbot_server.sd.demo.animals import animal
from artbot_server.sd.demo.art import picture
from artbot_server.sd.demo.drawn import drawn, held_bamboo
from artbot_server.sd.demo.figures import Figure, profile
from artbot_server.sd.demo.lexicon import DRAWN, load_lexicon
from artbot_server.sd.demo.outfits import equipped, seated
from artbot_server.sd.demo.people import standing_bust, standing_person
from artbot_server.sd.demo.vocabulary import CLOTHES
from artbot_server.sd.demo.words import Thing


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
        image = equipped(
            figure,
            [(other.noun, plain(other)) for other in worn if other.noun not in CLOTHES],
            [(other.entry, _in_hand(other)) for other in held],
        )
    size = thing.entry.size * thing.scale
    if not seat:
        return Actor(image, size)
    both = seated(image, seat.entry.kind, _mount(seat), seat.relation or "on", seat.entry.size * seat.scale / size)
    return Actor(both, size * both.height / image.height)


def plain(thing: Thing) -> Image.Image:
    """A thing by itself, in its colour."""
    if thing.entry.picture in DRAWN and thing.entry.part == "whole":
        return drawn(thing.entry.picture, thing.colour)
    return picture(thing.entry.picture, thing.colour)


def _mount(seat: Thing) -> Image.Image:
    """What is ridden or sat on: for a sailboat, whose sail would hide everybody, a canoe."""
    return picture("1f6f6", seat.colour) if seat.entry.picture == "26f5" else plain(seat)


def _in_hand(thing: Thing) -> Image.Image:
    """A thing as it is held: of bamboo one stalk, not a grove."""
    return held_bamboo() if thing.entry.picture == "bamboo" else plain(thing)


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
