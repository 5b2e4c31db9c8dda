"""What clients may ask of batches, over the socket and over HTTP alike."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from artbot_server.errors import BadRequest
from artbot_server.painting.batch_plans import MOST_ITEMS, MOST_TIMES, BatchOrder, FolderChoice, TemplateChoice
from artbot_server.web.fields import PROMPT_CHARS, ClientSid, Id, Name, OptionalId, Prompt, Request, Text, Uuid
from artbot_server.web.ordering import require_own
from artbot_server.web.services import Services

Times = Annotated[int, Field(ge=1, le=MOST_TIMES)]


class FolderRounds(Request):
    """A folder of a batch; as a bare name too."""

    folder: Name
    rounds: Times | None = None


def _named(value: Any) -> Any:
    return {"folder": value} if isinstance(value, str) else value


NamedFolder = Annotated[FolderRounds, BeforeValidator(_named)]


class TemplateRepeats(Request):
    """A template of a batch."""

    folder: Name
    template: Name
    repeats: Times | None = None


class GenerateBatch(Request):
    """`generate_batch`."""

    prompt: Prompt
    negative_prompt: Annotated[Text, Field(max_length=PROMPT_CHARS)] = ""
    folders: Annotated[list[NamedFolder], Field(max_length=MOST_ITEMS)] = Field(default_factory=list)
    templates: Annotated[list[TemplateRepeats], Field(max_length=MOST_ITEMS)] = Field(default_factory=list)
    repeats: Times = 1
    rounds: Times = 1
    overrides: dict[str, Any] = Field(default_factory=dict, max_length=64)
    image_id: OptionalId = None
    language: Literal["en", "zh"] | None = None
    save: bool = False
    batch_id: Uuid | None = None
    conversation_id: OptionalId = None
    reply_id: OptionalId = None
    client_sid: ClientSid | None = None

    def order(self) -> BatchOrder:
        """The same for the service."""
        fields = self.model_dump(exclude={"folders", "templates"})
        return BatchOrder(
            **fields,
            folders=[FolderChoice(**one.model_dump()) for one in self.folders],
            templates=[TemplateChoice(**one.model_dump()) for one in self.templates],
        )


class OneBatch(Request):
    """`cancel_batch`."""

    batch_id: Id


class Batches(Request):
    """`batches`: of the session, or of one conversation."""

    conversation_id: OptionalId = None


def batch_ordered(services: Services, session_id: str, asked: GenerateBatch) -> dict[str, Any]:
    """The record of a new batch; the same `batch_id` again gives the first one.

    Raises:
        BadRequest: `save` where this server keeps no folder for it; also what `BatchService.submit` raises.
        NotFound: the conversation or the reply is not this session's.
    """
    if asked.save and services.settings.save_dir is None:
        raise BadRequest("This server saves no batches: ARTBOT_SAVE_DIR is not set.", field="save", allowed=False)
    require_own(services, session_id, asked.conversation_id, asked.reply_id)
    return services.batches.submit(session_id, asked.order())
