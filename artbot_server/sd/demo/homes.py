"""Where a thing is at home when the prompt names no place. A table and one pure function."""

from __future__ import annotations

import random

from artbot_server.sd.demo.words import Idea, Thing

BY_PICTURE = {
    "lake": "1f986 1f9a2 1f424 1f425 1f438 1fabf 1f9a9 1f9a6 1f9ab 1fab7",
    "savanna": "1f981 1f405 1f42f 1f406 1f418 1f992 1f993 1f98f 1f99b 1f403",
    "mountains": "1f409 1f432 1f985 1f410 1f9ac 1f999 1f9a3",
    "forest": "1f98c 1f98a 1f43a 1f43b 1f989 1f43f-fe0f 1f994 1f344 1f99d 1f9dd-200d-2640-fe0f 1f98d 1f9a7 1f9a5 1f412 1f43c bamboo",
    "desert": "1f42a 1f42b 1f335 1f98e 1f982",
    "space": "1f680 1f6f8 1f9d1-200d-1f680 1f47d 1fa90 1f6f0-fe0f 2604-fe0f",
    "beach": "1f980 1f41a 1f9aa 1f334 1f3c4",
    "city": "1f916 1f3e2 1f9b8 1f46e",
    "garden": "1f430 1f407 1f98b 1f41d 1f33b 1f339 1f337 1f41e",
}
HOMES = {picture: place for place, pictures in BY_PICTURE.items() for picture in pictures.split()}
COLD = frozenset({"1f427", "1f43b-200d-2744-fe0f", "1f9ad", "2603-fe0f", "26c4", "1f3c2"})
BY_KIND = {
    "fish": "underwater", "boat": "sea", "aircraft": "clouds", "vehicle": "street", "food": "table", "drink": "table",
    "object": "table", "instrument": "room", "wear": "studio", "furniture": "room", "sky": "meadow",
}  # fmt: skip
ANYWHERE = ("meadow", "meadow", "forest", "lake", "garden", "mountains", "river", "village")
SCENERY = ("mountains", "lake", "meadow", "beach", "river", "forest", "desert", "village")


def place_for(idea: Idea, subject: Thing | None, rng: random.Random) -> str:
    """The place that was asked for, or one that suits the subject."""
    kind = subject.entry.kind if subject else ""
    if idea.framing == "product" and kind not in ("animal", "person"):
        return "studio"
    if idea.place == "sea" and kind == "fish":
        return "underwater"
    if idea.place == "room" and kind in ("food", "drink", "object"):
        return "table"
    if idea.place == "table" and kind in ("person", "animal", "bird"):
        return "room"
    afloat = any(thing.entry.kind == "boat" for thing in idea.things)
    if idea.place == "sea" and kind in ("person", "animal") and not afloat:
        return "beach"
    if idea.place == "bamboo forest":
        return "forest"
    if idea.place:
        return idea.place
    if subject is None:
        return rng.choice(SCENERY)
    return HOMES.get(subject.entry.picture) or BY_KIND.get(kind) or rng.choice(ANYWHERE)


def season_for(idea: Idea, subject: Thing | None) -> str:
    """The season that was asked for; penguins bring their own."""
    return idea.season or ("winter" if subject and subject.entry.picture in COLD and not idea.place else "")
