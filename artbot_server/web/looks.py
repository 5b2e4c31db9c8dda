"""Having a backend look at a picture, as the socket and HTTP ask for it: its words, or a ControlNet module's map."""

from __future__ import annotations

from typing import Any

from artbot_server.painting.pictures import picture_json
from artbot_server.web.requests import Detect, Interrogation
from artbot_server.web.services import Services


def caption(services: Services, session_id: str, image_id: str, asked: Interrogation) -> dict[str, Any]:
    """`{caption}`. Looking costs the backend as much as an upload costs us, so it counts as one."""
    services.upload_limit.count(session_id)
    return {"caption": services.backend.interrogate(session_id, image_id, asked.model, asked.backend)}


def maps(services: Services, session_id: str, asked: Detect) -> dict[str, Any]:
    """`{images: [picture record]}`."""
    services.upload_limit.count(session_id)
    found = services.backend.detect(
        session_id,
        [asked.image_id],
        asked.module,
        processor_res=asked.processor_res,
        threshold_a=asked.threshold_a,
        threshold_b=asked.threshold_b,
        backend=asked.backend,
    )
    return {"images": [picture_json(each, services.sign) for each in found]}
