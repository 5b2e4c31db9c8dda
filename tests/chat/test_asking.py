import pytest

from artbot_server.chat.asking import request_for
from artbot_server.chat.words import Words
from artbot_server.storage.conversations import ConversationStore
from artbot_server.storage.paintings import Paintings
from tests.storage.conftest import database  # noqa: F401 - a fixture
from tests.storage.test_conversations import conversation, turn
from tests.storage.test_paintings import painted, picture


@pytest.fixture
def asked(database):  # noqa: F811
    """A function: what the model is asked with the next message of a conversation of two turns."""
    store, paintings = ConversationStore(database, "web-1"), Paintings(database)
    store.create(conversation("c1"))
    for number, prompt in ((1, "a red fox, snow"), (2, "a red fox, night")):
        store.add_turn(turn(number))
        end = {"content": prompt, "seq": 1, "state": "complete", "prompt": prompt, "negative_prompt": ""}
        store.finish("anna", f"r{number}", end)

    def ask(system="", image_id=None, **more):
        made = turn(3)
        user = store.add_turn(made).user
        words = Words(**{"text": user.content, "message_id": "m3", "image_id": image_id} | more)
        if image_id:
            user = type(user)(**{name: getattr(user, name) for name in user.__slots__} | {"image_id": image_id})
        return request_for(store, paintings, user, words, system)

    return ask


def lines(request):
    return [(message["role"], message["content"]) for message in request.messages]


TURNS = [("user", "wish 1"), ("assistant", "a red fox, snow"), ("user", "wish 2"), ("assistant", "a red fox, night")]
NOW = [("user", "wish 3")]


def test_a_message_is_asked_with_the_turns_before_it(asked):
    assert lines(asked("You draw.")) == [("system", "You draw."), *TURNS, *NOW]


def test_a_prompt_that_was_changed_before_it_was_painted_stands_as_it_was_painted(asked, database):  # noqa: F811
    painted(database, "j1", 10.0, reply_id="r2", prompt="a blue fox, night")
    assert lines(asked()) == [*TURNS[:3], ("assistant", "a blue fox, night"), *NOW]


def test_work_on_an_earlier_picture_builds_on_its_prompt(asked, database):  # noqa: F811
    painted(database, "j1", 10.0, reply_id="r1", prompt="a red fox, snow")
    painted(database, "j2", 20.0, reply_id="r2", prompt="a red fox, night")
    assert lines(asked(image_id="p-j1")) == [*TURNS, ("assistant", "a red fox, snow"), *NOW]


def test_work_on_the_last_picture_or_on_an_upload_needs_nothing_more(asked, database):  # noqa: F811
    painted(database, "j2", 20.0, reply_id="r2", prompt="a red fox, night")
    picture(database, "upload", 1.0, kind="upload")
    assert lines(asked(image_id="p-j2")) == [*TURNS, *NOW]


def test_of_an_upload_no_prompt_is_known(asked, database):  # noqa: F811
    picture(database, "upload", 1.0, kind="upload")
    assert lines(asked(image_id="upload")) == [*TURNS, *NOW]


def test_candidates_are_asked_for_behind_the_system_prompt(asked):
    [system, *rest] = lines(asked("You draw.", candidates=4))
    assert system[1].startswith("You draw.\n\nThis time write 4 numbered prompts")
    assert rest == [*TURNS, *NOW]


def test_without_a_system_prompt_the_instruction_is_one(asked):
    assert lines(asked(candidates=2))[0][1].startswith("This time write 2 numbered prompts")


def test_earlier_messages_that_came_along_take_the_place_of_the_stored_ones(asked):
    earlier = [{"role": "user", "content": "a cat"}, {"role": "assistant", "content": "a black cat"}]
    assert lines(asked(earlier=earlier)) == [("user", "a cat"), ("assistant", "a black cat"), *NOW]


def test_model_key_and_options_are_passed_on(asked):
    request = asked(model="one", key="k", stream=False, options={"top_p": 0.5})
    assert (request.model, request.key, request.stream, request.options) == ("one", "k", False, {"top_p": 0.5})
