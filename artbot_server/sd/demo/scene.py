"""Composes one picture of an idea: background, then far things, beings, small things, plants in front, weather.

The same idea, size and seed give the same pixels. Chance is drawn from one generator a step, named after the step,
so that a changed colour or an added hat leaves the rest of the picture where it was.
"""

from __future__ import annotations

from dataclasses import replace

from PIL import Image, ImageFilter

from artbot_server.sd.demo import cast
from artbot_server.sd.demo.backdrops import paint_backdrop
from artbot_server.sd.demo.chance import Variation, chance
from artbot_server.sd.demo.homes import place_for, season_for
from artbot_server.sd.demo.others import place_others, scatter_plants
from artbot_server.sd.demo.palette import light_for
from artbot_server.sd.demo.skies import paint_weather
from artbot_server.sd.demo.stage import Stage
from artbot_server.sd.demo.subject import choose_subject, place_subject
from artbot_server.sd.demo.words import Idea

SHELTERED = frozenset({"room", "table", "studio", "cave", "underwater", "space"})


def compose(
    idea: Idea,
    size: tuple[int, int],
    seed: int,
    *,
    variation: Variation | None = None,
    behind: Image.Image | None = None,
    share: float = 1.0,
) -> Image.Image:
    """Paint an idea; RGB, `size` pixels.

    Args:
        variation: how this one differs from others of the same seed.
        behind: a picture of that size which is the background, instead of a painted one.
        share: how much of the painted background shows through `behind`, 0 to 1.
    """
    subject = choose_subject(idea)
    idea = replace(idea, season=season_for(idea, subject))
    light = light_for(idea.time, idea.weather, idea.season, chance(seed, "light", variation))
    place = place_for(idea, subject, chance(seed, "place" if subject else f"place/{idea.text}"))
    backdrop = paint_backdrop(idea, place, light, size, chance(seed, "ground", variation))
    image = Image.blend(behind, backdrop.image, share) if behind else backdrop.image
    if idea.framing == "portrait" and subject:
        image = image.filter(ImageFilter.GaussianBlur(min(size) / 70))
    stage = Stage(idea, light, backdrop, image, place, seed, variation)
    if subject:
        place_subject(stage, subject)
    place_others(stage, subject)
    scatter_plants(stage, subject)
    _paint_queue(stage)
    if idea.weather and place not in SHELTERED:
        stage.image = paint_weather(stage.image, idea.weather, stage.rng("weather"))
    return cast.finish(stage.image, light)


def _paint_queue(stage: Stage) -> None:
    """Paint from the back to the front; what hangs in the air comes before what stands, flowers in front last."""
    lean = stage.rng("shadow").choice((-0.9, -0.5, 0.5, 0.9))
    order = {"far": 0, "hang": 1, "swim": 2, "stand": 2, "front": 3}
    if stage.backdrop.stage == "float":
        order["hang"] = 2
    for art, spot, manner in sorted(stage.queue, key=lambda item: (order[item[2]], item[1].foot)):
        sprite = cast.cut(art, spot)
        if manner == "swim":
            shore = (stage.backdrop.water or (0.0, 1.0))[1] * stage.size[1]
            cast.reflection(stage.image, sprite, spot, stage.light, shore)
        elif manner in ("stand", "far") and stage.backdrop.stage != "float":
            cast.shadow(stage.image, sprite, spot, stage.light, lean)
        cast.put(stage.image, sprite, spot, haze=0.12 if manner == "far" else 0.0, light=stage.light)
