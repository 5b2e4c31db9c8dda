"""Finds the finished prompt in a model's reply, in English or Chinese. Pure.

The rules, in order; the first that finds something wins:

1. a fenced block: the last one, because a model quotes the old prompt before it writes the new one; a block after a
   negative label is the negative prompt; a block may itself hold a JSON object or labels;
2. a JSON object with `prompt`;
3. labels: `Prompt:`, `**Negative prompt:**`, `提示词：`, `### Prompt` … up to an empty line or the next label;
4. a list of candidates: the first one;
5. the whole reply, or the paragraph after “Here is your prompt:”, where it looks like a prompt.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from artbot_server.chat.prompt_shape import clean, looks_like_prompt, mainly_latin, without_acceptance

MAX_OBJECTS = 20  # tries at reading JSON in one reply: each failed one costs the length of the text


@dataclass(frozen=True, slots=True)
class FoundPrompt:
    """What to paint, ready for a template; `negative_prompt` is "" where the reply gave none."""

    prompt: str
    negative_prompt: str = ""


LONGEST_READ = 20_000
"""Characters of a reply that are looked at: a prompt stands in the first page, and reading must not hold the loop."""

_THOUGHTS = re.compile(r"<think(?:ing)?>.*?(?:</think(?:ing)?>|\Z)", re.DOTALL | re.IGNORECASE)
_FENCE = re.compile(r"^[ \t]*(`{3,}+|~{3,}+)[^\n`]*\n(.*?)(?:\n[ \t]*\1[ \t]*$|\Z)", re.DOTALL | re.MULTILINE)
_INLINE_FENCE = re.compile(r"```([^\n`]+)```")
_NEGATIVE_WORDS = (
    r"(?:negative(?:[ _]prompts?)?|neg(?:ative)? prompts?|(?:负面|反向|负向|負面|反向|負向)(?:提示[词詞語语]?|prompt))"
)
_POSITIVE_WORDS = (
    r"(?:(?:your |the )?(?:(?:final|image|positive|sd|stable diffusion|updated|revised|new|english|optimi[sz]ed|full) ){0,3}"
    r"prompt|(?:正向|正面|英文|最终|最終|绘画|繪畫|图像|圖像|生成|优化后的|更新后的|新的?)?提示[词詞語语])"
)
_BEFORE = r"(?:#+|>|[-*•+]|\d+[.)、])?[ \t]*"
_MARK = r"[*_`]{0,3}"
_AFTER = rf"(?: ?[(（][^()（）\n]{{0,30}}[)）])? ?\d{{0,2}}{_MARK} ?[:：]{_MARK}[ \t]*"
_NEGATIVE_LABEL = re.compile(rf"{_BEFORE}{_MARK}{_NEGATIVE_WORDS}{_AFTER}(.*)", re.IGNORECASE)
_POSITIVE_LABEL = re.compile(rf"{_BEFORE}{_MARK}{_POSITIVE_WORDS}{_AFTER}(.*)", re.IGNORECASE)
_HEADING = re.compile(
    rf"(?:#+[ ]*{_MARK}|[*_]{{2,3}})(?:(?P<no>{_NEGATIVE_WORDS})|{_POSITIVE_WORDS}){_MARK}$", re.IGNORECASE
)
_OTHER_LABEL = re.compile(
    rf"{_BEFORE}{_MARK}(?:explanations?|notes?|translations?|chinese|settings|parameters|style|steps|sampler|tips?|"
    rf"说明|說明|解释|解釋|备注|備註|翻译|翻譯|中文\w{{0,4}}|注|参数|參數|建议|建議){_AFTER}.*|---+$",
    re.IGNORECASE,
)
_CANDIDATE = re.compile(r"(?:\d{1,2}[.)、．]|[-*•])[ \t]*(.+)")
_CANDIDATE_TITLE = re.compile(r"(?:\*\*[^*\n]{1,40}\*\*\s*[:：–-]?|[^,:：\n]{1,40}[:：])\s+")
_HAN = re.compile(r"[\u3400-\u9fff]")
_LATIN = re.compile(r"[a-z]", re.IGNORECASE)
_OBJECT = re.compile(r'\{\s*"')
_INTRODUCTION = re.compile(r"[^\n]{0,200}[:：]\s*$")
_ANNOUNCED = re.compile(
    r"(?:prompt|here (?:it is|you go|you are)|提示[词詞語语])[^\n:：]{0,60}[:：]\s*(?=\S)", re.IGNORECASE
)


def find_prompt(reply: str) -> FoundPrompt | None:
    """The prompt in a reply, None where the model only talks, asks or answers in another language."""
    text = readable(reply)
    return _fenced(text) or _json_object(text) or _labelled(text) or _first_candidate(text) or _whole(text)


def readable(reply: str) -> str:
    """The part of a reply that is looked at: its beginning, without the thoughts some models tell."""
    return _THOUGHTS.sub("", reply[:LONGEST_READ].replace("\r\n", "\n")).strip()


def _fenced(text: str) -> FoundPrompt | None:
    prompt = negative = ""
    before = 0
    for start, end, content in _blocks(text):
        lead = text[before:start].strip().rpartition("\n")[2]
        before = end
        inner = _json_object(content) or _labelled(content)
        if inner:
            prompt, negative = inner.prompt, inner.negative_prompt or negative
        elif re.search(_NEGATIVE_WORDS, lead, re.IGNORECASE):
            negative = clean(content)
        elif content.strip():
            prompt = clean(content)
    if prompt and not negative:  # the negative prompt may stand below the block, in a line of its own
        outside = _labels(_FENCE.sub("", text))
        negative = clean(outside[1]) if outside[1] else ""
    return FoundPrompt(prompt, negative) if prompt else None


def _blocks(text: str) -> Iterator[tuple[int, int, str]]:
    found = list(_FENCE.finditer(text))
    for match in found:
        yield match.start(), match.end(), match[2]
    if not found:
        for match in _INLINE_FENCE.finditer(text):
            yield match.start(), match.end(), match[1]


def _json_object(text: str) -> FoundPrompt | None:
    for start in islice(_OBJECT.finditer(text), MAX_OBJECTS):
        try:
            value, _ = json.JSONDecoder(strict=False).raw_decode(text, start.start())
        except (json.JSONDecodeError, RecursionError):  # the second: nested without end
            continue
        return _from_object(value)
    return None


def _from_object(value: dict[str, Any]) -> FoundPrompt | None:
    named = {str(name).lower().replace(" ", "_"): text for name, text in value.items() if isinstance(text, str)}
    prompt = named.get("prompt") or named.get("positive_prompt") or named.get("positive")
    negative = named.get("negative_prompt") or named.get("negative") or ""
    return FoundPrompt(clean(prompt), clean(negative)) if prompt and clean(prompt) else None


def _labelled(text: str) -> FoundPrompt | None:
    candidates, negative = _labels(text)
    english = [each for each in candidates if mainly_latin(each)]
    prompt = next(iter(english or candidates), "")
    if not prompt and negative:  # only the negative one is labelled, as in A1111's own text
        lines = _lines(text)
        first = next(i for i, line in enumerate(lines) if _NEGATIVE_LABEL.match(line) or _HEADING.match(line))
        above = _whole("\n".join(lines[:first]).strip())
        prompt = above.prompt if above else ""
    return FoundPrompt(clean(prompt), clean(negative)) if clean(prompt) else None


def _labels(text: str) -> tuple[list[str], str]:
    """The values of all positive labels, and of the last negative one."""
    positive: list[list[str]] = []
    negative: list[list[str]] = []
    value: list[str] | None = None
    for line in [*_lines(text), ""]:
        start = _label(line)
        if start is not None:
            is_negative, rest = start
            value = [rest] if rest.strip() else []
            (negative if is_negative else positive).append(value)
        elif value is None:
            continue
        elif _OTHER_LABEL.match(line) or (value and not line):
            value = None
        elif line:
            value.append(line)
    found = [text for lines in positive if clean(text := "\n".join(lines))]
    left_out = [text for lines in negative if clean(text := "\n".join(lines))]
    return found, left_out[-1] if left_out else ""


def _label(line: str) -> tuple[bool, str] | None:
    """Whether a label in this line is the negative one, and what follows it; None where there is no label."""
    heading = _HEADING.match(line)
    if heading:
        return heading["no"] is not None, ""
    for is_negative, label in ((True, _NEGATIVE_LABEL), (False, _POSITIVE_LABEL)):
        found = label.match(line)
        if found:
            return is_negative, found[1]
    return None


def _first_candidate(text: str) -> FoundPrompt | None:
    """A numbered or dotted list of at least two prompts: the first. Which one is a matter of taste, so the page may ask."""
    items = [found[1] for line in _lines(text) if (found := _CANDIDATE.match(line))]
    if len(items) < 2:
        return None
    announced = re.search(r"prompt|option|candidate|version|提示|方案|选项|選項", text.split("\n")[0], re.IGNORECASE)
    for item in items:
        bare = clean(_without_remark(_CANDIDATE_TITLE.sub("", item, count=1)))
        if ("," in bare or announced) and looks_like_prompt(bare):
            return FoundPrompt(bare)
    return None


def _without_remark(item: str) -> str:
    """A candidate without the Chinese explanation behind it."""
    han = _HAN.search(item)
    if han is None or _LATIN.search(item, han.start()):
        return item
    return item[: han.start()].rstrip(" -–—(（“「，、：:")


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.split("\n")]


def _whole(text: str) -> FoundPrompt | None:
    if _label(text.partition("\n")[0]) is not None or (text.startswith("{") and text.endswith("}")):
        return None  # a label without a prompt, an object about something else
    paragraphs = [each.strip() for each in re.split(r"\n\s*\n", text) if each.strip()]
    introduced = False
    if paragraphs:
        first, _, rest = paragraphs[0].partition("\n")
        if _INTRODUCTION.match(first):
            introduced, paragraphs[:1] = True, [rest] if rest else []
        elif found := _ANNOUNCED.search(first):
            introduced, paragraphs[0] = True, paragraphs[0][found.end() :]
    if not paragraphs or (len(paragraphs) > 1 and not introduced):
        return None
    lines = without_acceptance(paragraphs[0])
    bare = clean(lines)
    stopped = lines.rstrip().endswith(".")
    return FoundPrompt(bare) if bare and looks_like_prompt(bare + "." * stopped, introduced=introduced) else None
