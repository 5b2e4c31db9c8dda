"""Events of pictures: sharing one by a link, and taking the link back."""

from __future__ import annotations

from artbot_server.web import requests as ask
from artbot_server.web.audience import Member
from artbot_server.web.services import Services
from artbot_server.web.socket_events.table import Ack, EventHandler


def share_image(services: Services, member: Member, asked: ask.OneImage) -> Ack:
    picture = services.pictures.share(asked.image_id, member.session_id)
    return {"url": services.sign(str(picture.share_token), "shared")}


def unshare_image(services: Services, member: Member, asked: ask.OneImage) -> Ack:
    services.pictures.unshare(asked.image_id, member.session_id)
    return {"url": None}


EVENTS = (
    EventHandler("share_image", ask.OneImage, share_image),
    EventHandler("unshare_image", ask.OneImage, unshare_image),
)
