"""An order as it comes from a socket or over HTTP: its pictures are kept, then it goes into the queue."""

from __future__ import annotations

from artbot_server.errors import NotFound
from artbot_server.painting.jobs import Job
from artbot_server.painting.orders import PaintOrder
from artbot_server.painting.upscale import Upscaling
from artbot_server.web import requests as ask
from artbot_server.web.fields import picture_bytes
from artbot_server.web.services import Services


def ordered(services: Services, session_id: str, asked: ask.Generate) -> tuple[Job, int | None]:
    """The job and its place in line; the same `job_id` again gives the first one.

    Raises:
        NotFound: the conversation, the reply or a picture is not this session's; also what `PaintQueue.submit` raises.
    """
    fields = asked.model_dump(exclude={"image", "mask"})
    require_own(services, session_id, asked.conversation_id, asked.reply_id)
    known = asked.job_id is not None and services.queue.knows(session_id, asked.job_id)
    for name in ("image", "mask"):
        sent = getattr(asked, name)
        if sent is not None and not known:
            services.upload_limit.count(session_id)
            fields[f"{name}_id"] = services.keep_upload(session_id, name, picture_bytes(name, sent)).id
    return services.queue.submit(session_id, PaintOrder(**fields))


def upscaled(services: Services, session_id: str, image_id: str, asked: ask.LargerPicture) -> tuple[Job, int | None]:
    """A job that makes a picture larger, and its place in line. Raises what `Repeats.upscale` raises."""
    fields = asked.model_dump()
    wanted = Upscaling(**{name: fields[name] for name in Upscaling.__slots__})
    where = {name: fields[name] for name in ("job_id", "conversation_id", "reply_id", "client_sid")}
    return services.repeats.upscale(session_id, image_id, wanted, **where)


def require_own(services: Services, session_id: str, conversation_id: str | None, reply_id: str | None = None) -> None:
    """A job may be shown only beside what is its own session's. Raises NotFound."""
    store = services.conversations
    if conversation_id is not None:
        store.get(session_id, conversation_id)
    if reply_id is not None and store.message(session_id, reply_id) is None:
        raise NotFound("There is no such reply in this session.", field="reply_id")
