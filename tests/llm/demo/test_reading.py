"""The record of one wish, and how phrases are sorted by kind."""

from __future__ import annotations

from artbot_server.llm.demo.reading import BACKGROUND, Reading, definite, doing, located, with_places
from artbot_server.llm.demo.scene import Phrase, Scene, Subject, Thing


def test_a_wish_is_empty_when_nothing_was_said() -> None:
    assert Reading().empty
    assert Reading(unknown=("貔貅",), request=True, refers=True).empty
    for wish in (
        Reading(loose=("red",)),
        Reading(count="two"),
        Reading(change="again"),
        Reading(target=BACKGROUND),
        Reading(Scene(styles=("anime",))),
    ):
        assert not wish.empty


def test_phrases_are_sorted_by_what_follows_the_preposition() -> None:
    kinds = [located("in", Thing(noun)).kind for noun in ("garden", "house", "blixet", "moon", "chair", "hat")]
    assert kinds == ["place", "place", "place", "weather", "relation", "relation"]


def test_what_is_worn_or_carried_adds_up_and_actions_do_not() -> None:
    assert doing("wearing").kind == "relation"
    assert doing("eating").kind == "action"


def test_known_places_are_definite_unless_described() -> None:
    assert definite(Thing("garden")).article == "the"
    assert definite(Thing("garden", qualities=("green",))).article == "a"
    assert definite(Thing("cat")).article == "a"


def test_a_place_belongs_to_all_unless_an_earlier_subject_has_its_own() -> None:
    cat, dog = Subject(Thing("cat")), Subject(Thing("dog"))
    park, house = Phrase("in", (Thing("park"),), "place"), Phrase("in", (Thing("house"),), "place")
    together = with_places([cat, dog], [], [(2, park)])
    assert together == Scene((cat, dog), (park,))
    apart = with_places([cat, dog], [], [(1, park), (2, house)])
    assert [subject.phrases for subject in apart.subjects] == [(park,), (house,)]
