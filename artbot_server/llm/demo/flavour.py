"""The few words added around what the user asked for, to suit the folder, the place and the hour. Pure.

Every choice is by a checksum of the user's wording, so the same conversation gives the same words. Nothing in these
tables is a weapon, an injury or frightening: the article's folder is for children.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from dataclasses import replace

from artbot_server.llm.demo.changes import is_color
from artbot_server.llm.demo.lexicon import ANIMATE, words
from artbot_server.llm.demo.reading_en import fold
from artbot_server.llm.demo.scene import WHERE, Scene, phrase_words, scene_words

MOST_ADDED = 10
"""Words; the article's system prompt asks for short prompts."""
_LEAST_ADDED = 3
_TAGS = 3

_THEMES = {
    "pixel": r"pixel|像素|8-?bit|16-?bit",
    "anime": r"anime|manga|动漫|二次元|動漫",
    "product": r"product|e-?commerce|advert|产品|商品|電商|电商",
    "portrait": r"portrait|headshot|人像|肖像",
    "child": r"\bkid|child|nursery|picture book|儿童|孩子|绘本|小朋友|兒童",
    "landscape": r"landscape|scenery|风景|山水|風景",
    "animal": r"animal|pets?\b|wildlife|动物|宠物|動物",
}
_ADJECTIVES = {
    "child": "adorable,cheerful,playful,friendly,cute,curious,happy",
    "animal": "adorable,graceful,curious,lively,gentle,playful",
    "anime": "lively,charming,cheerful,graceful,bright-eyed",
    "portrait": "elegant,graceful,serene,thoughtful,charming",
    "": "charming,adorable,lively,graceful,cheerful,friendly",
    "thing": "beautiful,charming,elegant,delightful",
    "food": "delicious,fresh,appetizing",
    "place": "beautiful,peaceful,picturesque,serene",
}
_SETTINGS = {
    "on the moon|space|mars|planet|rocket|spaceship|astronaut": "stars,distant planets,nebula,glowing light",
    "garden|flower|meadow|lawn|park|balcony|courtyard|orchard": "flowers,butterflies,green leaves,roses,soft sunlight",
    "forest|wood|jungle|bamboo|tree": "tall trees,ferns,mossy stones,dappled light,mushrooms",
    "grassland|savanna|field|farm|valley|hill|countryside|village": "rolling hills,wildflowers,golden grass,open sky",
    "starry sky|night sky|milky way|moon": "stars,moonlight,drifting clouds",
    "clouds?|sky|sun": "fluffy clouds,blue horizon,gentle breeze",
    "under the (?:sea|ocean|water)|underwater|aquarium": "blue water,bubbles,coral,seaweed",
    "fish|whale|dolphin|shark|octopus|jellyfish|turtle": "blue water,bubbles,coral,seaweed",
    "sea|ocean|beach|seaside|shore|island": "gentle waves,seashells,palm trees,blue sea",
    "river|lake|pond|stream|waterfall|duck|duckling|swan|frog": "clear water,reeds,ripples,water lilies",
    "snow|ice|arctic|antarctica|winter|penguin|snowman|christmas": "snowflakes,pine trees,icy hills,soft snow",
    "desert|camel|pyramid": "sand dunes,cacti,wide sky",
    "mountain|cliff|cave|volcano|mountaintop": "distant peaks,drifting clouds,pine trees",
    "street|city|town|market|road|alley|car|bus|taxi": "street lamps,shop windows,cobblestones,tall buildings",
    "balloon|airplane|bird|kite": "fluffy clouds,blue horizon,gentle breeze",
    "room|home|kitchen|sofa|bed|chair|table|desk|library|cafe|school|classroom|shop|restaurant|indoors": "soft cushions,warm light,wooden shelves,cozy rug",
    "castle|palace|princess|prince|dragon|unicorn|fairy|wizard|fairyland": "stone towers,sparkling lights,rose garden,rolling clouds",
}
_BACKGROUNDS = {
    "pixel": "simple background,bright palette,blocky clouds,green hills",
    "anime": "cherry blossoms,clear sky,soft light,drifting petals",
    "product": "clean background,soft shadow,studio light,smooth surface",
    "portrait": "soft light,blurred background,warm tones",
    "landscape": "distant hills,drifting clouds,soft light,winding path",
    "child": "flowers,rainbow,green meadow,fluffy clouds,butterflies,little stars",
    "animal": "green meadow,flowers,trees,soft grass,fluffy clouds,butterflies",
    "food": "wooden table,warm light,linen cloth,fresh herbs,soft shadow",
    "": "soft light,green hills,flowers,drifting clouds,gentle breeze,winding path,tall trees",
}
_HOURS = {
    "night|midnight|moonlit": "stars,moonlight,fireflies",
    "sunset|dusk": "golden light,long shadows",
    "sunrise|dawn|morning": "morning light,dew",
    "autumn": "falling leaves,golden light",
    "spring": "blossoms,fresh leaves",
    "rain|storm": "puddles,raindrops",
    "snow|blizzard|winter": "snowflakes,frosty trees",
    "christmas": "twinkling lights,snowflakes",
}
_COMMON = frozenset({"soft", "green", "blue", "golden", "tall", "clear", "a", "the", "of"})
"""Words two tags may share without saying the same."""
ALL_TAGS = frozenset(
    tag for table in (_SETTINGS, _BACKGROUNDS, _HOURS) for tags in table.values() for tag in tags.split(",")
)
"""Everything that may be added around a wish."""
_DAYLIGHT = re.compile(r"sun|rainbow|blue horizon|open sky|butterfl|clear sky")


