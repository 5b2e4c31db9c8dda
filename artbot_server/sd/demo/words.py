"""From a prompt's text to what is to be drawn: nouns with counts, colours and relations, place, time, style.

Pure: no pictures, no randomness, no I/O but the lexicon. Vocabulary that is no noun lies in `vocabulary`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from artbot_server.sd.demo import vocabulary as v
from artbot_server.sd.demo.lexicon import Entry, Lexicon, load_lexicon

MAX_COUNT = 10  # more of one thing than this only makes a crowd of dots
BEINGS = frozenset({"animal", "bird", "fish", "person"})


@dataclass(frozen=True, slots=True)
class Thing:
    """One noun of the prompt.

    Attributes:
        relation: what it is to its `owner` (an index into `Idea.things`): wear, hold, ride, in, on or under.
        scale: 1.0, or what words such as "tiny" and "huge" make of it.
    """

    noun: str
    entry: Entry
    count: int = 1
    colour: str | None = None
    scale: float = 1.0
    relation: str | None = None
    owner: int | None = None


@dataclass(frozen=True, slots=True)
class Idea:
    """What a prompt asks for; empty strings mean: not said. `mood` is any colour named, `text` what was read."""

    things: tuple[Thing, ...] = ()
    place: str = ""
    time: str = ""
    weather: str = ""
    season: str = ""
    style: str = ""
    framing: str = ""
    sky: frozenset[str] = frozenset()
    actions: frozenset[str] = frozenset()
    unwanted: frozenset[str] = frozenset()
    mood: str | None = None
    text: str = ""


def read_prompt(prompt: str, negative: str = "") -> Idea:
    """Read a Stable Diffusion prompt, English or Chinese, and the nouns its negative prompt rules out."""
    lexicon = load_lexicon()
    text = _plain(prompt, lexicon)
    things, unwanted = _things(_nouns_only(text), lexicon)
    ruled_out, _ = _things(_nouns_only(_plain(negative, lexicon)), lexicon)
    banned = frozenset(unwanted | {thing.entry.picture for thing in ruled_out})
    sky = frozenset(name for name, pattern in v.SKY.items() if pattern.search(text))
    seen = [thing for thing in things if thing.noun not in v.SKY_NOUNS]
    return Idea(
        things=_related(_merged(seen)),
        place=_first(v.PLACES, text),
        time=_first(v.TIMES, text),
        weather=_first(v.WEATHERS, text),
        season=_first(v.SEASONS, text),
        style=_first(v.STYLES, text),
        framing=_first(v.FRAMINGS, text),
        sky=sky,
        actions=frozenset(name for name, pattern in v.ACTIONS.items() if pattern.search(text)),
        unwanted=banned,
        text=text,
        mood=next((w for w in re.findall(r"[a-z]+", text) if w in v.COLOURS), None),
    )


def _first(table: dict[str, re.Pattern[str]], text: str) -> str:
    """The table's first row that the text has."""
    return next((name for name, pattern in table.items() if pattern.search(text)), "")


def _plain(prompt: str, lexicon: Lexicon) -> str:
    """Lower case, no weights, no `<lora:…>`, Chinese words put into English."""
    text = re.sub(r"<[^>]*>|\bbreak\b", ",", prompt.lower())
    text = re.sub(r":\s*-?\d+(\.\d+)?\s*(?=[)\]])", " ", text)
    text = re.sub(r"[，。、；！？\n]", ",", text)
    if re.search(r"[\u4e00-\u9fff]", text):
        text = re.sub("|".join(v.longest_first(lexicon.chinese)), lambda m: f" {lexicon.chinese[m[0]]} ", text)
        text = re.sub(r"[\u4e00-\u9fff]+", " ", text)
    text = v.TECHNIQUE.sub(" ", re.sub(r"\\?[()\[\]{}]", " ", text))
    return re.sub(r"\b(\d+)\s*(?=[a-z])", r"\1 ", text)


def _nouns_only(text: str) -> str:
    """Without the words of style and framing, so that "oil painting" does not paint a picture frame."""
    for pattern in (*v.STYLES.values(), *v.FRAMINGS.values()):
        text = pattern.sub(" ", text)
    return text


@dataclass(slots=True)
class _Pending:
    """Adjectives and relation words that wait for their noun."""

    count: int = 0
    colour: str | None = None
    scale: float = 1.0
    relation: str | None = None
    refused: bool = False


def _things(text: str, lexicon: Lexicon) -> tuple[list[Thing], set[str]]:
    """All nouns in their order, and the pictures of those after "no" or "without"."""
    found: list[Thing] = []
    refused: set[str] = set()
    for tag in re.split(r"[,.;|]+", text):
        tokens = re.findall(r"[a-z'\-]+|\d+", tag)
        pending, nouns_before = _Pending(), len(found)
        for word, noun, plural in _read_tag(tokens, lexicon):
            if noun is None:
                _note(word, pending, found)
                continue
            entry = lexicon.entries[lexicon.words[noun]]
            if pending.refused:
                refused.add(entry.picture)
            else:
                found.append(_thing(noun, entry, plural, pending))
            pending = _Pending()
        if pending.colour == "orange" and len(found) == nouns_before and len(tokens) == 1:
            found.append(Thing("tangerine", lexicon.entries[lexicon.words["tangerine"]]))
    return found, refused


