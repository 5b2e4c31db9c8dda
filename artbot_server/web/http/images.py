"""Pictures over HTTP: keeping what a user sends."""

from __future__ import annotations

from artbot_server.painting.pictures import picture_json
from artbot_server.web.http.records import PictureRecord
from artbot_server.web.http.routes import Answer, Call, Route
from artbot_server.web.services import Services


def upload(services: Services, call: Call) -> Answer:
    picture = services.keep_upload(call.session_id, "image", call.file("image"))
    return picture_json(picture, services.sign)


ROUTES = (
    Route(
        "POST",
        "/api/v1/images",
        upload,
        "Keep a picture (PNG, JPEG, WebP or GIF) to work on; its `id` is an `image_id` elsewhere.",
        answer=PictureRecord,
        files=("image",),
    ),
)
