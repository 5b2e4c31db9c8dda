import pytest

from artbot_server.chat.words import ArticleWords, Words

SAID = (
    Words(text="my secret garden", message_id="m1", key="sk-secret-key"),
    ArticleWords(messages=[{"role": "user", "content": "my secret garden"}], key="sk-secret-key"),
)


@pytest.mark.parametrize("words", SAID, ids=lambda words: type(words).__name__)
def test_a_repr_holds_neither_text_nor_key(words):
    assert "secret" not in f"{words} {words!r} {[words]}"


def test_a_repr_says_which_message_it_is():
    assert repr(SAID[0]) == "Words(m1)"
    assert repr(SAID[1]) == "ArticleWords(1 messages)"


def test_only_what_was_said_is_set():
    words = Words(text="a fox", message_id="m1")
    assert (words.folder, words.template, words.image_id, words.model, words.key) == (None,) * 5
    assert (words.paint, words.stream) == (False, True)
