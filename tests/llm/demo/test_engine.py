"""The demo engine as a stream: pieces, rhythm, stopping."""

from __future__ import annotations

import threading

from artbot_server.chat.seam import going_on
from artbot_server.llm.base import ChatRequest, Engine, ReplyEnd, ReplyStream
from artbot_server.llm.demo.engine import DemoEngine, pauses, pieces
from artbot_server.llm.demo.writer import write

CAT = [{"role": "user", "content": "一只在花园里的橙色小猫"}]


def _said(stream: ReplyStream) -> tuple[list[str], list[ReplyEnd]]:
    items = list(stream)
    return [item for item in items if isinstance(item, str)], [item for item in items if isinstance(item, ReplyEnd)]


def test_it_is_an_engine_and_says_it_is_the_demo_one() -> None:
    engine: Engine = DemoEngine()
    assert (engine.name, engine.demo, engine.models) == ("demo", True, ())


def test_the_pieces_are_small_and_together_the_reply() -> None:
    said, ends = _said(DemoEngine(pace_s=0).open(ChatRequest(CAT)))
    assert "".join(said) == write(CAT)
    assert len(said) > 12
    assert all(0 < len(piece) <= 8 for piece in said)
    assert len(ends) == 1


def test_the_end_comes_last_with_rough_counts() -> None:
    *_, end = DemoEngine(pace_s=0).open(ChatRequest(CAT))
    assert isinstance(end, ReplyEnd)
    assert (end.finish_reason, end.model) == ("stop", "demo-writer")
    assert end.usage is not None
    assert end.usage["total_tokens"] == end.usage["prompt_tokens"] + end.usage["completion_tokens"]
    assert end.usage["prompt_tokens"] > 0


def test_without_streaming_the_reply_is_one_piece() -> None:
    said, ends = _said(DemoEngine(pace_s=5).open(ChatRequest(CAT, stream=False)))
    assert said == [write(CAT)]
    assert len(ends) == 1


def test_a_reply_that_was_cut_off_is_written_on_from_where_it_ends() -> None:
    whole = write(CAT)
    for at in (1, 7, len(whole) - 1, len(whole)):
        for stream in (True, False):
            said, ends = _said(DemoEngine(pace_s=0).open(ChatRequest(going_on(CAT, whole[:at]), stream=stream)))
            assert whole[:at] + "".join(said) == whole
            assert "" not in said
            assert len(ends) == 1


def test_what_somebody_else_began_is_written_anew_below() -> None:
    said, _ = _said(DemoEngine(pace_s=0).open(ChatRequest(going_on(CAT, "As a language model"))))
    assert "".join(said) == f"\n{write(CAT)}"


def test_pieces_keep_every_character() -> None:
    for text in (
        "an orange kitten, in the garden",
        "你好!试试“雪地里的狐狸”?\nPrompt: a, b",
        "  x  ",
        "a1-b2's",
        "…\t.",
        "",
    ):
        assert "".join(pieces(text)) == text


def test_long_words_come_in_parts_and_short_ones_whole() -> None:
    assert pieces("a big hippopotamus, red") == ["a", " big", " hip", "pop", "ota", "mus", ",", " red"]


def test_the_rhythm_waits_before_the_first_piece_and_after_commas() -> None:
    listed = pieces("a cat, red, blue and green")
    found = pauses(listed)
    after_comma = [pause for before, pause in zip(listed, found[1:], strict=False) if before.endswith(",")]
    others = [pause for before, pause in zip(listed, found[1:], strict=False) if not before.endswith(",")]
    assert found[0] == max(found)
    assert min(after_comma) > max(others)
    assert len(set(others)) > 1


def test_a_usual_prompt_takes_about_a_second_by_its_pauses() -> None:
    seconds = sum(pauses(pieces(write(CAT)))) * 0.03
    assert 0.6 < seconds < 1.8


def test_closing_from_another_thread_ends_it_in_the_middle_of_a_pause() -> None:
    stream = DemoEngine(pace_s=1000).open(ChatRequest(CAT))
    said: list[str | ReplyEnd] = []
    reader = threading.Thread(target=lambda: said.extend(stream))
    reader.start()
    stream.close()
    reader.join(timeout=30)
    assert not reader.is_alive()
    assert said == []


def test_closing_between_two_pieces_ends_without_an_end_piece() -> None:
    stream = DemoEngine(pace_s=0).open(ChatRequest(CAT))
    reader = iter(stream)
    first = next(reader)
    stream.close()
    stream.close()
    assert isinstance(first, str)
    assert list(reader) == []


def test_closing_after_the_last_piece_leaves_the_end_out() -> None:
    stream = DemoEngine(pace_s=0).open(ChatRequest(CAT, stream=False))
    reader = iter(stream)
    next(reader)
    stream.close()
    assert list(reader) == []


def test_closing_before_and_after_is_safe() -> None:
    stream = DemoEngine(pace_s=0).open(ChatRequest(CAT))
    stream.close()
    assert list(stream) == []
    other = DemoEngine(pace_s=0).open(ChatRequest(CAT))
    list(other)
    other.close()


def test_two_replies_run_side_by_side() -> None:
    engine = DemoEngine(pace_s=0.001)
    streams = [engine.open(ChatRequest([{"role": "user", "content": text}])) for text in ("a cat", "一只狗")]
    heard: dict[int, str] = {}

    def hear(index: int) -> None:
        heard[index] = "".join(item for item in streams[index] if isinstance(item, str))

    readers = [threading.Thread(target=hear, args=(index,)) for index in range(2)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join(timeout=30)
    assert "cat" in heard[0]
    assert "dog" in heard[1]
