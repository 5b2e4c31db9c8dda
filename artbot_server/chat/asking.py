"""What the model is asked: the system prompt, the conversation's tail with its prompts as they were painted, the message.

Reads the stores; asks nobody.
"""

from __future__ import annotations

from artbot_server.chat.candidates import instruction
from artbot_server.chat.history import MAX_MESSAGES, MAX_TOKENS, Painted, Turn, as_painted, estimate, window
from artbot_server.chat.messages import Message, replies_of
from artbot_server.chat.seam import going_on, shown
from artbot_server.chat.words import Words
from artbot_server.llm.base import ChatRequest
from artbot_server.storage.conversations import ConversationStore
from artbot_server.storage.paintings import Paintings


def request_for(
    store: ConversationStore, paintings: Paintings, user: Message, words: Words, system_prompt: str, before: str = ""
) -> ChatRequest:
    """The request that answers a stored message.

    A message that works on an earlier picture builds on that picture's prompt, not on what was said last.

    Args:
        before: what its reply holds already, to be gone on with.
    """
    if words.earlier:
        turns = [Turn("user" if said["role"] == "user" else "assistant", said["content"]) for said in words.earlier]
    else:
        turns = _kept(store, paintings, user)
    base = paintings.of_picture(user.session_id, user.image_id) if user.image_id else None
    if base is not None and not any(base.prompt in turn.content for turn in turns[-1:]):
        turns.append(Turn("assistant", base.prompt))
    turns.append(Turn("user", user.content))
    if words.candidates is not None:
        system_prompt = f"{system_prompt}\n\n{instruction(words.candidates, words.text)}".strip()
    messages = window(system_prompt, turns, max_tokens=MAX_TOKENS - estimate(shown(before)))
    return ChatRequest(
        messages=going_on(messages, before) if before else messages,
        model=words.model,
        key=words.key,
        stream=words.stream,
        options=words.options,
    )


def _kept(store: ConversationStore, paintings: Paintings, user: Message) -> list[Turn]:
    if user.position == 0:
        return []
    earlier = store.tail(user.conversation_id, limit=MAX_MESSAGES, before=user.position)
    painted = paintings.of_replies(user.session_id, replies_of(earlier))
    return [_turn(message, painted.get(message.id)) for message in earlier]


def _turn(message: Message, painted: Painted | None) -> Turn:
    if message.role == "user":
        return Turn("user", message.content)
    found = Painted(message.prompt, message.negative_prompt or "") if message.prompt else None
    text = as_painted(message.content, found, painted, several=bool(message.candidates))
    return Turn("assistant", text, message.state)
