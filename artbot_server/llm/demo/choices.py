"""Several prompts for one wish, numbered, each with a sentence in the user's language: when the system prompt asks so. Pure.

The nouns stay the user's; what differs is the light, the weather or the view, never what the user said about them.
"""

from __future__ import annotations

import re
from dataclasses import replace

from artbot_server.llm.demo.changes import merged
from artbot_server.llm.demo.flavour import prompt_of
from artbot_server.llm.demo.scene import Kind, Phrase, Scene, phrase_words, pluralise

_ASKED = re.compile(r"\b([2-6]) numbered prompts\b")
_SETTINGS: tuple[tuple[str, Kind, str, str], ...] = (
    ("at sunset", "time", "The same at sunset, in warm golden light.", "同样的画面，换到日落时分，光线温暖金黄。"),
    ("in the mist", "weather", "The same in the mist, soft and quiet.", "同样的画面，笼罩在薄雾里，柔和安静。"),
    ("close-up", "tag", "The same seen from close by.", "同样的画面，拉近来看的特写。"),
    ("at night", "time", "The same at night.", "同样的画面，换到夜晚。"),
    ("wide view", "tag", "The same from far away, with much around it.", "同样的画面，从远处看的全景。"),
    ("in the snow", "weather", "The same in the snow.", "同样的画面，换成下雪天。"),
    ("seen from above", "tag", "The same seen from above.", "同样的画面，从上往下俯视。"),
    ("reflections", "tag", "The same with reflections.", "同样的画面，加上倒影。"),
    ("backlit", "tag", "The same with the light behind it.", "同样的画面，逆光的效果。"),
)
"""Phrase, kind, and what is said of it in English and Chinese. Five of them are tags: any wish leaves room for those."""
_AS_ASKED = ("Just as you said it.", "就按你说的来画。")


def number_asked(system: str) -> int:
    """How many prompts the system prompt wants, 1 where it says nothing about it."""
    found = _ASKED.search(system)
    return int(found[1]) if found else 1


def numbered(scene: Scene, system: str, count: int, *, chinese: bool) -> str:
    """`count` prompts of the same picture as a numbered list, what was asked for first."""
    lines = []
    for number, (variant, said) in enumerate(_variants(scene, count), start=1):
        lines.append(f"{number}. {prompt_of(variant, system)}")
        if variant.without:
            lines.append(f"   Negative prompt: {', '.join(pluralise(noun) for noun in variant.without)}")
        lines.append(f"   {said[chinese]}")
    return "\n".join(lines)


def _variants(scene: Scene, count: int) -> list[tuple[Scene, tuple[str, str]]]:
    of_subjects = [phrase for subject in scene.subjects for phrase in subject.phrases]
    phrases = [*scene.phrases, *of_subjects]
    kinds = {phrase.kind for phrase in phrases} - {"tag"}
    said = {phrase_words(phrase) for phrase in phrases} | set(scene.styles)
    free = [row for row in _SETTINGS if row[1] not in kinds and row[0] not in said]
    found = [(scene, _AS_ASKED)]
    for offset, (words, kind, english, chinese) in enumerate(free[: count - 1], start=1):
        settled = replace(scene, phrases=merged(scene.phrases, (Phrase(words, (), kind),)))
        if not scene.finished:
            settled = replace(settled, variation=scene.variation + offset)
        found.append((settled, (english, chinese)))
    return found
