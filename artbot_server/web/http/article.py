"""The article's `POST /submitbyprompt`: its form, its `images` key of base64; with real status codes on failure."""

from __future__ import annotations

from flask import Response
from pydantic import Field

from artbot_server.painting.jobs import Job
from artbot_server.painting.orders import PaintOrder
from artbot_server.web.fields import Name, Prompt, Request
from artbot_server.web.http.records import Images
from artbot_server.web.http.routes import Answer, Call, Route
from artbot_server.web.http.waiting import a_place_to_wait, images_json, named_as, pictures_of
from artbot_server.web.services import Services

FORM_NAMES = {"folder": "folderName", "template": "templateName", "image_id": "image"}


class SubmitByPrompt(Request):
    """The form fields of the article's `POST /submitbyprompt`."""

    prompt: Prompt
    folder: Name = Field(alias="folderName")
    template: Name = Field(alias="templateName")


def submit_by_prompt(services: Services, call: Call) -> Answer:
    with named_as(lambda name: FORM_NAMES.get(name, name)), a_place_to_wait():
        job = services.queue.wait(call.session_id, _submitted(services, call).id)
    return Response(images_json(services, pictures_of(services, job)), mimetype="application/json")


def _submitted(services: Services, call: Call) -> Job:
    asked: SubmitByPrompt = call.body
    _, template = services.templates.find(asked.folder, asked.template)
    if call.is_new:
        services.chat_limit.count(call.visit.address)
    image_id = None
    if template.mode == "img2img" and call.has_file("image"):  # as in the article, others do not look at it
        image_id = services.keep_upload(call.session_id, "image", call.file("image")).id
    order = PaintOrder(prompt=asked.prompt, folder=asked.folder, template=asked.template, image_id=image_id)
    return services.queue.submit(call.session_id, order)[0]


ROUTES = (
    Route(
        "POST",
        "/submitbyprompt",
        submit_by_prompt,
        "The article's form: wait for the pictures of a prompt painted with a template; `images` are base64.",
        body=SubmitByPrompt,
        answer=Images,
        files=("image",),
    ),
)
