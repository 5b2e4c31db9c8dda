"""Pictures over HTTP: keeping what a user sends, what a session has, sharing one by a link."""

from __future__ import annotations

from typing import Any

from artbot_server.painting.pictures import StoredPicture, picture_json
from artbot_server.web.http.cursors import Page, cursor_of
from artbot_server.web.http.records import KeptPicture, Nothing, PicturePage, PictureRecord, ShareRecord
from artbot_server.web.http.routes import Answer, Call, Route
from artbot_server.web.services import Services


def upload(services: Services, call: Call) -> Answer:
    picture = services.keep_upload(call.session_id, "image", call.file("image"))
    return picture_json(picture, services.sign)


def page(services: Services, call: Call) -> Answer:
    asked: Page = call.query
    found = services.pictures.page(call.session_id, before=asked.place, limit=asked.limit)
    more = len(found) == asked.limit
    return {
        "images": [_kept(services, picture) for picture in found],
        "cursor": cursor_of(found[-1].created_at, found[-1].id) if more else None,
    }


def one(services: Services, call: Call) -> Answer:
    return _kept(services, services.pictures.get(call.path["image_id"], call.session_id))


def delete(services: Services, call: Call) -> Answer:
    services.pictures.delete(call.path["image_id"], call.session_id)
    return {}


def share(services: Services, call: Call) -> Answer:
    picture = services.pictures.share(call.path["image_id"], call.session_id)
    return {"url": services.sign(str(picture.share_token), "shared")}


def unshare(services: Services, call: Call) -> Answer:
    services.pictures.unshare(call.path["image_id"], call.session_id)
    return {"url": None}


def _kept(services: Services, picture: StoredPicture) -> dict[str, Any]:
    beside = {name: getattr(picture, name) for name in ("kind", "job_id", "batch_id", "created_at")}
    return {**picture_json(picture, services.sign), **beside}


ROUTES = (
    Route(
        "POST",
        "/api/v1/images",
        upload,
        "Keep a picture (PNG, JPEG, WebP or GIF) to work on; its `id` is an `image_id` elsewhere.",
        answer=PictureRecord,
        files=("image",),
    ),
    Route("GET", "/api/v1/images", page, "The session's pictures, the newest first.", query=Page, answer=PicturePage),
    Route("GET", "/api/v1/images/<image_id>", one, "One picture's record; `url` is its file.", answer=KeptPicture),
    Route("DELETE", "/api/v1/images/<image_id>", delete, "Delete a picture for good.", answer=Nothing),
    Route("POST", "/api/v1/images/<image_id>/share", share, "Let anybody with the link see it.", answer=ShareRecord),
    Route("DELETE", "/api/v1/images/<image_id>/share", unshare, "Take the link back for good.", answer=ShareRecord),
)
