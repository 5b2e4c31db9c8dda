"""Cuts an English description into subjects and phrases: noun phrase, -ing phrase, prepositional phrase. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from artbot_server.llm.demo.lexicon import ANIMATE, SMALL_NUMBERS, words
from artbot_server.llm.demo.reading import definite, doing, located, with_places
from artbot_server.llm.demo.scene import Phrase, Scene, Subject, Thing, is_plural, pluralise, singularise
from artbot_server.llm.demo.words_en import (
    ADJECTIVES,
    ARTICLES_KEPT,
    BOUND,
    COLORS,
    COUNTS,
    DETERMINERS,
    HAVING,
    LONG_PREPOSITIONS,
    PARTICIPLES,
    PREPOSITIONS,
    SEASONS,
    SKIPPED,
    TIMES,
    UNITS,
    WEATHER,
    is_verb,
    verb_forms,
)  # fmt: skip

_RAW = re.compile(r"[():\[\]<>{}|=_/\\]")
_SHADE = re.compile(rf"\b(light|dark|bright|pale|deep) (?=(?:{'|'.join(sorted(COLORS))})\b)")
_WORD = re.compile(r"[a-z0-9][a-z0-9'\-]*")


def parse(text: str) -> Scene:
    """A description into a scene. Parts in brackets or with weights are kept as they are."""
    parser = _Parser()
    for segment in text.split(","):
        if _RAW.search(segment):
            parser.phrases.append(Phrase(segment.strip(), kind="tag"))
        else:
            parser.segment(_join(_WORD.findall(segment)))
    return with_places(parser.subjects, parser.phrases, parser.places)


def _join(listed: list[str]) -> list[str]:
    """Prepositions of several words become one item."""
    text = f" {' '.join(listed)} "
    for phrase in LONG_PREPOSITIONS:
        text = text.replace(f" {phrase} ", f" {phrase.replace(' ', '_')} ")
    return text.split()


def _is_preposition(word: str) -> bool:
    return word in PREPOSITIONS or word.replace("_", " ") in LONG_PREPOSITIONS


def bare_time(word: str) -> Phrase | None:
    """ "night" alone is when it happens, "snow" alone is the weather; None for other words."""
    if word in WEATHER and word != "weather":
        return Phrase(f"in the {word}", kind="weather")
    if word not in TIMES:
        return None
    lead = "in the" if word in ("morning", "evening", "afternoon") else "in" if word in SEASONS else "at"
    return Phrase(f"{lead} {word}", kind="time")


@dataclass(slots=True)
class _Parser:
    """One description. `line` and `at` are the segment being read."""

    subjects: list[Subject] = field(default_factory=list)
    phrases: list[Phrase] = field(default_factory=list)
    places: list[tuple[int, Phrase]] = field(default_factory=list)
    line: list[str] = field(default_factory=list)
    at: int = 0

    def word(self, ahead: int = 0) -> str:
        return self.line[self.at + ahead] if self.at + ahead < len(self.line) else ""

    def segment(self, line: list[str]) -> None:
        self.line, self.at = line, 0
        first = not self.subjects
        named = False
        while word := self.word():
            self.at += 1
            if word in SKIPPED or word in ("and", "or"):
                continue
            if _is_preposition(word):
                self.placed(word.replace("_", " "))
            elif word in HAVING:
                self.attach(Phrase("with", self.objects()))
            elif word in PARTICIPLES or (is_verb(word) and not self.describes_noun()):
                self.action(word)
            elif (self.subjects or self.at == 1) and word in verb_forms() and not words().knows(word):
                self.action(verb_forms()[word])
            else:
                self.at -= 1
                thing = self.thing(bare="a" if first or named else "")
                if len(line) == 1 and (phrase := bare_time(word)):
                    self.phrases.append(phrase)
                    return
                self.named(thing, tag=not first and not named)
                named = True

    def named(self, thing: Thing, *, tag: bool) -> None:
        if tag and words().kind(thing.noun) not in ANIMATE:
            self.phrases.append(Phrase("", (thing,), "tag"))
        else:
            living = words().kind(thing.noun) in ANIMATE
            self.subjects.append(Subject(replace(thing, article="a") if living and thing.article == "the" else thing))

    def describes_noun(self) -> bool:
        """An -ing word that opens a noun phrase ("flying pig"), not one that acts on what follows ("eating bamboo")."""
        following = self.word()
        before = self.line[self.at - 2] if self.at > 1 else ""
        if (
            not following
            or _is_preposition(following)
            or following in DETERMINERS
            or following in COUNTS
            or following == "and"
        ):
            return False
        if before in DETERMINERS or before in COUNTS or before in ADJECTIVES:
            return True
        return (
            not self.subjects and words().kind(singularise(self.line[-1])) in ANIMATE and len(self.line) - self.at <= 3
        )

    def action(self, lead: str) -> None:
        while self.word() in BOUND and not self.timely(1):
            lead = f"{lead} {self.word()}"
            self.at += 1
        self.attach(doing(lead, self.objects()))

    def timely(self, ahead: int) -> bool:
        return any(word in TIMES for word in (self.word(ahead), self.word(ahead + 1)))

    def objects(self) -> tuple[Thing, ...]:
        """What a verb acts on; a second one after "and" when it is no living thing."""
        if not self.word() or _is_preposition(self.word()) or self.word() == "and" or is_verb(self.word()):
            return ()
        things = [self.thing(bare="")]
        while self.word() == "and" and self.word(1) and not is_verb(self.word(1)) and not _is_preposition(self.word(1)):
            back = self.at
            self.at += 1
            other = self.thing(bare="")
            if words().kind(other.noun) in ANIMATE:
                self.at = back
                break
            things.append(other)
        return tuple(things)

    def placed(self, lead: str) -> None:
        if not self.word() or _is_preposition(self.word()) or is_verb(self.word()):
            return
        start = self.at
        listed = self.objects()
        if not listed:
            return
        thing, *others = listed
        last = thing.noun.rpartition(" ")[2]
        if last in TIMES or last in WEATHER:
            self.phrases.append(
                Phrase(f"{lead} {' '.join(self.line[start : self.at])}", kind="time" if last in TIMES else "weather")
            )
        elif lead == "with" and self.places and self.places[-1][0] == len(self.subjects):
            self.phrases.append(Phrase(lead, (thing, *others), "tag"))
        elif lead in ("with", "of", "like", "as", "for", "from"):
            self.attach(Phrase(lead, (thing, *others)))
        else:
            phrase = located(lead, thing if thing.article else definite(thing))
            phrase = replace(phrase, things=(*phrase.things, *others))
            if phrase.kind == "weather":
                self.phrases.append(phrase)
            else:
                self.places.append((len(self.subjects), phrase))

    def attach(self, phrase: Phrase) -> None:
        """To the last subject; before any is named, to the picture."""
        if not self.subjects:
            self.phrases.append(phrase)
            return
        last = self.subjects[-1]
        self.subjects[-1] = replace(last, phrases=(*last.phrases, phrase))

    def thing(self, bare: str) -> Thing:
        """The noun phrase from here on. `bare` is the article where none was written and the noun can bear one."""
        article, count, unit = "", "", ""
        while (word := self.word()) in DETERMINERS or word in COUNTS or word.isdigit():
            self.at += 1
            if word in DETERMINERS:
                article = word if word in ARTICLES_KEPT or word == "the" else "a"
            elif self.word():
                count = (
                    SMALL_NUMBERS[int(word)]
                    if word.isdigit() and int(word) < len(SMALL_NUMBERS)
                    else COUNTS.get(word, word)
                )
                if self.word() == "of":
                    self.at += 1
            else:
                self.at -= 1
                break
        if self.word(1) == "of" and singularise(self.word()) in UNITS and self.word(2):
            unit = singularise(self.word())
            self.at += 2
        listed = self.run()
        return _as_thing(listed, article, count, unit, bare)

    def run(self) -> list[str]:
        """The words of the noun phrase itself, at least one."""
        listed = [self.word()]
        self.at += 1
        while word := self.word():
            known = words().knows(singularise(listed[-1])) or words().knows(listed[-1])
            if word == "and":
                if listed[-1] not in ADJECTIVES or not self.word(1) or self.word(1) in DETERMINERS:
                    break
            elif (
                _is_preposition(word)
                or word in SKIPPED
                or word in HAVING
                or word in PARTICIPLES
                or word in DETERMINERS
                or (is_verb(word) and listed[-1] not in ADJECTIVES)
                or (
                    known
                    and word in verb_forms()
                    and words().kind(singularise(listed[-1])) in ANIMATE
                    and not words().knows(word)
                )
            ):
                break
            listed.append(word)
            self.at += 1
        return listed


def _as_thing(listed: list[str], article: str, count: str, unit: str, bare: str) -> Thing:
    size = next((n for n in range(min(4, len(listed)), 1, -1) if words().knows(singularise(" ".join(listed[-n:])))), 1)
    size -= bool(size > 1 and words().without_color(singularise(" ".join(listed[-size:])))[0])
    written = " ".join(listed[-size:])
    noun = singularise(written)
    several = noun != written
    if several and pluralise(noun) != written:
        noun, several = written, False
    qualities = _qualities(listed[:-size])
    count = "" if count == "one" else count
    if not article and not listed[0].endswith("'s"):
        article = bare if words().kind(noun) and noun not in words().mass else ""
    if is_plural(noun) or (article == "a" and several):
        article = ""
    return Thing(noun, count, unit, qualities, article, several and (bool(unit) or not count))


def _qualities(listed: list[str]) -> tuple[str, ...]:
    """Adjectives one by one, "black and white" and "light blue" as one."""
    text = _SHADE.sub(r"\1_", " ".join(listed).replace(" and ", "_and_"))
    return tuple(word.replace("_", " ") for word in text.split())
