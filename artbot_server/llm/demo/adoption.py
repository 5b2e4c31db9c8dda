"""A finished prompt that somebody else wrote, or changed by hand, as a picture of ours to go on from. Pure.

Its parts are kept as they stand wherever the word list has no better reading of them: what the user wrote must not be lost.
"""

from __future__ import annotations

from dataclasses import replace

from artbot_server.llm.demo.flavour import ALL_TAGS
from artbot_server.llm.demo.phrases_en import parse
from artbot_server.llm.demo.reading_en import fold
from artbot_server.llm.demo.scene import Phrase, Scene, scene_words
from artbot_server.llm.demo.words_en import STYLES


def adopted(prompt: str) -> Scene | None:
    """The picture a prompt describes, None where it names nothing to draw; nothing is added to it later by itself."""
    first, *others = [part.strip() for part in fold(prompt).split(",") if part.strip()] or [""]
    scene = parse(first)
    if not scene.subjects and not scene.phrases:
        return None
    styles = list(scene.styles)
    for part in others:
        if part in STYLES.values():
            styles.append(part)
        else:
            scene = _with(scene, _phrases(part))
    return replace(scene, styles=tuple(dict.fromkeys(styles)), wording=prompt, finished=True)


def _phrases(part: str) -> tuple[Phrase, ...]:
    """What a later part of a prompt says; word for word where reading and writing it again would change it."""
    read = parse(part)
    told = read.phrases if not read.subjects and not read.styles else ()
    if part in ALL_TAGS or scene_words(Scene(phrases=told)) != [part]:
        return (Phrase(part, (), "tag"),)
    return told


def _with(scene: Scene, phrases: tuple[Phrase, ...]) -> Scene:
    own = tuple(phrase for phrase in phrases if phrase.kind in ("action", "relation"))
    if scene.subjects and own:
        last = replace(scene.subjects[-1], phrases=(*scene.subjects[-1].phrases, *own))
        scene = replace(scene, subjects=(*scene.subjects[:-1], last))
        phrases = tuple(phrase for phrase in phrases if phrase not in own)
    return replace(scene, phrases=(*scene.phrases, *phrases))
