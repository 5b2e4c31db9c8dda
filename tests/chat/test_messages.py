from artbot_server.chat.messages import Conversation, Message

CONVERSATION = {"id": "c1", "session_id": "anna", "title": "Foxes", "created_at": 1.0, "updated_at": 2.0}
MESSAGE = {"session_id": "anna", "conversation_id": "c1", "message_id": "m1", "content": "a fox", "created_at": 1.0}


def test_a_conversations_record_has_its_picture_and_says_nothing_of_its_session():
    record = Conversation(**CONVERSATION, message_count=4).as_json("/images/1")
    assert record == {
        "conversation_id": "c1", "title": "Foxes", "folder": None, "template": None, "client_sid": None,
        "message_count": 4, "created_at": 1.0, "updated_at": 2.0, "closed_at": None, "picture_url": "/images/1",
    }  # fmt: skip


def test_a_users_record_says_what_it_was_about():
    message = Message(**MESSAGE, id="m1", role="user", position=2, image_id="i", folder="f", template="t")
    assert message.as_json() == {
        "role": "user", "content": "a fox", "state": "complete", "position": 2, "created_at": 1.0,
        "conversation_id": "c1", "message_id": "m1", "image_id": "i", "folder": "f", "template": "t",
    }  # fmt: skip


def test_a_replys_record_has_both_ids_and_what_came_of_it():
    reply = Message(
        **MESSAGE, id="r1", role="assistant", state="failed", seq=3, prompt="a fox", negative_prompt="snow",
        finish_reason="stop", usage={"total_tokens": 1}, model="m", error={"code": "engine_cut"},
    )  # fmt: skip
    assert reply.as_json() == {
        "role": "assistant", "content": "a fox", "state": "failed", "position": 0, "created_at": 1.0,
        "conversation_id": "c1", "message_id": "m1", "reply_id": "r1", "seq": 3, "prompt": "a fox", "candidates": None,
        "negative_prompt": "snow", "finish_reason": "stop", "usage": {"total_tokens": 1}, "model": "m",
        "error": {"code": "engine_cut"},
    }  # fmt: skip
