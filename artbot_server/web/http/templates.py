"""Templates over HTTP: looking at them is everybody's, writing them the operator's. docs/templates.md has the rules."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

from flask import request, send_file
from pydantic import Field

from artbot_server.errors import BadRequest, NotFound
from artbot_server.painting.pictures import EXTENSIONS, mime_of
from artbot_server.painting.template_bundles import pack
from artbot_server.painting.template_inputs import INPUT_NAMES, decoded
from artbot_server.painting.template_sources import Source
from artbot_server.web.fields import OptionalId, OptionalName, Request, Text
from artbot_server.web.http.records import Nothing
from artbot_server.web.http.routes import Answer, Call, Route
from artbot_server.web.http.template_shapes import DraftRecord, LibraryRecord, TemplateRecord
from artbot_server.web.services import Services
from artbot_server.web.template_records import picture_address, templates_json

INFOTEXT_CHARS = 200_000
"""Longest parameter text: the longest real ones have some ten thousand characters."""
ONE = "/api/v1/templates/<folder>/<path:name>"

InfotextField = Annotated[Text, Field(max_length=INFOTEXT_CHARS)]
Version = Annotated[Text, Field(max_length=64)]


class SaveTemplate(Request):
    """`PUT`; `version` is the one that is being replaced, "" when nothing may stand there."""

    template: dict[str, Any]
    version: Version | None = None


class NewTemplate(Request):
    """`POST`; without a folder a new one is made, without a name the first free is taken."""

    template: dict[str, Any]
    folder: OptionalName = None
    name: OptionalName = None


class OtherName(Request):
    """Where a copy or a renamed template goes."""

    folder: OptionalName = None
    name: OptionalName = None


class InputPicture(Request):
    """A picture of this session in the place of a file."""

    image_id: OptionalId = None


class DraftOf(Request):
    """What to make a template of; or the file `image`."""

    job_id: OptionalId = None
    infotext: InfotextField | None = None


def all_templates(services: Services, call: Call) -> Answer:
    return templates_json(services.templates.current(), services.queue.abilities())


def one(services: Services, call: Call) -> Answer:
    return _record(services, services.template_tool.view(call.path["folder"], call.path["name"]))


def create(services: Services, call: Call) -> Answer:
    asked: NewTemplate = call.body
    return _record(services, services.template_tool.save(asked.folder or "", asked.name or "", asked.template, ""))


def save(services: Services, call: Call) -> Answer:
    asked: SaveTemplate = call.body
    saved = services.template_tool.save(call.path["folder"], call.path["name"], asked.template, asked.version)
    return _record(services, saved)


def copy(services: Services, call: Call) -> Answer:
    folder, name, to = call.path["folder"], call.path["name"], call.body
    return _record(services, services.template_tool.copy(folder, name, to.folder or folder, to.name or ""))


def rename(services: Services, call: Call) -> Answer:
    folder, name, to = call.path["folder"], call.path["name"], call.body
    return _record(services, services.template_tool.rename(folder, name, to.folder or folder, to.name or name))


def delete(services: Services, call: Call) -> Answer:
    services.template_tool.delete(call.path["folder"], call.path["name"])
    return {"deleted": True}


def input_file(services: Services, call: Call) -> Answer:
    inputs = services.template_tool.view(call.path["folder"], call.path["name"]).inputs()
    found = inputs.get(call.path["which"])
    if found is None:
        raise NotFound("The template brings no such picture along.", field="which", allowed=list(inputs))
    try:
        data = found.read_bytes() if isinstance(found, Path) else decoded(found, call.path["which"])
    except OSError as error:
        raise NotFound("The picture cannot be read.", field="which") from error
    mime = mime_of(data)
    if mime is None:
        raise NotFound("The file is no picture.", field="which")
    return send_file(io.BytesIO(data), mimetype=mime, max_age=0)


def put_input(services: Services, call: Call) -> Answer:
    asked: InputPicture = call.body
    if asked.image_id is None:
        data = call.file("image")
    else:
        data = services.pictures.read(services.pictures.get(asked.image_id, call.session_id))
    path = call.path
    return _record(services, services.template_tool.put_picture(path["folder"], path["name"], path["which"], data))


def delete_input(services: Services, call: Call) -> Answer:
    path = call.path
    return _record(services, services.template_tool.put_picture(path["folder"], path["name"], path["which"], None))


def export(services: Services, call: Call) -> Answer:
    source = services.template_tool.view(call.path["folder"], call.path["name"])
    try:
        filename, data = pack(source)
    except OSError as error:
        raise NotFound("A file of the template cannot be read.", field="template") from error
    mime = "application/zip" if filename.endswith(".zip") else "application/json"
    return send_file(io.BytesIO(data), mimetype=mime, as_attachment=True, download_name=filename, max_age=0)


def add_shared(services: Services, call: Call) -> Answer:
    to: OtherName = call.body
    data = call.file("file")
    filename = request.files["file"].filename or ""
    return _record(services, services.template_tool.add_shared(data, filename, to.folder or "", to.name or ""))


def draft(services: Services, call: Call) -> Answer:
    asked: DraftOf = call.body
    tool, can = services.template_tool, services.queue.abilities()
    if asked.job_id is not None:
        made = tool.draft_of_job(call.session_id, asked.job_id)
    elif asked.infotext:
        made = tool.draft_of_text(asked.infotext, can)
    elif call.has_file("image"):
        made = tool.draft_of_picture(call.file("image"), can)
    else:
        raise BadRequest("A draft is made of one of job_id, infotext or the file image.", field="infotext")
    return {"template": made.template, "unread": made.unread, "inputs": made.inputs}


def _record(services: Services, source: Source) -> Answer:
    found = source.inputs()
    return {
        "folder": source.folder,
        "name": source.name,
        "version": source.version,
        "template": source.data,
        "inputs": {which: _address(source, which, found.get(which)) for which in dict.fromkeys((*INPUT_NAMES, *found))},
        "picture": picture_address(services.templates.current(), source.folder, source.name),
        "broken": source.broken or None,
    }


def _address(source: Source, which: str, found: Path | str | None) -> str | None:
    if found is None:
        return None
    version = found.stat().st_mtime_ns if isinstance(found, Path) else source.version
    return f"/api/v1/templates/{quote(source.folder, safe='')}/{quote(source.name)}/inputs/{which}?v={version}"


ROUTES = (
    Route(
        "GET",
        "/api/v1/templates",
        all_templates,
        "Every folder with its templates, and what may be overridden.",
        answer=LibraryRecord,
    ),
    Route(
        "POST",
        "/api/v1/templates",
        create,
        "Save a new template; an empty name or folder is the first free one.",
        body=NewTemplate,
        answer=TemplateRecord,
        operator=True,
    ),
    Route(
        "POST",
        "/api/v1/templates/draft",
        draft,
        "A template out of a job, a parameter text or a picture that carries one; nothing is saved.",
        body=DraftOf,
        answer=DraftRecord,
        files=("image",),
    ),
    Route(
        "POST",
        "/api/v1/templates/import",
        add_shared,
        "Save a template that somebody shared as .json or .zip.",
        body=OtherName,
        answer=TemplateRecord,
        operator=True,
        files=("file",),
    ),
    Route("GET", ONE, one, "One template as its file is written.", answer=TemplateRecord),
    Route(
        "PUT",
        ONE,
        save,
        "Create or replace a template; `conflict` when it is not the given version any more.",
        body=SaveTemplate,
        answer=TemplateRecord,
        operator=True,
    ),
    Route("DELETE", ONE, delete, "Delete a template with its pictures.", answer=Nothing, operator=True),
    Route(
        "POST",
        f"{ONE}/copy",
        copy,
        "Save a template under another name.",
        body=OtherName,
        answer=TemplateRecord,
        operator=True,
    ),
    Route(
        "POST",
        f"{ONE}/rename",
        rename,
        "Give a template another name or folder.",
        body=OtherName,
        answer=TemplateRecord,
        operator=True,
    ),
    Route(
        "GET",
        f"{ONE}/inputs/<which>",
        input_file,
        "A picture the template brings along.",
        also=tuple(sorted(EXTENSIONS)),
    ),
    Route(
        "PUT",
        f"{ONE}/inputs/<which>",
        put_input,
        "Set an input (`init_image`, `mask`, `control_image`, `control_mask`) or what it looks like (`picture`).",
        body=InputPicture,
        answer=TemplateRecord,
        operator=True,
        files=("image",),
    ),
    Route(
        "DELETE",
        f"{ONE}/inputs/<which>",
        delete_input,
        "Take an input, or what it looks like, away.",
        answer=TemplateRecord,
        operator=True,
    ),
    Route(
        "GET",
        f"{ONE}/export",
        export,
        "A template to share: .json, or .zip where it has pictures.",
        also=("application/json", "application/zip"),
    ),
)
