"""What clients may send over the socket: one typed request an event, in terms of `fields`."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from artbot_server.chat.candidates import FEWEST, MOST
from artbot_server.web.fields import (
    LARGEST_WHOLE,
    PROMPT_CHARS,
    CallbackUrl,
    ClientSid,
    Id,
    Name,
    OptionalId,
    OptionalName,
    PictureData,
    Prompt,
    Request,
    Text,
    Uuid,
)

TEXT_CHARS = 8_000
"""Longest message of a user, in characters: a page of prose, far more than a picture needs."""
ARTICLE_MESSAGES = 400
Share = Annotated[float, Field(ge=0, le=1)]
PictureCount = Annotated[int, Field(ge=1, le=16)]


class ArticleMessage(Request):
    """One entry of OpenAI's list."""

    role: Literal["system", "user", "assistant"]
    content: Annotated[Text, Field(max_length=100_000)]


class ArticleChat(Request):
    """The article's form of `gpt_chat`."""

    messages: Annotated[list[ArticleMessage], Field(min_length=1, max_length=ARTICLE_MESSAGES)]
    key: Annotated[str, Field(max_length=512)] | None = None
    model: OptionalName = None
    client_sid: ClientSid | None = None
    stream: bool = True


class SessionChat(Request):
    """The session form of `gpt_chat`."""

    text: Annotated[Text, Field(min_length=1, max_length=TEXT_CHARS)]
    message_id: Uuid | None = None
    conversation_id: OptionalId = None
    folder: OptionalName = None
    template: OptionalName = None
    paint: bool = False
    image_id: OptionalId = None
    model: OptionalName = None
    key: Annotated[str, Field(max_length=512)] | None = None
    client_sid: ClientSid | None = None
    stream: bool = True
    candidates: Annotated[int, Field(ge=FEWEST, le=MOST)] | None = None
    overrides: dict[str, Any] = Field(default_factory=dict, max_length=64)

    @model_validator(mode="after")
    def _check(self) -> SessionChat:
        if not self.text.strip():
            raise PydanticCustomError("text", "text: some words")
        if self.paint and not (self.folder and self.template):
            raise PydanticCustomError("paint", "paint: true only together with folder and template")
        return self


class StopChat(Request):
    """`stop_chat`."""

    reply_id: OptionalId = None
    message_id: OptionalId = None
    client_sid: ClientSid | None = None

    @model_validator(mode="after")
    def _check(self) -> StopChat:
        if self.reply_id is None and self.message_id is None and self.client_sid is None:
            raise PydanticCustomError("reply_id", "reply_id: one of reply_id, message_id or client_sid")
        return self


class ContinueReply(Request):
    """How a reply is gone on with."""

    model: OptionalName = None
    key: Annotated[str, Field(max_length=512)] | None = None
    client_sid: ClientSid | None = None


class ContinueChat(ContinueReply):
    """`continue_chat`."""

    reply_id: Id


class Generate(Request):
    """`generate`."""

    prompt: Prompt
    folder: Name
    template: Name
    negative_prompt: Annotated[Text, Field(max_length=PROMPT_CHARS)] = ""
    image_id: OptionalId = None
    image: PictureData | None = None
    mask_id: OptionalId = None
    mask: PictureData | None = None
    overrides: dict[str, Any] = Field(default_factory=dict, max_length=64)
    job_id: Uuid | None = None
    conversation_id: OptionalId = None
    reply_id: OptionalId = None
    client_sid: ClientSid | None = None
    callback_url: CallbackUrl | None = None


class LargerPicture(Request):
    """How much larger a picture shall be, and where to show it."""

    scale: Annotated[float, Field(ge=1, le=4)] = 2.0
    upscaler: OptionalName = None
    codeformer_visibility: Share | None = None
    gfpgan_visibility: Share | None = None
    job_id: Uuid | None = None
    conversation_id: OptionalId = None
    reply_id: OptionalId = None
    client_sid: ClientSid | None = None


class Upscale(LargerPicture):
    """`upscale`."""

    image_id: Id


class Vary(Request):
    """`vary`. Beside an `image_id`, `job_id` is the new job's as everywhere; alone it is the job whose first picture is
    varied."""

    image_id: OptionalId = None
    job_id: Uuid | None = None
    strength: Share = 0.15
    count: PictureCount = 1
    conversation_id: OptionalId = None
    reply_id: OptionalId = None
    client_sid: ClientSid | None = None

    @model_validator(mode="after")
    def _check(self) -> Vary:
        if self.job_id is None and self.image_id is None:
            raise PydanticCustomError("image_id", "image_id: one of image_id or job_id")
        return self


class PaintAgain(Request):
    """`again`."""

    job_id: Id
    seed: Annotated[int, Field(ge=-1, le=LARGEST_WHOLE)] | None = None
    overrides: dict[str, Any] = Field(default_factory=dict, max_length=64)
    new_job_id: Uuid | None = None
    client_sid: ClientSid | None = None


class CancelJob(Request):
    """`cancel_job`."""

    job_id: Id


class JobsById(Request):
    """`jobs`."""

    job_ids: Annotated[list[Id], Field(min_length=1, max_length=50)]


class Resume(Request):
    """`resume`."""

    reply_id: Id


class History(Request):
    """`history`."""

    conversation_id: OptionalId = None
    before: Annotated[int, Field(ge=0, le=LARGEST_WHOLE)] | None = None
    limit: Annotated[int, Field(ge=1, le=50)] = 50


def _as_text(value: Any) -> Any:
    return repr(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


Cursor = Annotated[Text, Field(max_length=128), BeforeValidator(_as_text)]
"""What a page of conversations ends with; a bare `updated_at` will do too."""


class Conversations(Request):
    """`conversations`."""

    before: Cursor | None = None
    limit: Annotated[int, Field(ge=1, le=50)] = 30


Title = Annotated[Text, Field(max_length=200)]


class NewConversation(Request):
    """`new_conversation`."""

    title: Title = ""
    folder: OptionalName = None
    template: OptionalName = None


class OneConversation(Request):
    """`close_conversation`, `export_conversation`, `delete_conversation`."""

    conversation_id: Id


class RenameConversation(Request):
    """`rename_conversation`."""

    conversation_id: Id
    title: Title


class OneImage(Request):
    """`share_image`, `unshare_image`."""

    image_id: Id


class Interrogation(Request):
    """How a picture is looked at, for `interrogate`."""

    model: Literal["clip", "deepdanbooru"] = "clip"
    backend: OptionalName = None


class Interrogate(Interrogation):
    """`interrogate`."""

    image_id: Id


class Detect(Request):
    """`detect`. -1 is the module's own choice."""

    image_id: Id
    module: Name
    processor_res: Annotated[int, Field(ge=-1, le=2048)] = -1
    threshold_a: Annotated[float, Field(ge=-1, le=10_000)] = -1
    threshold_b: Annotated[float, Field(ge=-1, le=10_000)] = -1
    backend: OptionalName = None


class Nothing(Request):
    """An event without fields."""


class ConnectAuth(Request):
    """`auth` of a connection."""

    session: Annotated[str, Field(max_length=200)] | None = None
    access: Annotated[str, Field(max_length=512)] | None = None
    images: Literal["thumbnail", "original", "base64", "url"] = "thumbnail"
