"""Words that are no nouns of the art pack: places, times, weather, styles, colours, counts, relations. Tables only."""

from __future__ import annotations

import re
from collections.abc import Iterable


def longest_first(words: Iterable[str]) -> list[str]:
    """So that a regular expression finds "bamboo forest" before "forest"."""
    return sorted(words, key=len, reverse=True)


def _table(**rows: str) -> dict[str, re.Pattern[str]]:
    """`name="a|b c"` to a pattern for whole words, plural or not."""
    return {name.replace("_", " "): re.compile(rf"\b(?:{words})s?\b") for name, words in rows.items()}


# The first row that is found wins, so the more particular places come first.
PLACES = _table(
    underwater="underwater|undersea|under the sea|seabed|ocean floor|deep sea|coral reef|aquarium",
    space="space|galaxy|cosmos|cosmic|outer space|nebula|universe|on the moon|mars",
    table="table|still life|tabletop",
    room="room|indoors?|bedroom|kitchen|living room|library|cafe|restaurant|classroom|interior|windowsill|fireplace",
    bamboo_forest="bamboo forest|bamboo grove|bamboo",
    village="village|hamlet|chinese town|old town",
    city="city|cities|cityscape|skyline|downtown|urban|metropolis|cyberpunk|neon|tokyo|new york",
    street="street|road|alley|town|highway",
    beach="beach|seaside|shore|coast|tropical|island",
    cave="cave|cavern|grotto",
    garden="garden|flower bed|backyard|flower field",
    forest="forest|woods|woodland|jungle|rainforest|grove",
    lake="lake|pond|lagoon|wetland|swamp",
    river="river|stream|creek|brook|waterfall|riverside",
    sea="sea|ocean|harbou?r|bay|waves?",
    desert="desert|dune|sahara|oasis",
    savanna="savannah?|safari|serengeti|african? plain",
    mountains="mountain|alp|peak|cliff|valley|canyon|himalaya",
    clouds="in the sky|in the clouds|above the clouds|sky castle|floating in the air|heaven",
    meadow="meadow|field|grass|grassland|prairie|pasture|farm|park|hill|lawn|countryside|orchard",
)
TIMES = _table(
    night="night|midnight|moonlight|moonlit|starry|starlight|nocturnal|dark sky|moon|neon|fireworks|firefl(?:y|ie)",
    sunset="sunset|dusk|twilight|evening|golden hour|setting sun",
    dawn="sunrise|dawn|daybreak|early morning",
    day="noon|midday|daytime|sunny|blue sky|bright day|sunlight|sunshine|morning|afternoon",
)
WEATHERS = _table(
    storm="storm|stormy|thunder|thunderstorm|lightning",
    rain="rain|rainy|raining|drizzle",
    snowfall="snowing|snowfall|falling snow|snowflake|blizzard",
    fog="fog|foggy|mist|misty|haze|hazy",
)
SEASONS = _table(
    winter="winter|snow|snowy|ice|icy|frozen|arctic|antarctica?|snowfall|snowing|snowflake|christmas",
    autumn="autumn|autumnal|fall leaves|maple|october|halloween",
    spring="spring|cherry blossom|sakura|springtime",
    summer="summer",
)
STYLES = _table(
    anime="anime|manga|cel[- ]shad(?:ed|ing)|ghibli|cartoon|comic|flat illustration|vector",
    watercolour="water ?colou?r painting|water ?colou?r illustration|water ?colou?r|aquarelle|gouache|picture book",
    pixel="pixel ?art|pixel|8-?bit|16-?bit|pixelated",
    sketch="pencil|sketch|line ?art|graphite|charcoal|pencil drawing|line drawing|colou?ring page",
    ink="ink wash painting|ink wash|ink painting|sumi-?e|chinese painting|shuimo|traditional chinese|ink",
    oil="oil painting|oil paint|oil on canvas|impressionist|impressionism|impasto|van gogh|monet|crayon drawing|wax crayons?",
    lowpoly="low-? ?poly|polygonal",
    paper="paper ?-?cut|papercraft|paper art|origami|cut paper",
)
FRAMINGS = _table(
    product="product|product photo|studio shot|studio lighting|white background|simple background|plain background"
    "|commercial photo|advertising|sticker|icon",
    portrait="portrait|close-?up|headshot|head shot|bust|upper body|face shot|avatar",
    landscape="landscape painting|landscape photo|landscape|scenery|panorama|vista|wide shot|no humans",
)
SKY = _table(
    sun="sun|sunny|sunshine|sunlight",
    moon="moon|moonlight|moonlit|crescent",
    stars="star|starry",
    clouds="cloud|cloudy",
    rainbow="rainbow",
    birds="flock of birds|distant birds|seagull",
    fireworks="fireworks?",
)
ACTIONS = _table(
    sit="sitting|sits|seated|sit",
    sleep="sleeping|sleeps|asleep|sleepy|lying|napping",
    run="running|runs|jumping|jumps|leaping|galloping|racing|chasing|playing|dancing",
    stand="standing|walking|walks",
    fly="flying(?! an? )(?! kite)|flies|soaring|gliding|floating|hovering",
    swim="swimming|swims|diving",
)
# Drawn with the sky itself.
SKY_NOUNS = frozenset(
    {"sun", "moon", "full moon", "crescent", "crescent moon", "star", "cloud", "rainbow", "snowflake", "fireworks"}
)
COLOURS: dict[str, tuple[int, int, int]] = {
    "orange": (245, 140, 44), "red": (222, 56, 56), "blue": (70, 132, 232), "white": (246, 244, 242),
    "black": (58, 56, 68), "brown": (146, 96, 58), "grey": (150, 152, 162), "gray": (150, 152, 162),
    "pink": (246, 148, 190), "purple": (148, 98, 214), "violet": (148, 98, 214), "yellow": (252, 208, 62),
    "golden": (244, 188, 62), "gold": (244, 188, 62), "green": (92, 178, 84), "silver": (190, 196, 208),
    "turquoise": (64, 198, 196), "teal": (40, 150, 152), "cyan": (80, 204, 226), "beige": (226, 204, 172),
    "crimson": (186, 30, 60), "lilac": (196, 164, 224),
}  # fmt: skip
COUNTS = {
    "a": 1, "an": 1, "one": 1, "single": 1, "two": 2, "pair": 2, "couple": 2, "family": 3, "both": 2, "twin": 2, "three": 3, "trio": 3,
    "four": 4, "several": 4, "some": 3, "five": 5, "many": 6, "flock": 5, "herd": 4, "group": 4, "school": 6, "lots": 6,
    "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "dozen": 10,
}  # fmt: skip
SCALES = {
    "tiny": 0.6, "small": 0.75, "little": 0.85, "miniature": 0.6, "mini": 0.7, "baby": 0.8,
    "big": 1.25, "large": 1.25, "huge": 1.5, "giant": 1.6, "enormous": 1.6, "tall": 1.2, "gigantic": 1.6,
}  # fmt: skip
RELATIONS = {
    "wearing": "wear", "wears": "wear", "dressed": "wear", "with": "with", "in": "in", "inside": "in", "on": "on",
    "riding": "ride", "rides": "ride", "driving": "ride", "sailing": "ride", "rowing": "ride", "holding": "hold",
    "holds": "hold", "carrying": "hold", "hugging": "hold", "eating": "hold", "drinking": "hold", "reading": "hold",
    "playing": "hold", "munching": "hold", "under": "under", "atop": "on", "at": "with",
    "and": "", "near": "", "beside": "", "behind": "", "by": "", "from": "", "of": "",
}  # fmt: skip
COATS = frozenset(["fur", "coat", "feathers", "feather", "scales", "skin", "wool", "body"])
BODY_PARTS = frozenset(
    [
        "eyes",
        "eye",
        "nose",
        "hair",
        "ears",
        "ear",
        "tail",
        "mane",
        "paws",
        "paw",
        "wings",
        "wing",
        "beak",
        "whiskers",
        "face",
        "legs",
        "lips",
        "spots",
        "stripes",
        "sky",
    ]
)
CLOTHES = frozenset({"dress", "t-shirt", "shirt", "coat", "kimono", "jeans", "sweater", "robe"})
MOUNTS = frozenset(["horse", "pony", "elephant", "dragon", "unicorn", "camel", "whale", "dolphin", "turtle", "rocket", "spaceship", "bicycle", "deer"]) | {
    "hot air balloon", "sea turtle", "airplane", "flying saucer", "skateboard",
}  # fmt: skip
CONTAINERS = frozenset(
    [
        "basket",
        "bucket",
        "teacup",
        "cup",
        "mug",
        "box",
        "bathtub",
        "pot",
        "package",
        "crate",
        "teapot",
        "mushroom",
        "vase",
        "hat",
        "bowl",
    ]
)
SEATS = frozenset({"rock", "log", "stump", "stone", "cloud", "mushroom", "boulder"})
HELD = frozenset(
    ["balloon", "umbrella", "lantern", "book", "flower", "rose", "sword", "kite", "wand", "bouquet", "ball"]
)
# What painters and photographers say of the making, not of what is to be seen: no brush, key, palette or field.
TECHNIQUE = re.compile(
    r"\b(?:depth of field|(?:generous )?(?:empty|negative) space|key (?:visual|light|frame|art)s?|(?:visible )?brush ?(?:strokes?|work)"
    r"|(?:limited |bright |colou?r |muted |pastel )*palettes?|(?:gentle |soft |morning )*window light|wax strokes"
    r"|screen ?(?:print|cap|shot)s?|film (?:grain|still)|paper texture|canvas texture|out of focus|floating tile)\b"
)
# Words with a picture that mean something else in most prompts.
NOT_NOUNS = frozenset({
    "orange", "fly", "note", "notes", "record", "wave", "waves", "party", "school", "bank", "figure", "figures", "human",
    "model", "mask", "body", "bow", "mint",
})  # fmt: skip
PLURALS = frozenset({"sheep", "children", "people", "kids", "bunnies", "foxes", "fireflies", "leaves", "flowers", "eggs",
                     "berries", "bubbles", "books", "grapes", "swords", "chicks", "nuts", "cherries"})  # fmt: skip
NATURAL_COLOURS = {"goldfish": "orange", "koi": "orange", "carp": "orange", "orca": "black", "boar": "brown", "moth": "beige",
                   "panther": "black", "moose": "brown", "dove": "white"}  # fmt: skip
