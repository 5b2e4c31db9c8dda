"""Folders of templates over HTTP, for the operator: settings, system prompt, making and deleting."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, Field

from artbot_server.painting.template_format import FolderFile
from artbot_server.web.fields import LARGEST_WHOLE, Name, Query, Request, Text
from artbot_server.web.http.records import Nothing
from artbot_server.web.http.routes import Answer, Call, Route
from artbot_server.web.services import Services

ONE = "/api/v1/template-folders/<folder>"
Line = Annotated[Text, Field(max_length=500)]
Long = Annotated[Text, Field(max_length=20_000)]


class Titles(Request):
    """A template's title in both languages."""

    en: Line = ""
    zh: Line = ""


class EditFolder(Request):
    """What is named is written, null takes it out; see docs/templates.md, folder.toml."""

    title_en: Line | None = None
    title_zh: Line | None = None
    about_en: Line | None = None
    about_zh: Line | None = None
    for_children: bool | None = None
    negative_prompt: Long | None = None
    order: Annotated[int, Field(ge=-LARGEST_WHOLE, le=LARGEST_WHOLE)] | None = None
    titles: Annotated[dict[Name, Titles], Field(max_length=1000)] | None = None
    system_prompt: Long | None = None


class NewFolder(EditFolder):
    """The same with a name; an empty one is the first free."""

    name: Annotated[Text, Field(max_length=128)] = ""


class DeleteFolder(Query):
    """Whether a folder that has templates goes with them."""

    with_templates: bool = False


class FolderRecord(BaseModel):
    """A folder as its files are written."""

    name: str
    settings: dict[str, Any]
    system_prompt: str


def one(services: Services, call: Call) -> Answer:
    return _record(services, call.path["folder"])


def create(services: Services, call: Call) -> Answer:
    asked: NewFolder = call.body
    return _record(services, services.template_tool.create_folder(asked.name, _settings(asked), asked.system_prompt))


def edit(services: Services, call: Call) -> Answer:
    asked: EditFolder = call.body
    services.template_tool.edit_folder(call.path["folder"], _settings(asked), asked.system_prompt)
    return _record(services, call.path["folder"])


def delete(services: Services, call: Call) -> Answer:
    asked: DeleteFolder = call.query
    services.template_tool.delete_folder(call.path["folder"], with_templates=asked.with_templates)
    return {"deleted": True}


def _settings(asked: EditFolder) -> dict[str, Any]:
    """Those that were named in the request."""
    named = asked.model_dump(include=asked.model_fields_set & FolderFile.model_fields.keys())
    return {name: named[name] for name in FolderFile.model_fields if name in named}


def _record(services: Services, name: str) -> Answer:
    settings, system_prompt = services.template_tool.folder(name)
    return {"name": name, "settings": settings, "system_prompt": system_prompt}


ROUTES = (
    Route(
        "POST",
        "/api/v1/template-folders",
        create,
        "A new folder of templates; an empty name is the first free one.",
        body=NewFolder,
        answer=FolderRecord,
        operator=True,
    ),
    Route("GET", ONE, one, "A folder's settings and system prompt.", answer=FolderRecord, operator=True),
    Route(
        "PATCH",
        ONE,
        edit,
        "Change what is named of a folder's settings and system prompt.",
        body=EditFolder,
        answer=FolderRecord,
        operator=True,
    ),
    Route(
        "DELETE",
        ONE,
        delete,
        "Delete a folder; with its templates only where that is said.",
        query=DeleteFolder,
        answer=Nothing,
        operator=True,
    ),
)
