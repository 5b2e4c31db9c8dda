"""Which words of a text do not belong into a picture for children, in English and Chinese. Pure; the lists are data.

A guard against accidents and simple tricks, beside the forced negative prompt of such a folder: it is no filter
against somebody who is determined. Innocent phrases ("blood orange", "兔子弹琴") are taken out before the words are looked for.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

import orjson

from artbot_server.errors import BadRequest
from artbot_server.painting.templates import Folder

LONGEST_READ = 20_000
"""Characters looked at, twice the longest prompt; a single ligature may unfold into eighteen letters."""
_SPACED_LETTERS = re.compile(r"(?<![a-z])[a-z](?:[\W_]{1,3}[a-z]){2,}(?![a-z])")  # "k.i.l.l", "k i l l"
_LEET = str.maketrans("013457@$", "oieastas")
_WORD = re.compile(r"[a-z0-9@$]+")
_NOT_HAN = re.compile(r"(?<=[\u3400-\u9fff])[^\u3400-\u9fffa-z0-9]+(?=[\u3400-\u9fff])")
_ENDINGS = r"(?:s|ed|d|ing|ers?)?"  # not -y and -es: "wary", "wares"


def unsuitable_words(text: str) -> tuple[str, ...]:
    """The unsuitable words of `text` as the lists spell them, each once, in the order they stand; empty: it is fine."""
    english, chinese, innocent_english, innocent_chinese = _patterns()
    folded = _folded(text)
    latin = innocent_english.sub(" ", _latin(folded))
    han = innocent_chinese.sub(" ", _NOT_HAN.sub("", folded))
    found = [match[1] for match in english.finditer(latin)] + chinese.findall(han)
    return tuple(dict.fromkeys(found))


def require_suitable(folder: Folder, text: str, field: str) -> None:
    """Raises BadRequest `unsuitable` with the words, when the folder is for children and does not draw `text`."""
    words = unsuitable_words(text) if folder.for_children else ()
    if words:
        message = f"This folder is for children and does not draw: {', '.join(words)}."
        raise BadRequest(message, code="unsuitable", field=field, words=list(words))


def _folded(text: str) -> str:
    """Full-width forms, case, invisible characters and accents are no disguise."""
    wide = unicodedata.normalize("NFKD", text).casefold()[:LONGEST_READ]
    return "".join(char for char in wide if unicodedata.category(char) not in ("Cf", "Mn"))


def _latin(folded: str) -> str:
    joined = _SPACED_LETTERS.sub(lambda found: re.sub(r"[\W_]", "", found[0]), folded)
    plain = _WORD.sub(lambda found: _without_leet(found[0]), joined)
    return re.sub(r"[\s_\-‐‑–]+", " ", plain)


def _without_leet(word: str) -> str:
    """Letters for the digits and signs of a word that has both, such as `k1ll`; a number stays one."""
    return word.translate(_LEET) if not word.isalpha() and any(char.isalpha() for char in word) else word


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    lists = orjson.loads(files("artbot_server.painting").joinpath("unsuitable_words.json").read_bytes())
    words = {name: [word for group in groups.values() for word in group] for name, groups in lists.items()}
    return (
        re.compile(rf"\b({_any(words['english'])}){_ENDINGS}\b"),
        re.compile(_any(words["chinese"])),
        re.compile(rf"\b(?:{_any(words['innocent_english'])})s?\b"),
        re.compile(_any(words["innocent_chinese"])),
    )


def _any(words: Iterable[str]) -> str:
    """One of them, the longest first."""
    return "|".join(re.escape(word).replace(r"\ ", " ") for word in sorted(words, key=len, reverse=True))
