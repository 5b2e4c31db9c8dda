"""Several prompts to choose from in one reply: what the model is told, and how its numbered list is read. Pure.

An entry is a number, a prompt and, on the same line or below, an explanation in the user's language. Models write that
in many ways (`1.`, `**1)**`, `1、`, labels, fences, JSON); what is no prompt in English is left out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from artbot_server.chat.prompt_shape import clean, mainly_latin
from artbot_server.chat.prompts import MAX_OBJECTS, find_prompt, readable

FEWEST, MOST = 2, 6
"""One is no choice; more than six nobody reads."""
BY_MODE = 3
"""How many `/image:prompt` gives, as in RobotChat."""

MODES = {"image:prompt": BY_MODE, "default": None}
"""What may stand after a slash at a message's beginning, and how many candidates it asks for."""

_MODE = re.compile(r"/([A-Za-z0-9:_]{1,32})(?:\s+|$)")
_HAN = re.compile(r"[\u3400-\u9fff]")
_ENTRY = re.compile(
    r"(?:#+[ ]*|>[ ]*|[-*•][ ]+)?[*_]{0,3}(?:(?:prompt|option|candidate|version|提示[词詞]|方案|选项|選項|候选|候選)[ ]*#?)?"
    r"(?:(\d{1,2})(?:\ufe0f?\u20e3|[ ]*[.)、．:：）])|[(（\[](\d{1,2})[)）\]])[*_]{0,3}[ \t]*[:：.]?[ \t]*(.*)",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"(?:[-*•>][ ]+)?[*_]{0,3}(?:(?P<no>negative(?:[ _]prompt)?|负[面向]?提示[词詞]|反向提示[词詞]|負[面向]?提示[词詞])"
    r"|(?P<yes>(?:english |image )?prompt|(?:英文|正向|正面)?提示[词詞語语])"
    r"|(?P<why>explanation|description|note|reason|meaning|translation|"
    r"(?:中文)?(?:说明|說明|解释|解釋|描述|理由|含义|含義|翻译|翻譯|意思)|中文))[*_]{0,3}[ ]*[:：][*_]{0,3}[ \t]*(?P<rest>.*)",
    re.IGNORECASE,
)
_DASH = re.compile(r"[ ]+(?:[-–—|]|=>|→)+[ ]+|——+|[ ]*—[ ]*")
_QUOTED = re.compile(r"[*_]{0,2}(?:\"([^\"]+)\"|“([^”]+)”|`([^`]+)`|\*\*([^*]+)\*\*)[*_]{0,2}[ ]*[:：–—-]*[ ]*(.+)")
_FENCE_LINE = re.compile(r"[ \t]*(?:`{3,}|~{3,})[\w-]*[ \t]*")
_OPENING = re.compile(r"[\[{]")
_TRAILING_COMMA = re.compile(r",(?=\s*[\]}])")
_EDGES = " \t-–—:：|>*_,，;"
_TITLE_WORDS = 6


@dataclass(frozen=True, slots=True)
class Candidate:
    """One prompt to choose; `explanation` is in the user's language, "" where the reply gave none."""

    prompt: str
    negative_prompt: str = ""
    explanation: str = ""

    def as_json(self) -> dict[str, str]:
        """One of `candidates` in docs/protocol.md."""
        return {
            "prompt": self.prompt,
            "negative_prompt": self.negative_prompt,
            "explanation": self.explanation,
        }


def mode_of(text: str) -> tuple[str, int | None] | None:
    """A message without its leading mode (`/image:prompt a beach`), and how many candidates the mode asks for.

    Text without a mode comes back as it is: only a slash and a name with a colon looks like nothing else, so `/shrug`
    is text. None: it looks like a mode, and there is none of that name.
    """
    found = _MODE.match(text.lstrip())
    if found is None or (found[1] not in MODES and ":" not in found[1]):
        return text, None
    if found[1] not in MODES:
        return None
    return text.lstrip()[found.end() :], MODES[found[1]]


def instruction(count: int, text: str) -> str:
    """What is added to the system prompt for `count` candidates, for a user who wrote `text`."""
    language = "Chinese" if _HAN.search(text) else "English" if mainly_latin(text) else "the user's language"
    return (
        f"This time write {count} numbered prompts instead of one, each a different picture of what the user wants, and "
        "nothing before or after them. Keep to all rules above for each. Write each as two lines:\n"
        "1. the prompt, in English, on one line\n"
        f"   one short sentence in {language} that explains it to the user"
    )


def find_candidates(reply: str, most: int = MOST) -> tuple[Candidate, ...]:
    """The prompts in a reply, in its order, at most `most`; a reply that holds a single one gives that."""
    text = readable(reply)
    listed = _distinct(_from_json(text)) or _distinct(_from_list(text))
    if not listed:
        single = find_prompt(reply)
        listed = [Candidate(single.prompt, single.negative_prompt)] if single else []
    return tuple(listed[:most])


def _distinct(found: Iterator[Candidate]) -> list[Candidate]:
    kept = {each.prompt.lower(): each for each in reversed(list(found)) if each.prompt and mainly_latin(each.prompt)}
    return list(reversed(kept.values()))


