"""Reads one Chinese description, word by word, into a scene. Pure.

Chinese puts everything before its noun, so modifiers, relative clauses (戴帽子的) and places wait until the noun
they belong to arrives. What was not understood is handed on in `Reading.unknown`, never guessed.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from artbot_server.llm.demo.lexicon import ANIMATE, words
from artbot_server.llm.demo.nouns_zh import as_thing, compounds, english_noun, place_phrase
from artbot_server.llm.demo.reading import Reading, definite, doing, located, with_places
from artbot_server.llm.demo.scene import Phrase, Subject, Thing
from artbot_server.llm.demo.tokens_zh import END, Token, tokens

_POSTURES = frozenset({"sitting", "standing", "lying"})
_OBJECTS = frozenset({"noun", "latin", "count", "color", "adjective", "time", "weather", "of"})
"""Kinds of token with which a verb's object may begin."""
_TAGS = frozenset({"sky", "nature"})


def describe(text: str) -> Reading:
    """What a normalised text names, as one `say`."""
    reader = _Reader(tokens(text))
    reader.run()
    return reader.reading()


@dataclass(slots=True)
class _Reader:
    """One pass over the tokens. The fields that start with `next_` wait for the noun to come; `held` are those
    that waited before 在, for the noun after the place."""

    tokens: list[Token]
    at: int = 0
    subjects: list[Subject] = field(default_factory=list)
    phrases: list[Phrase] = field(default_factory=list)
    places: list[tuple[int, Phrase]] = field(default_factory=list)
    styles: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    next_phrases: list[Phrase] = field(default_factory=list)
    next_qualities: list[str] = field(default_factory=list)
    next_count: tuple[str, str] = ("", "")
    held: tuple[list[str], tuple[str, str]] | None = None
    refers: bool = False

    def run(self) -> None:
        while (token := self.peek()) is not END:
            self.at += 1
            match token.kind:
                case "noun" | "place" | "latin":
                    self.at -= 1
                    if thing := self.thing():
                        self.noun_phrase(thing, placed=self.held is not None)
                    self.release()
                case "color" | "adjective":
                    self.next_qualities.append(token.english)
                case "count":
                    self.next_count = (token.english, token.detail)
                case "verb":
                    self.release()
                    self.verb(token)
                case "at":
                    self.held = (self.next_qualities, self.next_count)
                    self.next_qualities, self.next_count = [], ("", "")
                case "have":
                    self.have()
                case "time" | "weather":
                    self.phrases.append(Phrase(token.english, kind=token.kind))
                    self.skip("side")
                case "style":
                    self.styles.append(token.english)
                case "it":
                    self.refers = True
                case "unknown":
                    self.unknown.append(token.text)
                case _:
                    if token.text == "，":
                        self.settle()

    def peek(self, ahead: int = 0) -> Token:
        return self.tokens[self.at + ahead] if self.at + ahead < len(self.tokens) else END

    def release(self) -> None:
        """What waited before 在 waits again, unless something newer does."""
        if self.held and not self.next_qualities and not self.next_count[0]:
            self.next_qualities, self.next_count = self.held
        self.held = None

    def skip(self, *kinds: str) -> None:
        while self.peek().kind in kinds and self.peek().text != "，":
            self.at += 1

    def thing(self) -> Thing | None:
        """The noun phrase from here on, taking what waits; None (and nothing taken) when no noun follows."""
        start, qualities, count, unit = self.at, list(self.next_qualities), *self.next_count
        nouns: list[Token] = []
        while True:
            token = self.peek()
            if token.kind in ("color", "adjective") and not nouns:
                qualities.append(token.english)
            elif token.kind == "count" and not nouns:
                count, unit = token.english, token.detail
            elif token.kind in ("noun", "latin", "place") and (not nouns or compounds(nouns[-1], token)):
                nouns.append(token)
            elif not (token.kind in ("of", "skip") and token.text != "，" and not nouns and self.peek(1).kind != "end"):
                break
            self.at += 1
        if not nouns:
            self.at = start
            return None
        self.next_qualities, self.next_count = [], ("", "")
        before = [english_noun(token) for token in nouns[:-1]]
        return as_thing(nouns[-1], (*qualities, *before), count, unit)

    def noun_phrase(self, thing: Thing, *, placed: bool) -> None:
        """A noun outside a verb's object, just read: a place, an owner, or a subject."""
        last = self.tokens[self.at - 1]
        if last.kind == "place" and self.peek().kind != "side":
            phrase = place_phrase(last, thing)
            self.skip("of")
            if placed or self.rest_has_noun() or (self.subjects and not self.joined()):
                self.place(phrase)
                return
        elif self.peek().kind == "side":
            side = self.peek().english
            self.at += 1
            lead = place_phrase(last, thing).lead if last.kind == "place" and side in ("in", "on") else side
            self.place(located(lead, definite(thing)))
            return
        elif placed:
            self.place(located("in", definite(thing)))
            return
        if self.peek().kind == "of" and self.rest_has_noun():
            self.owner(thing)
            return
        self.subject(thing)

    def place(self, phrase: Phrase) -> None:
        if phrase.kind in ("place", "relation"):
            self.places.append((len(self.subjects), phrase))
        else:
            self.phrases.append(phrase)

    def owner(self, thing: Thing) -> None:
        """N1 的 N2: 红眼睛的兔子 has red eyes, 女孩的帽子 is a girl's hat."""
        self.at += 1
        kind = words().kind(thing.noun)
        if kind in ("body", "clothes"):
            self.next_phrases.append(Phrase("with", (thing,)))
        elif kind in ANIMATE:
            self.next_qualities = [*thing.qualities, f"{thing.noun}'s"]
        else:
            self.next_qualities = [*thing.qualities, thing.noun]
            self.next_count = (thing.count, thing.unit)

    def subject(self, thing: Thing) -> None:
        kind = words().kind(thing.noun)
        if self.subjects and kind == "body":
            self.attach(Phrase("with", (thing,)))
        elif self.subjects and kind in _TAGS and not self.joined():
            self.phrases.append(Phrase("", (thing,), "tag"))
        else:
            self.subjects.append(Subject(thing, tuple(self.next_phrases)))
            self.next_phrases = []

    def joined(self) -> bool:
        """Whether 和 stands right before the noun phrase just read."""
        return any(token.kind == "and" for token in self.tokens[max(0, self.at - 4) : self.at])

    def verb(self, token: Token) -> None:
        self.skip("skip")
        if token.detail == "t" and self.peek().text in ("上", "下"):
            self.at += 1
        things: list[Thing] = []
        lead = token.english
        if lead in _POSTURES and self.peek().kind == "noun" and self.peek(1).kind != "side":
            things = self.objects()
            lead = "riding in" if words().kind(things[0].noun) == "vehicle" else f"{lead} on"
        elif token.detail == "t" and self.peek().kind in _OBJECTS:
            things = self.objects()
        if token.text == "带" and things and words().kind(things[0].noun) == "clothes":
            lead = "wearing"
        phrase = doing(lead, tuple(things))
        if phrase.things and self.peek().kind == "side" and phrase.kind == "action":
            self.at += 1
        self.relative_or_attach(phrase)

    def objects(self) -> list[Thing]:
        """What a verb acts on: one noun phrase, or two joined by 和."""
        waiting = self.next_qualities, self.next_count
        self.next_qualities, self.next_count = [], ("", "")
        things: list[Thing] = []
        if self.peek().kind in ("time", "weather"):
            things.append(Thing(self.peek().english.rpartition(" ")[2], article="the"))
            self.at += 1
        elif thing := self.thing():
            things.append(definite(thing) if words().kind(thing.noun) == "sky" else thing)
            if self.peek().kind == "and":
                back = self.at
                self.at += 1
                other = self.thing()
                if other and words().kind(other.noun) not in ANIMATE:
                    things.append(other)
                else:
                    self.at = back
        if things:
            self.next_qualities, self.next_count = waiting
        else:
            self.next_qualities = [*waiting[0], *self.next_qualities]
            self.next_count = self.next_count if self.next_count[0] else waiting[1]
        return things

    def have(self) -> None:
        """有: a part of a subject, or there is something at a place."""
        if not self.subjects and self.places:
            return
        back = self.at
        things = self.objects()
        if things and (self.subjects or self.peek().kind == "of"):
            self.relative_or_attach(Phrase("with", tuple(things)))
        else:
            self.at = back

    def relative_or_attach(self, phrase: Phrase) -> None:
        if self.peek().kind == "of" and self.rest_has_noun():
            self.at += 1
            self.next_phrases.append(phrase)
        elif self.subjects:
            self.attach(phrase)
        else:
            self.next_phrases.append(phrase)

    def attach(self, phrase: Phrase) -> None:
        last = self.subjects[-1]
        self.subjects[-1] = replace(last, phrases=(*last.phrases, phrase))

    def rest_has_noun(self) -> bool:
        """Whether a noun that can be a subject comes before the clause ends."""
        for token in self.tokens[self.at :]:
            if token.text == "，":
                return False
            if token.kind in ("noun", "place", "latin"):
                return True
        return False

    def settle(self) -> None:
        """At a clause's end: qualities without a noun belong to the subject before them."""
        if self.subjects and self.next_qualities:
            last = self.subjects[-1]
            thing = replace(last.thing, qualities=(*last.thing.qualities, *self.next_qualities))
            self.subjects[-1] = replace(last, thing=thing)
            self.next_qualities = []

    def reading(self) -> Reading:
        self.settle()
        for phrase in self.next_phrases:
            if self.subjects:
                self.attach(phrase)
            else:
                self.phrases.append(phrase)
        scene = with_places(self.subjects, self.phrases, self.places)
        return Reading(
            scene=replace(scene, styles=tuple(dict.fromkeys(self.styles))),
            refers=self.refers,
            loose=tuple(self.next_qualities),
            count=self.next_count[0],
            unknown=tuple(dict.fromkeys(self.unknown)),
        )