def theme_of(system: str) -> str:
    """What the folder's system prompt is about, "" when it does not say."""
    return next((theme for theme, pattern in _THEMES.items() if re.search(pattern, system.lower())), "")


def word_limit(system: str) -> int | None:
    """The number in "within 10 words" of a system prompt, None without one."""
    found = re.search(
        r"(?:within|under|at most|up to|less than|fewer than)\s+(\d{1,3})\s+words|(\d{1,3})\s*(?:个)?(?:单词|词)(?:以内|之内)",
        system.lower(),
    )
    return int(found[1] or found[2]) if found else None


def prompt_of(scene: Scene, system: str) -> str:
    """The finished prompt: ASCII, in parts, without what would end a sentence."""
    return ", ".join(" ".join(fold(part).split()).strip(" .!?;:,") for part in flavoured(scene, system))


def flavoured(scene: Scene, system: str) -> list[str]:
    """The finished prompt's parts: the scene with one adjective more where it has none, background tags, styles."""
    if scene.finished and not scene.variation:
        return [*scene_words(scene), *scene.styles]
    theme = theme_of(system)
    own = scene_words(scene)
    limit = word_limit(system)
    budget = MOST_ADDED if limit is None else max(_LEAST_ADDED, min(MOST_ADDED, limit - _count(own)))
    described = _described(scene, theme) if budget > _LEAST_ADDED or not _tags(scene, theme) else scene
    parts = scene_words(described)
    budget -= _count(parts) - _count(own)
    for tag in _tags(described, theme):
        if _count([tag]) <= budget:
            parts.append(tag)
            budget -= _count([tag])
    return [*parts, *(style for style in scene.styles if style not in parts)]


def _count(parts: Sequence[str]) -> int:
    return sum(len(part.split()) for part in parts)


def _pick(options: Sequence[str], scene: Scene, slot: str) -> str:
    return options[zlib.crc32(f"{scene.wording}|{scene.variation}|{slot}".encode()) % len(options)]


def _described(scene: Scene, theme: str) -> Scene:
    """One adjective for the first subject, when the user gave it none but colours."""
    if not scene.subjects:
        return scene
    first = scene.subjects[0]
    if any(not is_color(quality) for quality in first.thing.qualities):
        return scene
    kind = words().kind(first.thing.noun)
    if kind in ("food", "place"):
        key = kind
    elif kind in ANIMATE:
        key = theme if theme in _ADJECTIVES else ""
    else:
        key = "place" if kind in ("sky", "nature") else "thing"
    options = [word for word in _ADJECTIVES[key].split(",") if word not in scene.without]
    thing = replace(first.thing, qualities=(_pick(options, scene, "adjective"), *first.thing.qualities))
    if thing.article not in ("a", ""):
        return scene
    return replace(scene, subjects=(replace(first, thing=thing), *scene.subjects[1:]))


def _tags(scene: Scene, theme: str) -> list[str]:
    """Background words in an order of their own, none of them said already, excluded or against the hour."""
    around = [phrase for subject in scene.subjects for phrase in subject.phrases if phrase.lead in WHERE]
    where = " ".join(phrase_words(phrase) for phrase in (*scene.phrases, *around))
    when = " ".join(phrase_words(phrase) for phrase in scene.phrases if phrase.kind in ("time", "weather"))
    who = " ".join(subject.thing.noun for subject in scene.subjects)
    pool = _matching(_HOURS, when)[:2] + (
        _matching(_SETTINGS, where) or (_matching(_SETTINGS, who) if theme in ("", "child", "animal") else [])
    )
    food = bool(scene.subjects) and words().kind(scene.subjects[0].thing.noun) == "food"
    pool += _BACKGROUNDS["food" if food else theme].split(",")
    said = _stems(" ".join(scene_words(scene))) | {stem for noun in scene.without for stem in _stems(noun)}
    dark = re.search(r"night|moonlit|dark", f"{where} {when}")
    fitting = [tag for tag in dict.fromkeys(pool) if not _stems(tag) & said and not (dark and _DAYLIGHT.search(tag))]
    fitting = fitting or ["soft light"]
    start = zlib.crc32(f"{scene.wording}|{scene.variation}|tags".encode())
    head = fitting[: 5 if len(pool) > len(_BACKGROUNDS[theme].split(",")) else 8]
    turned = head[start % len(head) :] + head[: start % len(head)]
    return turned[:_TAGS]


def _matching(table: dict[str, str], text: str) -> list[str]:
    for pattern, tags in table.items():
        if re.search(rf"\b(?:{pattern})s?\b", text):
            return tags.split(",")
    return []


def _stems(text: str) -> set[str]:
    return {word.removesuffix("s") for word in re.findall(r"[a-z]+", text)} - _COMMON
