"""What a callback says: RobotChat's Job `{id, payload}` around our own `job` record, pictures by absolute address. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from artbot_server.callbacks.deliveries import Delivery
from artbot_server.painting.jobs import Job, job_json
from artbot_server.painting.pictures import Sign, StoredPicture, pictures_and_grid

TEXT, IMAGE = 0, 1
"""RobotChat's `messageType`: what the job began with."""
ROBOT = "ArtBot"


@dataclass(frozen=True, slots=True)
class Letter:
    """What is sent for one delivery.

    Args:
        base64: the pictures' files in base64, where they go along.
    """

    delivery: Delivery
    job: Job
    pictures: Sequence[StoredPicture]
    base64: Sequence[str] | None = None

    def as_json(self, sign: Sign) -> dict[str, Any]:
        """The body of docs/callbacks.md; `sign` gives absolute addresses."""
        shown, grid = pictures_and_grid(self.pictures, sign)
        return {
            "id": self.job.id,
            "event": self.delivery.event,
            "payload": self._payload(shown),
            "job": job_json(self.job, pictures=shown, grid=grid),
        }

    def _payload(self, shown: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        job = self.job
        images = [picture["url"] for picture in shown] if self.base64 is None else list(self.base64)
        infotexts = [picture["infotext"] for picture in shown]
        return {
            "id": self.delivery.id,
            "createdAt": _iso(job.created_at),
            "updatedAt": _iso(job.ended_at or job.created_at),
            "modelType": job.model or "",
            "messageType": IMAGE if job.mode == "img2img" else TEXT,
            "author": ROBOT,
            "content": {"images": images, "parameters": _parameters(job), "info": "\n\n".join(infotexts)},
            "metadata": {
                "errMsg": (job.error or {}).get("message", ""),
                "errorCode": (job.error or {}).get("code", ""),
                "robot": ROBOT,
                "conversation": job.conversation_id or "",
                "customerId": job.client_sid or "",
                "requestData": _request(job),
            },
        }


def _request(job: Job) -> dict[str, Any]:
    """What was asked for, in the words of `generate`."""
    names = ("prompt", "negative_prompt", "folder", "template", "overrides", "image_id")
    return {name: getattr(job, name) for name in names}


def _parameters(job: Job) -> dict[str, Any]:
    """What was painted with, in A1111's names, without the pictures it began with."""
    return {name: value for name, value in job.fields.items() if isinstance(value, (str, int, float, bool))}


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()
