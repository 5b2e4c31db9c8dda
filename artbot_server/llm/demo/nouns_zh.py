"""Chinese noun phrases as English things: number, measure word, article, and the places among them. Pure."""

from __future__ import annotations

from artbot_server.llm.demo.lexicon import ANIMATE, words
from artbot_server.llm.demo.reading import definite, located
from artbot_server.llm.demo.scene import Phrase, Thing, is_plural
from artbot_server.llm.demo.tokens_zh import Token

_BARE_PLURAL = frozenset({"flower", "tree", "star", "cloud", "leaf"})


def compounds(first: Token, second: Token) -> bool:
    """草莓蛋糕 is one noun, 小猫小狗 are two, 森林小屋 is a house in a forest."""
    if first.kind == "place" or second.kind == "place":
        return False
    return (
        not (first.detail in ANIMATE and second.detail in ANIMATE)
        and second.detail not in ANIMATE
        and second.detail != "sky"
    )


def english_noun(token: Token) -> str:
    return _after_preposition(token.english) if token.kind == "place" else token.english or token.text


def _after_preposition(phrase: str) -> str:
    return phrase.partition(" ")[2] or phrase


def as_thing(noun: str, qualities: tuple[str, ...], count: str, unit: str) -> Thing:
    kept = tuple(dict.fromkeys(quality for quality in qualities if quality not in noun.split()))
    number = "" if count == "one" else count
    if unit == "pair" and words().kind(noun) not in ("clothes", "body"):
        unit, number = "", "two" if count == "one" else count
    if unit in ("piece",) and noun not in words().mass and noun != "cake":
        unit = ""
    if count == "one" and is_plural(noun) and not unit:
        number = ""
    plural = not count and noun in _BARE_PLURAL
    article = (
        "the"
        if not count and not kept and words().kind(noun) == "sky" and noun in ("sun", "moon", "earth", "milky way")
        else "a"
    )
    if noun in words().mass and article == "a":
        article = ""
    return Thing(noun, number, unit, kept, article, plural)


def place_phrase(token: Token, thing: Thing) -> Phrase:
    lead, _, noun = token.english.partition(" ")
    if not noun:
        return Phrase(lead, kind="place")
    return located(lead, definite(thing)) if noun != "home" else Phrase("at home", kind="place")
