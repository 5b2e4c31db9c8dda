"""From a conversation to a reply, by rules. Pure: the same messages always give the same reply.

The user's turns are read again from the first one, each as a new picture or a change to the one there is; nothing is
kept between calls. A reply in between that is not what would be written here (the user changed the prompt before it was
painted, or a model wrote it) is the picture that the next turn changes. A reply is a prompt alone where all was
understood, talk (ending like a sentence) where there is nothing to draw, and otherwise a sentence and a line `Prompt: …`;
several prompts are a numbered list.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from artbot_server.llm.demo.adoption import adopted
from artbot_server.llm.demo.changes import applied
from artbot_server.llm.demo.choices import number_asked, numbered
from artbot_server.llm.demo.flavour import prompt_of
from artbot_server.llm.demo.reading import Reading
from artbot_server.llm.demo.reading_en import read_en
from artbot_server.llm.demo.reading_zh import read_zh
from artbot_server.llm.demo.scene import Scene, pluralise
from artbot_server.llm.demo.smalltalk import answer, is_chinese, not_understood, topic_of
from artbot_server.llm.demo.tokens_zh import normalise, tokens

LONGEST_READ = 500
"""Characters of one message that are read: far more than any wish for a picture, little enough to answer at once."""
_PROMPT_LINE = re.compile(r"^\s*Prompt:\s*(.+)$", re.MULTILINE | re.IGNORECASE)
_NO_PROMPT = re.compile(r"\n|[.!?。！？]$|^\d+[.)]\s")
"""Several lines, a sentence, or the beginning of a list."""
_ENGLISH_WORD = re.compile(r"[a-zA-Z]{2,}")
_HAN = re.compile(r"[\u3400-\u9fff]+")


@dataclass(frozen=True, slots=True)
class _Turn:
    """Where the conversation stands after a user's message."""

    scene: Scene | None
    topic: str = ""
    unknown: tuple[str, ...] = ()
    drawn: bool = False


def write(messages: Sequence[Mapping[str, Any]]) -> str:
    """The reply to a list of OpenAI messages, never empty."""
    system = " ".join(_text(message) for message in messages if message.get("role") == "system")
    turn = _Turn(None, topic="hello")
    text = ""
    for message in messages:
        if message.get("role") == "user":
            text = _text(message)[:LONGEST_READ]
            turn = _after(turn.scene, text)
        elif message.get("role") == "assistant":
            turn = replace(turn, scene=_as_replied(turn, text, system, _text(message)))
    return _reply(turn, text, system)


def _as_replied(turn: _Turn, text: str, system: str, reply: str) -> Scene | None:
    """The picture after a reply: ours as it is, also where the reply was stopped in the middle, else what it says."""
    if turn.scene is not None and _reply(turn, text, system).startswith(reply):
        return turn.scene
    said = _scene_of_reply(reply)
    if said is None or turn.scene is None:
        return said or turn.scene
    return replace(said, without=turn.scene.without)


def _after(scene: Scene | None, text: str) -> _Turn:
    topic = topic_of(text)
    if topic:
        return _Turn(scene, topic)
    readings = read(text)
    for reading in readings:
        scene = applied(scene, reading, text)
    unknown = tuple(dict.fromkeys(word for reading in readings for word in reading.unknown))
    return _Turn(scene, unknown=unknown, drawn=any(not reading.empty for reading in readings))


@lru_cache(maxsize=512)
def read(text: str) -> tuple[Reading, ...]:
    """A message's wishes in whichever language most of it is; a few words of the other one are taken along."""
    if not is_chinese(text):
        return tuple(read_en(text))
    han = sum(map(len, _HAN.findall(text)))
    if len(_ENGLISH_WORD.findall(text)) * 2 > han:
        return tuple(read_en(_HAN.sub(lambda found: f" {_glossed(found[0])} ", text)))
    return tuple(read_zh(text))


def _glossed(chinese: str) -> str:
    return " ".join(token.english for token in tokens(normalise(chinese)) if token.english)


def _reply(turn: _Turn, text: str, system: str) -> str:
    chinese = is_chinese(text)
    if turn.topic:
        return answer(turn.topic, text)
    if turn.scene is None or not turn.drawn:
        return not_understood(turn.unknown, chinese=chinese) if turn.unknown else answer("lost", text)
    count = number_asked(system)
    if count > 1:
        listed = numbered(turn.scene, system, count, chinese=chinese)
        return f"{not_understood(turn.unknown, chinese=chinese)}\n{listed}" if turn.unknown else listed
    prompt = prompt_of(turn.scene, system)
    negative = ", ".join(pluralise(noun) for noun in turn.scene.without)
    lines = [not_understood(turn.unknown, chinese=chinese)] if turn.unknown else []
    if not lines and not negative:
        return prompt
    lines.append(f"Prompt: {prompt}")
    if negative:
        lines.append(f"Negative prompt: {negative}")
    return "\n".join(lines)


def _text(message: Mapping[str, Any]) -> str:
    """A message's text; of a list of parts (OpenAI's form with pictures) the text parts."""
    content = message.get("content")
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        return " ".join(str(part.get("text") or "") for part in content if isinstance(part, Mapping))
    return ""


def _scene_of_reply(reply: str) -> Scene | None:
    """The picture in an earlier reply, for a conversation whose beginning is not at hand."""
    found = _PROMPT_LINE.search(reply)
    prompt = found[1] if found else reply.strip()
    if not found and (_NO_PROMPT.search(prompt) or topic_of(prompt)):
        return None
    if is_chinese(prompt):
        scene = _after(None, prompt[:LONGEST_READ]).scene
        return replace(scene, finished=True) if scene else None
    return adopted(prompt[:LONGEST_READ])