# JSON


def _from_json(text: str) -> Iterator[Candidate]:
    """Objects with a `prompt`, in a list, below any name, or one after the other."""
    at = 0
    whole = _TRAILING_COMMA.sub("", text)
    for _ in range(MAX_OBJECTS):
        start = _OPENING.search(whole, at)
        if start is None:
            return
        try:
            value, at = json.JSONDecoder(strict=False).raw_decode(whole, start.start())
        except (json.JSONDecodeError, RecursionError):  # the second: nested without end
            at = start.end()
            continue
        yield from _objects(value)


def _objects(value: Any, depth: int = 4) -> Iterator[Candidate]:
    if depth == 0:
        return
    if isinstance(value, list) and all(isinstance(item, str) for item in value) and len(value) >= FEWEST:
        yield from (Candidate(clean(item)) for item in value)
    elif isinstance(value, list):
        for item in value:
            yield from _objects(item, depth - 1)
    elif isinstance(value, dict):
        named = {str(name).lower().replace(" ", "_"): inner for name, inner in value.items()}
        prompt = _first_text(named, ("prompt", "positive_prompt", "提示词"))
        if prompt:
            negative = _first_text(named, ("negative_prompt", "negative", "负面提示词"))
            why = _first_text(named, ("explanation", "description", "reason", "note", "说明", "解释", "中文"))
            yield Candidate(clean(prompt), clean(negative), _sentence(why))
        else:
            yield from _objects([inner for inner in value.values() if isinstance(inner, list | dict)], depth - 1)


def _first_text(named: dict[str, Any], names: Sequence[str]) -> str:
    return next((named[name] for name in names if isinstance(named.get(name), str)), "")


# Numbered lists


def _from_list(text: str) -> Iterator[Candidate]:
    lines = [" ".join(line.split()) for line in text.split("\n") if not _FENCE_LINE.fullmatch(line)]
    entries: list[list[str]] = []
    for line in lines:
        found = _ENTRY.fullmatch(line)
        if found and int(found[1] or found[2]) == len(entries) + 1:
            entries.append([found[3]])
        elif entries:
            entries[-1].append(line)
    if len(entries) >= FEWEST or (entries and _ENTRY.fullmatch(lines[0])):
        yield from map(_entry, entries)


def _entry(lines: list[str]) -> Candidate:
    """One numbered entry: labelled parts where it has labels, else the prompt first and its explanation after it."""
    parts: dict[str, list[str]] = {"free": [], "yes": [], "no": [], "why": []}
    free, why, name = parts["free"], parts["why"], "free"
    for line in lines:
        label = _LABEL.fullmatch(line)
        if label:
            name, line = _named(label), label["rest"]
        if line:
            parts[name].append(line)
            name = "why" if name in ("yes", "no") else name  # a prompt is one line
        elif not label and free and (why or len(free) > 1):
            break  # what follows an empty line is said to the user, about none of them
    negative = clean("".join(parts["no"][:1]))
    if parts["yes"]:
        why = why or [line for line in free if not _is_title(line)]
        return Candidate(clean(parts["yes"][0]), negative, _sentence(" ".join(why)))
    prompt, rest = _split(free)
    return Candidate(prompt, negative, _sentence(" ".join([*rest, *why])))


def _named(label: re.Match[str]) -> str:
    return next(name for name in ("no", "yes", "why") if label[name])


def _split(lines: list[str]) -> tuple[str, list[str]]:
    """The prompt and the explanation of an entry without labels."""
    if len(lines) > 1 and _is_title(lines[0]) and mainly_latin(lines[1]) and "," in lines[1]:
        lines = lines[1:]
    if not lines:
        return "", []
    first, rest = lines[0], lines[1:]
    if first.count("**") % 2:  # opened before the number
        first = "".join(first.rsplit("**", 1))
    quoted = _QUOTED.fullmatch(first)
    if quoted:
        title, tail = next(filter(None, quoted.groups()[:4])), quoted[5]
        if _is_title(title) and mainly_latin(tail) and "," in tail:
            return _split([tail, *rest])
        return clean(title), [tail, *rest]
    han = _HAN.search(first)
    if han and mainly_latin(first[: han.start()]):
        return clean(first[: han.start()].rstrip(" (（[【" + _EDGES)), [first[han.start() :].rstrip(")）]】"), *rest]
    dash = _DASH.split(first, maxsplit=1)
    if len(dash) == 2 and not rest and len(dash[0].split()) > _TITLE_WORDS // 2:
        return clean(dash[0]), [dash[1]]
    return clean(first), rest


def _is_title(text: str) -> bool:
    """A name for an entry, not a prompt: a few words, no list."""
    bare = clean(text.rstrip(":："))
    return "," not in bare and len(bare.split()) <= _TITLE_WORDS


def _sentence(text: str) -> str:
    bare = text.strip().strip(_EDGES)
    return bare[1:-1].strip() if bare[:1] + bare[-1:] in ("()", "（）", "[]", "【】", '""', "“”") else bare
