import pytest

from artbot_server.chat.seam import GO_ON, SHOWN_CHARS, JoinedStream, Seam, cut_off, going_on, shown
from artbot_server.errors import EngineFailed
from artbot_server.llm.base import ReplyEnd
from tests.chat.scripted_engine import ScriptedStream

BEFORE = "A red fox in the snow, soft light, a quiet mor"
ASKED = [{"role": "system", "content": "You draw."}, {"role": "user", "content": "a fox"}]
END = ReplyEnd("stop")


def joined(*pieces, before=BEFORE):
    """What is new of these pieces, and what each of them gave."""
    seam = Seam(before)
    given = [seam.take(piece) for piece in pieces]
    return "".join(given) + seam.rest(), given


def test_the_model_sees_the_conversation_the_text_and_what_is_wanted():
    said = going_on(ASKED, BEFORE)
    assert said[:2] == ASKED
    assert said[2:] == [{"role": "assistant", "content": BEFORE}, {"role": "user", "content": GO_ON}]
    assert cut_off(said) == (ASKED, BEFORE)


def test_of_a_long_text_the_model_sees_the_end():
    text = "".join(f"{number} " for number in range(5_000))
    assert len(shown(text)) == SHOWN_CHARS
    assert text.endswith(shown(text))
    assert going_on(ASKED, text)[-2]["content"] == shown(text)


@pytest.mark.parametrize("messages", [[], ASKED, [*ASKED, {"role": "user", "content": GO_ON}], [{"content": GO_ON}]])
def test_other_conversations_are_not_taken_for_one_that_is_cut_off(messages):
    assert cut_off(messages) is None


@pytest.mark.parametrize(
    ("pieces", "new"),
    [
        (["ning, ", "mist"], "ning, mist"),
        ([BEFORE, "ning"], "ning"),
        (["A red fox in ", "the snow, soft light, a quiet morn", "ing"], "ning"),
        (["soft light, a ", "quiet morning"], "ning"),
        (["soft light, but ", "later"], "soft light, but later"),
        (["mor", "ning"], "morning"),  # too short to be sure
        (["quiet mor", "e"], "quiet more"),
        ([BEFORE], ""),
        (["A red fox in the snow"], "A red fox in the snow"),  # its beginning, and then nothing: said again on purpose
        ([], ""),
    ],
    ids=str,
)
def test_what_repeats_the_end_is_left_out(pieces, new):
    assert joined(*pieces)[0] == new


def test_cut_anywhere_it_comes_to_the_same():
    again = "soft light, a quiet morning, mist over the lake"
    for first in range(len(again)):
        for second in range(first, len(again), 7):
            pieces = [again[:first], again[first:second], again[second:]]
            assert joined(*filter(None, pieces))[0] == "ning, mist over the lake"


def test_nothing_is_held_back_longer_than_it_may_be_a_repetition():
    assert joined("ning", ", mist")[1] == ["ning", ", mist"]
    assert joined("soft light", ", and", " more")[1] == ["", "soft light, and", " more"]
    assert joined("anything", before="")[1] == ["anything"]


def test_the_longest_repetition_counts():
    before = "one two three four, " * 3
    assert joined("one two three four, " * 2, "five", before=before)[0] == "five"
    assert joined("one two three four, " * 3 + "five", before=before)[0] == "five"


def test_of_a_short_text_all_of_it_may_be_repeated():
    assert joined("A red", " fox", before="A red")[0] == " fox"


def test_a_stream_is_joined_piece_by_piece_and_ends():
    assert list(JoinedStream(ScriptedStream(["soft light, a quiet morn", "ing", END]), BEFORE)) == ["n", "ing", END]


def test_what_was_held_back_comes_before_the_end():
    assert list(JoinedStream(ScriptedStream(["soft light", END]), BEFORE)) == ["soft light", END]
    assert list(JoinedStream(ScriptedStream([BEFORE, END]), BEFORE)) == [END]


def test_a_stream_that_breaks_gives_what_it_had_first():
    broken = EngineFailed("It broke.", code="engine_cut")
    stream = iter(JoinedStream(ScriptedStream(["soft light", broken]), BEFORE))
    assert next(stream) == "soft light"
    with pytest.raises(EngineFailed, match="It broke"):
        next(stream)


def test_a_model_with_nothing_to_add_ends_the_reply():
    empty = EngineFailed("Nothing came.", code="engine_empty")
    assert list(JoinedStream(ScriptedStream([empty]), BEFORE)) == [ReplyEnd("stop")]


def test_a_closed_stream_stops_without_an_end():
    inner = ScriptedStream(["ning", END])
    stream = JoinedStream(inner, BEFORE)
    pieces = iter(stream)
    assert next(pieces) == "ning"
    stream.close()
    assert list(pieces) == []
    assert inner.closed.is_set()
