"""Reads English wishes into scenes and changes. Pure.

Unknown words are kept as they are: a word that nothing binds is part of a noun phrase, and the last word of a
noun phrase is its noun.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace

from artbot_server.llm.demo.phrases_en import parse
from artbot_server.llm.demo.reading import BACKGROUND, Change, Reading
from artbot_server.llm.demo.scene import Scene
from artbot_server.llm.demo.words_en import ADJECTIVES, COLORS, COMPARATIVES, COUNTS, STYLE, STYLES

_POLITE = re.compile(
    r"^(?:please|ok(?:ay)?|hi|hello|hey|now|then|but|and|also|thanks|thank you|great|nice|cool|perfect|yes|"
    r"no(?=,)|actually|maybe|well|so|"
    r"(?:can|could|would|will) you(?: please)?|let'?s|how about|what about|i think)\b[\s,!.]*(?=\S)"
)
_REQUEST = re.compile(
    r"^(?:(?:draw|paint|create|generate|show|give|imagine|design|write|produce|render|sketch|do)(?: (?:me|us))?\b"
    r"|make(?: (?:me|us))?(?= (?:a|an|some|one|two|three|four|five|six|the picture|pictures?)\b)"
    r"|i(?:'d| would)? (?:want|like|love|need|wish)(?: (?:to see|to have|to get|you to (?:draw|paint|make|create)))?\b"
    r"|(?:can|may|could) i (?:have|see|get)\b|let me (?:see|have)\b|i'm thinking of\b)\s*"
)
_MEDIUM = re.compile(
    r"^(?:(?:a|an|the|one|some)\s+)?(?:(?:nice|new|good|cool|beautiful)\s+)?(?:(?:image |picture |"
    r"art )?prompts?|pictures?|images?|photos?|drawings?|paintings?|illustrations?|scenes?|art|artwork|something)"
    r"\s*(?:of|for|showing|with|where|about)\s+"
)
_AGAIN = re.compile(
    r"(?:(?:give me |show me |try |do |make )?(?:it )?(?:another|a different|a new)(?: (?:one|version|picture|"
    r"image|try|variation|prompt))?|(?:try |do it |once )?again"
    r"|(?:one|once) more(?: time)?|more|redo|retry|regenerate|next|a new one|different one|"
    r"something different)(?: please)?"
)
_REMOVE = re.compile(
    r"(?:remove|delete|without|no(?: more)?|take (?:away|off|out)|get rid of|drop|lose|erase|(?:i )?(?:don'?t|"
    r"do not) (?:want|like|need|draw|include)) "
    r"(?:the |any |a |an |all |those |these |his |her |its |their )*(?P<what>.+?)(?: (?:any ?more|from it|please))?"
)
_SWAP = re.compile(
    r"(?:change|turn|replace|swap|switch)(?: out)? (?P<old>.+?) (?:to|into|with|for|by) (?P<new>.+)"
    r"|(?P<new2>.+?) instead of (?P<old2>.+)|instead of (?P<old3>.+?),? (?P<new3>(?:a|an|the|two|some) .+)"
    r"|instead,? (?P<new4>.+)|(?P<new5>.+?),? instead"
)
_MAKE = re.compile(
    r"(?:make|let|have|turn|i (?:want|need|like)|i'd like|i would like) (?P<who>it|them|him|her|that|this|"
    r"(?:the|his|her|its)(?: \w+'s)? \w+)(?: (?:be|look|to be))? (?P<what>.+)"
)
_PUT = re.compile(r"(?:put|place|move|set) (?P<who>it|them|him|her|the \w+) (?P<what>.+)")
_ADD = re.compile(
    r"(?:add|include|give (?:it|him|her|them|the \w+)|put|also|more) (?P<what>.+?)(?: (?:to it|on it|too|"
    r"as well|on (?:its|his|her) head))?"
)
_IT = re.compile(
    r"(?:but )?(?:it|they|he|she|the same(?: \w+)?(?: but)?|same(?: \w+)?(?: but)?)(?:'s| is| are| should be|"
    r" should| must be)?\b,?(?P<what>.*)"
)
_OF_THEM = re.compile(r"(?P<count>\w+) of (?:them|those|these|it)")
_MORE = re.compile(r"(?P<count>\w+) more (?P<what>\w.*)")
_BACKGROUND = re.compile(r"(?:no|remove|without|delete)(?: the| a)? background")
_OTHER_COLOR = re.compile(r"(?:change (?:the|its) |(?:make it |in )?(?:a different|another) )colou?r")
_WITHOUT = re.compile(
    r",? (?:without|with no|but no) (?:any |a |an |the )?(?P<what>[a-z' -]+?)(?=,| in | on | at | and |$)"
)
_FALLING = re.compile(r"\b(?:(?:it|it's|when it|where it|while it)(?: is|'s|s)? )?(rain|snow)(?:ing|s)\b")
_ALSO = re.compile(
    r"[,;]?\s+(?:and|then|but)\s+(?=(?:add|remove|delete|make|change|put|replace|turn|give|no|take)\b)|"
    r"(?<![0-9])[.!?;\n]+(?![0-9])"
)


def fold(text: str) -> str:
    """Plain lower-case ASCII with single spaces; accents are dropped, other scripts vanish."""
    plain = unicodedata.normalize("NFKD", text.replace("’", "'").replace("–", "-").replace("—", ","))
    return re.sub(r"[^\n\x21-\x7e]+", " ", plain.encode("ascii", "ignore").decode().lower()).strip()


_OWNER = re.compile(r"\b(?:my|our|your)\b")  # whose it is cannot be painted


def read_en(text: str) -> list[Reading]:
    """The wishes in a message, in order."""
    return [
        reading
        for clause in _ALSO.split(_FALLING.sub(r"in the \1", _OWNER.sub("the", fold(text))))
        if clause and clause.strip(" ,")
        for reading in _clause(clause.strip(" ,"))
    ]


def _clause(clause: str) -> list[Reading]:
    while (polite := _POLITE.match(clause)) and not _AGAIN.fullmatch(clause):
        clause = clause[polite.end() :]
    clause = re.sub(r"[, ]+(?:please|thanks|thank you|now)$", "", clause)
    request = _REQUEST.match(clause)
    if (
        request
        and not _AGAIN.fullmatch(clause)
        and not re.match(r"give (?:it|him|her|them)\b", clause)
        and not re.match(r"i (?:want|like) (?:it|them)\b", clause)
    ):
        return _describe(clause[request.end() :], request=True)
    return _command(clause) or _describe(re.sub(r"^i (?:want|like|'d like) ", "", clause), request=False)


def _command(clause: str) -> list[Reading]:
    if _AGAIN.fullmatch(clause):
        return [Reading(change="again")]
    if _BACKGROUND.fullmatch(clause):
        return [Reading(change="remove", target=BACKGROUND)]
    if _OTHER_COLOR.fullmatch(clause):
        return [Reading(loose=("colorful",))]
    if found := _REMOVE.fullmatch(clause):
        return [replace(reading, change="remove") for reading in _describe(found["what"], request=False)]
    if found := _SWAP.fullmatch(clause):
        parts = found.groupdict()
        new = next(value for key, value in parts.items() if value and key.startswith("new"))
        old = next((value for key, value in parts.items() if value and key.startswith("old")), "")
        return [replace(reading, change="replace", target=_noun(old)) for reading in _describe(new, request=False)]
    if found := _MAKE.fullmatch(clause):
        return [_altered(reading, _noun(found["who"])) for reading in _describe(found["what"], request=False)]
    if found := _PUT.fullmatch(clause):
        return [replace(reading, refers=True) for reading in _describe(found["what"], request=False)]
    if found := _ADD.fullmatch(clause):
        return [replace(reading, change="add") for reading in _describe(found["what"], request=False)]
    if (found := _MORE.fullmatch(clause)) and found["count"] in COUNTS:
        return [
            replace(reading, change="add") for reading in _describe(f"{found['count']} {found['what']}", request=False)
        ]
    if (found := _OF_THEM.fullmatch(clause)) and found["count"] in COUNTS:
        return [Reading(count=COUNTS[found["count"]])]
    if (found := _IT.fullmatch(clause)) and found["what"].strip():
        return [replace(reading, refers=True) for reading in _describe(found["what"].strip(" ,"), request=False)]
    return []


def _altered(reading: Reading, target: str) -> Reading:
    """ "make it a dog" replaces, "make it blue" and "make it sleep" tell more."""
    change: Change = "replace" if reading.scene.subjects or target else "say"
    return replace(reading, change=change, target=target, refers=True)


def _noun(text: str) -> str:
    subjects = parse(text).subjects if text and text not in ("it", "them", "him", "her", "that", "this") else ()
    return subjects[0].thing.noun if subjects else ""


def _describe(clause: str, *, request: bool) -> list[Reading]:
    """What the words name, and after it what they exclude."""
    excluded = [found["what"] for found in _WITHOUT.finditer(clause)]
    clause = _WITHOUT.sub("", clause)
    styles = tuple(dict.fromkeys(STYLES[found[1]] for found in STYLE.finditer(clause)))
    clause = _MEDIUM.sub("", STYLE.sub(" , ", clause).strip(" ,"))
    said = _loose(clause.strip(" ,"), styles, request=request)
    return [said, *(Reading(parse(what), change="remove") for what in excluded)]


def _loose(clause: str, styles: tuple[str, ...], *, request: bool) -> Reading:
    words = re.sub(r"^(?:more|much|a bit|a little|even|very|really|all|less)\s+", "", clause).split()
    words = [COMPARATIVES.get(word, word) for word in words]
    if words and all(word in ADJECTIVES or word == "and" for word in words):
        quality = " ".join(words)
        return Reading(
            Scene(styles=styles),
            request=request,
            loose=(quality,) if set(words) & COLORS and "and" in words else tuple(w for w in words if w != "and"),
        )
    if len(words) == 1 and words[0] in COUNTS:
        return Reading(Scene(styles=styles), count=COUNTS[words[0]])
    return Reading(replace(parse(clause), styles=styles), request=request)
