"""English words by the part they play in a short wish for a picture, and verb forms. Tables and their look-ups only."""

from __future__ import annotations

import re
from functools import cache

from artbot_server.llm.demo.lexicon import words


def _listed(text: str) -> frozenset[str]:
    return frozenset(text.split())


COUNTS = {
    "one": "one", "two": "two", "three": "three", "four": "four", "five": "five", "six": "six", "seven": "seven",
    "eight": "eight", "nine": "nine", "ten": "ten", "eleven": "eleven", "twelve": "twelve", "several": "several",
    "many": "many", "few": "a few", "some": "some", "dozen": "a dozen", "dozens": "dozens of", "hundred": "a hundred",
    "hundreds": "hundreds of", "twenty": "twenty", "both": "two", "pair": "two", "couple": "two", "lots": "many",
    "various": "various",
}  # fmt: skip
UNITS = _listed(
    "group cup glass bowl plate bottle basket bouquet bunch pile piece slice row pot jar mug box herd flock pack "
    "line ball field bucket vase pinch school stack sea"
)
DETERMINERS = _listed("a an the my your his her its their our this that these those another any")
ARTICLES_KEPT = _listed("my his her its their our")
PREPOSITIONS = _listed(
    "in on at by with under over near beside behind between through across above below inside outside of from "
    "into onto against along around among amid during like for to as beneath underneath toward towards upon "
    "beyond past off up down via within"
)
LONG_PREPOSITIONS = (
    "in front of",
    "next to",
    "on top of",
    "in the middle of",
    "close to",
    "far from",
    "in the shape of",
    "full of",
)
BOUND = _listed(
    "at to with for over up after like through from about into onto around against off down towards toward as past"
)
"""A preposition of these that follows a verb belongs to it ("looking at"), not to a place."""
SKIPPED = _listed(
    "is are was were be being been am who which that there's there it's just also very really so too quite please "
    "then now should would could will can while where when it them he she they him still together"
)
HAVING = _listed("has have having")
NOT_VERBS = _listed(
    "morning evening king ring spring wing building lightning ceiling string thing something nothing everything "
    "painting wedding duckling sibling clothing gosling earring viking darling pudding sapling seedling sling "
    "swing filling railing starling ping offspring hatchling dumpling awning lining bling wildling fledgling "
    "being"
)
COLORS = _listed(
    "red blue green yellow orange purple pink black white grey gray brown golden gold silver beige turquoise teal "
    "violet magenta cyan crimson scarlet navy ivory cream tan maroon indigo lavender lilac colorful colourful "
    "rainbow multicolored spotted striped transparent ginger emerald pastel dark light bright"
)
TIMES = _listed(
    "night sunset sunrise dawn dusk noon midnight midday twilight morning evening afternoon day daytime nighttime "
    "nightfall winter summer spring autumn fall christmas halloween easter"
)
SEASONS = _listed("winter summer spring autumn fall day daytime nighttime")
WEATHER = _listed(
    "snow rain fog mist storm wind blizzard sunshine thunderstorm weather snowstorm moonlight sunlight starlight haze"
)
COMPARATIVES = {
    "bigger": "big", "larger": "large", "smaller": "small", "cuter": "cute", "happier": "happy", "brighter": "bright",
    "darker": "dark", "older": "old", "younger": "young", "fluffier": "fluffy", "fatter": "chubby", "taller": "tall",
    "longer": "long", "shorter": "short", "funnier": "funny", "prettier": "pretty", "scarier": "spooky",
    "warmer": "warm",
    "colder": "cold", "softer": "soft", "simpler": "simple", "sadder": "sad", "angrier": "angry", "stronger": "strong",
    "rounder": "round", "friendlier": "friendly", "lighter": "light", "nicer": "nice", "cooler": "cool",
    "thinner": "thin",
}  # fmt: skip
ADJECTIVES = COLORS | _listed(
    "big small little tiny huge large giant cute happy sad angry sleepy old young new tall short long round "
    "fluffy soft beautiful pretty magical mysterious cozy warm cold dark bright shiny funny cool scary spooky "
    "lazy playful brave friendly chubby adorable realistic dramatic colorful wet dry clean dirty broken ancient "
    "modern futuristic elegant majestic smiling sleeping wooden hungry curious lonely peaceful calm cheerful "
    "simple detailed snowy sunny rainy cloudy foggy misty stormy windy furry wild strong thin fat large golden "
    "glowing sparkling nice lovely gentle fancy tired"
)
PARTICIPLES = _listed(
    "dressed made surrounded covered filled wrapped lit named called built drawn carved painted decorated shaped "
    "seen set dressed-up hidden"
)
STYLES = {
    "watercolor": "watercolor", "watercolour": "watercolor", "water color": "watercolor",
    "oil painting": "oil painting",
    "oil paint": "oil painting", "pixel art": "pixel art", "pixel": "pixel art", "pixelated": "pixel art",
    "anime": "anime",
    "manga": "manga", "pencil sketch": "pencil sketch", "pencil drawing": "pencil drawing", "sketch": "sketch",
    "ink wash": "ink wash", "ink painting": "ink painting", "sumi-e": "sumi-e", "photorealistic": "photorealistic",
    "photo realistic": "photorealistic", "cartoon": "cartoon", "comic book": "comic book", "3d render": "3d render",
    "low poly": "low poly", "low-poly": "low poly", "cyberpunk": "cyberpunk", "steampunk": "steampunk",
    "line art": "line art",
    "claymation": "claymation", "impressionist": "impressionist", "impressionism": "impressionism",
    "ukiyo-e": "ukiyo-e",
    "pop art": "pop art", "stained glass": "stained glass", "origami": "origami", "paper cut": "paper cut",
    "papercut": "paper cut",
    "vaporwave": "vaporwave", "minimalist": "minimalist", "crayon drawing": "crayon drawing",
    "crayon": "crayon drawing",
    "charcoal drawing": "charcoal drawing", "studio ghibli": "studio ghibli", "ghibli": "studio ghibli",
    "pixar": "pixar",
    "disney": "disney", "van gogh": "van gogh", "monet": "monet", "picasso": "picasso", "art deco": "art deco",
    "flat design": "flat design", "vector art": "vector art", "portrait": "portrait", "masterpiece": "masterpiece",
    "best quality": "best quality", "8k": "8k", "4k": "4k", "storybook": "storybook illustration", "gouache": "gouache",
    "woodcut": "woodcut", "graffiti": "graffiti", "close-up": "close-up", "bird's-eye view": "bird's-eye view",
    "chibi": "chibi",
    "isometric": "isometric", "surrealist": "surrealist", "surrealism": "surrealism", "cinematic": "cinematic",
    "photograph": "photograph",
}  # fmt: skip
STYLE = re.compile(
    r"(?:\b(?:in|as|like|with)\s+)?(?:\b(?:a|an|the)\s+)?(?:\bstyle of\s+)?\b("
    + "|".join(re.escape(style) for style in sorted(STYLES, key=len, reverse=True))
    + r")\b(?:[ -](?:style[ds]?|painting|drawing|illustration|picture|image|art|version|print))*(?:\s+of\b)?"
)
_NO_FORMS = _listed("waves wave flies fly rings ring swing watch watches fall falls set work")


@cache
def verb_forms() -> dict[str, str]:
    """Finite forms to the -ing form: "eats", "eat" to "eating"."""
    forms: dict[str, str] = {}
    for ing in {lead.split()[0] for lead in words().verbs} | {
        "going",
        "standing",
        "looking",
        "hopping",
        "growing",
        "floating",
    }:
        stem = ing.removesuffix("ing")
        bases = {stem, f"{stem}e"} | ({stem[:-1]} if len(stem) > 2 and stem[-1] == stem[-2] else set())
        for base in bases:
            forms.update({base: ing, f"{base}s": ing, f"{base}es": ing})
    return {form: ing for form, ing in forms.items() if form not in _NO_FORMS and len(form) > 2}


def is_verb(word: str) -> bool:
    """Whether this is the -ing form of a verb and not a noun such as "morning"."""
    return word.endswith("ing") and len(word) > 4 and word not in NOT_VERBS and not words().knows(word)
