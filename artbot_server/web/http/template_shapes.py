"""The shapes of what is answered about templates, for the API's description; docs/http_api.md says what the fields mean."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from artbot_server.web.fields import Id


class LibraryRecord(BaseModel):
    """Every folder; docs/protocol.md says what `folders` and `abilities` hold."""

    version: str
    folders: list[dict[str, Any]]
    abilities: dict[str, Any]


class TemplateRecord(BaseModel):
    """One template as its file is written. `broken`: why it cannot be used; `inputs`: addresses by place."""

    folder: str
    name: str
    version: str
    template: dict[str, Any]
    inputs: dict[str, str | None]
    picture: str | None
    broken: str | None


class DraftRecord(BaseModel):
    """A template that is not saved; `unread` could not be used, `inputs` are pictures of this session by place."""

    template: dict[str, Any]
    unread: dict[str, str]
    inputs: dict[str, Id]
