"""The types of what clients may send, and how it is checked: untrusted JSON in, typed requests out, for sockets and HTTP.

Unknown fields are ignored; a wrong type or value raises BadRequest that names the field and what is allowed. The
requests themselves stand in `requests` (socket events) and beside each area's routes in `http/`.
"""

from __future__ import annotations

import base64
import binascii
import re
import uuid
from collections.abc import Mapping
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, WithJsonSchema
from pydantic_core import ErrorDetails, PydanticCustomError

from artbot_server.callbacks.rules import URL_CHARS
from artbot_server.errors import BadRequest, TooLarge

PROMPT_CHARS = 10_000
LARGEST_WHOLE = 2**53
"""What JavaScript counts exactly; databases take it too."""
EVENT_IMAGE_BYTES = 700_000
"""Largest picture inside an event: it fits Socket.IO's usual limit of 1 MB also as base64."""


def _is_uuid(value: str) -> str:
    try:
        uuid.UUID(value)
        return value  # as it was sent: the client compares it with what it sends later
    except ValueError:
        raise PydanticCustomError("uuid", "a UUID such as 123e4567-e89b-12d3-a456-426614174000") from None


def _empty_is_none(value: Any) -> Any:
    return None if value == "" else value


def _optional(longest: int) -> WithJsonSchema:
    """As it is described: "" is none too."""
    return WithJsonSchema({"anyOf": [{"type": "string", "maxLength": longest}, {"type": "null"}]})


def _whole(value: str) -> str:
    if "\0" in value or HALF_CHARACTER.search(value):
        raise PydanticCustomError("whole", "a text of whole characters without NUL")
    return value


HALF_CHARACTER = re.compile("[\ud800-\udfff]")
Text = Annotated[str, AfterValidator(_whole)]
"""Any text that a database can keep: none takes half a character (JavaScript cuts them so), PostgreSQL no NUL."""

Uuid = Annotated[str, Field(max_length=64), AfterValidator(_is_uuid)]
Id = Annotated[Text, Field(min_length=1, max_length=64)]
Name = Annotated[Text, Field(min_length=1, max_length=128)]
OptionalName = Annotated[Name | None, BeforeValidator(_empty_is_none), _optional(128)]
OptionalId = Annotated[Id | None, BeforeValidator(_empty_is_none), _optional(64)]
ClientSid = Annotated[Text, Field(max_length=128)]
CallbackUrl = Annotated[Text, Field(max_length=URL_CHARS)]
"""Where the end of a job is told; "" for nowhere, also where the server has a default."""
Prompt = Annotated[Text, Field(min_length=1, max_length=PROMPT_CHARS)]
PictureData = Annotated[bytes | str, Field(union_mode="left_to_right")]


class Request(BaseModel):
    """Root of all requests: strict types, unknown fields ignored, nothing of the values in its repr."""

    model_config = ConfigDict(strict=True, extra="ignore", frozen=True)

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


class Query(Request):
    """Root of what stands in an address after `?`, where everything is text."""

    model_config = ConfigDict(strict=False, extra="ignore", frozen=True)


R = TypeVar("R", bound=Request)
UNION_BRANCHES = ("bytes", "str")
"""What pydantic adds to a place inside `PictureData`."""
AMOUNT = re.compile(r"(at (?:most|least) \d+) .*")
PYDANTIC_OPENING = re.compile(r"^\w+ should (be|have) ")


def parse(model: type[R], data: Any) -> R:
    """Check `data` against a request.

    Raises:
        BadRequest: with `field` and `allowed`, for the first thing that is wrong.
    """
    if data is None:
        data = {}
    if not isinstance(data, Mapping):
        raise BadRequest("What is sent must be an object.", field="", allowed="an object")
    try:
        return model.model_validate(dict(data))
    except ValidationError as error:
        raise _explained(error.errors(include_url=False, include_input=False)[0]) from None


def _explained(first: ErrorDetails) -> BadRequest:
    places = [
        str(part) for part in first["loc"] if part not in UNION_BRANCHES and not str(part).startswith("function-")
    ]
    allowed = first["msg"]
    if not places and ": " in allowed:
        place, _, allowed = allowed.partition(": ")
        places = [place]
    field = ".".join(places)
    allowed = PYDANTIC_OPENING.sub("", allowed)
    if first["type"] in ("too_long", "too_short"):
        unit = "items" if first.get("ctx", {}).get("field_type") in ("List", "Dictionary") else "characters"
        allowed = AMOUNT.sub(rf"\1 {unit}", allowed)
    if first["type"] == "missing":
        return BadRequest(f"The field {field} is missing.", field=field, allowed="a value")
    return BadRequest(f"The field {field} must be {allowed}.", field=field, allowed=allowed)


def picture_bytes(field: str, sent: bytes | str) -> bytes:
    """A picture that came inside an event: binary, or base64 with or without a data URL's head.

    Raises:
        BadRequest, TooLarge: naming `field`; nothing is decoded that is too long.
    """
    if len(sent) > EVENT_IMAGE_BYTES * 4 // 3 + 100:
        raise _too_large(field)
    data = sent
    if isinstance(data, str):
        head, comma, rest = data.partition(",")
        try:
            data = base64.b64decode(rest if comma and head.startswith("data:") else data, validate=True)
        except (binascii.Error, ValueError):
            raise BadRequest(
                f"The field {field} must be a picture, binary or base64.", field=field, allowed="binary or base64"
            ) from None
    if len(data) > EVENT_IMAGE_BYTES:
        raise _too_large(field)
    return data


def _too_large(field: str) -> TooLarge:
    return TooLarge(
        f"The field {field} may hold {EVENT_IMAGE_BYTES} bytes; send larger pictures to POST /api/v1/images.",
        field=field,
        limit=EVENT_IMAGE_BYTES,
    )
