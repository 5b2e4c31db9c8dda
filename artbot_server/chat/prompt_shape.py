"""Whether a piece of text is a prompt or talk, and how it is cleaned. Pure; `prompts` decides where to look.

Rather miss a prompt than paint a greeting: the user can always send the text by hand.
"""

from __future__ import annotations

import re

MAX_WORDS = 300  # beyond that it is an essay; Stable Diffusion reads 75 tokens a chunk
MIN_WORDS = 3
LATIN_SHARE = 0.9  # of the letters: prompts are English, a name in Chinese may stand in brackets

_WRAPPING = {"`": "`", '"': '"', "'": "'", "“": "”", "‘": "’", "「": "」", "『": "』", "*": "*", "_": "_", "《": "》"}
_TALKER = re.compile(  # somebody is spoken to, or speaks of himself
    r"\b(?:i|i'm|i'll|i'd|i've|me|my|you|you're|you'll|you'd|your|yours|we|we'll|us|our|let's|let me|it's|that's|"
    r"here's|there's|what's|don't|can't|doesn't|isn't|won't)\b",
    re.IGNORECASE,
)
_OPENING = re.compile(  # words a reply begins with and a picture does not
    r"(?:hello|hi(?!-)|hey|thanks|thank you|welcome|sorry|please|sure|certainly|of course|absolutely|okay|ok|great|"
    r"got it|done|yes|yeah|nice to|good (?:morning|evening|afternoon|idea|choice)|no problem|no worries|as an ai|"
    r"what|how|why|when|where|which|who|could|would|can|do|does|did|is|are|should|error|note|unfortunately|however|"
    r"(?:working|painting|drawing|thinking) (?:on )?(?:it|that)|one moment|just a moment|this is)\b",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"(?<!\bDr)(?<!\bSt)(?<!\bMr)(?<!\bMs)(?<!\bMrs)(?<!\bvs)[.!](?=\s)|[?？！。；…]|\.\.\.")
_ACCEPTANCE = re.compile(
    r"\s*(?:sure(?: thing)?|certainly|of course|absolutely|okay|ok|great(?: idea| choice)?|got it|no problem|done|"
    r"here (?:you go|it is)|好的?|好呀|好啊|当然(?:可以)?|沒問題|没问题|可以|收到|明白了?|當然)\s*[,.!:，。！：~～]+\s*",
    re.IGNORECASE,
)


def looks_like_prompt(text: str, *, introduced: bool = False) -> bool:
    """Whether `text` (one paragraph) describes a picture: mainly English, no sentence, question or greeting.

    Args:
        introduced: something said that a prompt comes now, so one or two words and a full stop at the end will do.
    """
    words = text.split()
    if not words or len(words) > MAX_WORDS or not mainly_latin(text):
        return False
    body = text.strip()
    if body.endswith(".") and (introduced or _listed(body)):
        body = body[:-1]
    if body[-1:] in ".!:：" or _SENTENCE_END.search(body):
        return False
    if introduced:
        return True
    if _OPENING.match(body) or _TALKER.search(body.replace("’", "'")):
        return False
    return len(words) >= MIN_WORDS or "," in body


def clean(text: str) -> str:
    """One line without the quotes, backticks and stars around it and without a comma or full stop at its end."""
    lines = [line.strip() for line in text.strip().splitlines()]
    joined = ""
    for line in filter(None, lines):
        gap = "" if not joined else (" " if joined[-1] in ",，;(" or line[0] in "(,，" else ", ")
        joined += gap + line
    while True:
        bare = joined.strip().rstrip(",;，；。").strip()
        if bare.endswith(".") and not bare.endswith(".."):
            bare = bare[:-1]
        if len(bare) > 1 and _WRAPPING.get(bare[0]) == bare[-1]:
            bare = bare[1:-1]
        if bare == joined:
            return bare
        joined = bare


def without_acceptance(text: str) -> str:
    """The text without a “Sure!” or “好的，” before it."""
    found = _ACCEPTANCE.match(text)
    return text[found.end() :] if found else text


def mainly_latin(text: str) -> bool:
    """Whether nearly all of its letters are A to Z (accents count too)."""
    if text.isascii():
        return text.lower() != text.upper()
    letters = [char for char in text if char.isalpha()]
    latin = sum(char < "\u0250" for char in letters)  # up to Latin Extended-B
    return bool(letters) and latin >= LATIN_SHARE * len(letters)


def _listed(text: str) -> bool:
    """A list of tags that ends like a sentence, as chat models like to write."""
    return text.count(",") >= 2 and not _TALKER.search(text)