def _read_tag(tokens: list[str], lexicon: Lexicon) -> Iterator[tuple[str, str | None, bool]]:
    """Each noun (longest first, three words at most) or other word of a tag: word, noun or None, whether plural."""
    at = 0
    while at < len(tokens):
        for length in (3, 2, 1):
            phrase = " ".join(tokens[at : at + length])
            noun = _noun(phrase, lexicon) if at + length <= len(tokens) else None
            if noun:
                yield phrase, noun, phrase not in lexicon.words or phrase in v.PLURALS
                at += length
                break
        else:
            yield tokens[at], None, False
            at += 1


def _noun(phrase: str, lexicon: Lexicon) -> str | None:
    if phrase in v.NOT_NOUNS:
        return None
    endings = (("", ""), ("s", ""), ("es", ""), ("ies", "y"), ("ves", "f"))
    forms = (phrase.removesuffix(end) + new for end, new in endings if phrase.endswith(end))
    return next((form for form in forms if form in lexicon.words), None)


def _note(word: str, pending: _Pending, found: list[Thing]) -> None:
    """Remember what a word that is no noun says about the next noun, or about the one before."""
    if word in v.COUNTS:
        pending.count = v.COUNTS[word]
    elif word.isdigit():
        pending.count = min(int(word), MAX_COUNT)
    elif word in v.COLOURS:
        pending.colour = word
    elif word in v.SCALES:
        pending.scale = v.SCALES[word]
    elif word in v.RELATIONS:
        pending.relation = v.RELATIONS[word]
    elif word in ("no", "without"):
        pending.refused = True
    elif word in v.COATS and pending.colour and found:
        found[-1] = replace(found[-1], colour=found[-1].colour or pending.colour)
        pending.colour = None
    elif word in v.BODY_PARTS:
        pending.colour, pending.count, pending.relation = None, 0, None


def _thing(noun: str, entry: Entry, plural: bool, pending: _Pending) -> Thing:
    count = pending.count or ((3 if entry.size < 1.2 else 2) if plural else 1)
    colour = v.NATURAL_COLOURS.get(noun) if pending.colour is None else pending.colour
    return Thing(noun, entry, min(count, MAX_COUNT), colour, pending.scale, pending.relation)


def _merged(things: list[Thing]) -> list[Thing]:
    """One thing for each picture and colour: prompts like to repeat their subject."""
    merged: dict[tuple[str, str | None], Thing] = {}
    for thing in things:
        same = next((key for key in merged if key[0] == thing.entry.picture and None in (key[1], thing.colour)), None)
        key = same or (thing.entry.picture, thing.colour)
        old = merged.get(key)
        if old is None:
            merged[key] = thing
        else:
            merged[key] = replace(
                old,
                count=max(old.count, thing.count),
                colour=old.colour or thing.colour,
                relation=old.relation or thing.relation,
            )
    return list(merged.values())


def _related(things: list[Thing]) -> tuple[Thing, ...]:
    """Give each related thing its owner: the being before it, or the first one there is."""
    beings = [i for i, thing in enumerate(things) if thing.entry.kind in BEINGS]
    related: list[Thing] = []
    for i, thing in enumerate(things):
        relation = _fitting(thing)
        owners = [b for b in beings if b != i]
        if relation is None or not owners or (i in beings and relation != "ride"):
            related.append(replace(thing, relation=None))
            continue
        owner = max((b for b in owners if b < i), default=owners[0])
        related.append(replace(thing, relation=relation, owner=owner))
    return tuple(related)


def _fitting(thing: Thing) -> str | None:
    """The relation that this kind of thing can have, so that "in a forest" does not put a tree around a cat."""
    kind, said = thing.entry.kind, thing.relation
    if kind == "wear":
        return "wear"
    if thing.noun in v.CLOTHES:
        return "wear" if said in ("wear", "in", "with") else None
    if said in ("ride", "on", "in") and (kind in ("vehicle", "boat") or thing.noun in v.MOUNTS):
        return "ride"
    if said in ("in", "on") and thing.noun in v.CONTAINERS:
        return "in"
    if said == "on" and (kind == "furniture" or thing.noun in v.SEATS):
        return "on"
    if said == "hold" and kind not in ("building", "mountain", "furniture", "sky", "animal", "person", "vehicle"):
        return "hold"
    if kind == "instrument" or (said == "with" and thing.noun in v.HELD):
        return "hold"
    return None
