"""Chinese noun phrases as English things: number, measure word, article, and the places among them. Pure."""

from __future__ import annotations

from artbot_server.llm.demo.lexicon import ANIMATE, words
from artbot_server.llm.demo.reading import definite, located
from artbot_server.llm.demo.scene import Phrase, Thing, is_plural
from artbot_server.llm.demo.tokens_zh import Token

_KNOWN = frozenset({"sun", "moon", "earth", "milky way"})
_BARE_PLURAL = frozenset({"flower", "tree", "star", "cloud", "leaf"})


def compounds(first: Token, second: Token) -> bool:
    """草莓蛋糕 is one noun, 小猫小狗 are two, 机器人厨师 is a cook, 森林小屋 is a house in a forest."""
    if first.kind == "place" or second.kind == "place":
        return first.detail in ("plant", "food") and second.kind == "place"
    if second.detail in ANIMATE:
        return second.detail == "person" and first.detail in ("animal", "creature")
    return second.detail != "sky"


def english_noun(token: Token) -> str:
    """The noun alone, for a place without its preposition; a Latin word as it is."""
    return _after_preposition(token.english) if token.kind == "place" else token.english or token.text


def _after_preposition(phrase: str) -> str:
    return phrase.partition(" ")[2] or phrase


def as_thing(head: Token, qualities: tuple[str, ...], count: str, unit: str) -> Thing:
    """One thing from its head word, what was said before it, and its number and measure."""
    color, noun = words().without_color(english_noun(head))
    qualities = (*qualities, color) if color else qualities
    kept = tuple(dict.fromkeys(quality for quality in qualities if quality not in noun.split()))
    number = "" if count == "one" else count
    if unit == "pair" and words().kind(noun) not in ("clothes", "body"):
        unit, number = "", "two" if count == "one" else count
    if unit == "piece" and noun not in words().mass and noun != "cake":
        unit = ""
    if count == "one" and is_plural(noun) and not unit:
        number = ""
    plural = head.kind == "noun" and not count and noun in _BARE_PLURAL
    known = noun in _KNOWN and not count and not kept
    article = "the" if known else "" if noun in words().mass else "a"
    return Thing(noun, number, unit, kept, article, plural)


def place_phrase(token: Token, thing: Thing) -> Phrase:
    """A place word with the preposition it comes with: 沙滩 is "on the beach"."""
    lead, _, noun = token.english.partition(" ")
    if not noun:
        return Phrase(lead, kind="place")
    return located(lead, definite(thing)) if noun != "home" else Phrase("at home", kind="place")
