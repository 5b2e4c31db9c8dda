"""What can be done with a painted picture or its job once more: again, varied, larger. Looks up, decides nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from artbot_server.errors import BadRequest, NotFound
from artbot_server.painting.again import same_again
from artbot_server.painting.jobs import Job
from artbot_server.painting.orders import PaintOrder
from artbot_server.painting.pictures import StoredPicture
from artbot_server.painting.queue import PaintQueue
from artbot_server.painting.upscale import Upscaling, asked_before, upscale_order
from artbot_server.painting.vary import STRENGTH, variations
from artbot_server.storage.jobs import JobStore
from artbot_server.storage.pictures import PictureStore

Placed = tuple[Job, int | None]
"""A job, and its position while it waits."""


class Repeats:
    """Orders that follow from earlier ones of the same session.

    A `job_id` made by the client gives the first answer again when it comes twice, as in `PaintQueue.submit`. All
    raise NotFound for what is not the session's, and what `submit` raises.
    """

    def __init__(self, queue: PaintQueue, jobs: JobStore, pictures: PictureStore) -> None:
        self._queue = queue
        self._jobs = jobs
        self._pictures = pictures

    def again(
        self, session_id: str, job_id: str, changes: Mapping[str, Any], *, new_id: str | None = None, **where: Any
    ) -> Placed:
        """The same once more with these overrides; without a seed among them there is a new one.

        Args:
            where: `client_sid`, to be another than the job's.
        """
        job = self._jobs.get(job_id, session_id)
        if job.mode != "upscale":
            order = same_again(job, changes, self._queue.abilities(), new_id)
            return self._queue.submit(session_id, _moved(order, where))
        asked = replace(asked_before(job), **{name: changes[name] for name in Upscaling.__slots__ if name in changes})
        return self.upscale(session_id, str(job.image_id), asked, job_id=new_id, **where)

    def vary(
        self,
        session_id: str,
        *,
        job_id: str | None = None,
        image_id: str | None = None,
        strength: float = STRENGTH,
        count: int = 1,
        new_id: str | None = None,
        **where: Any,
    ) -> Placed:
        """Variations of a picture, or of a job's first one; `where` as in `upscale`."""
        picture = self._picture_of(session_id, job_id, image_id)
        if picture.job_id is None:
            message = "A picture that was sent has no seed: vary one that was painted here."
            raise BadRequest(message, field="image_id", allowed="a painted picture")
        job = self._jobs.get(picture.job_id, session_id)
        abilities = self._queue.abilities()
        order = variations(job, picture.seed, abilities, strength=strength, count=count, job_id=new_id)
        return self._queue.submit(session_id, _moved(order, where))

    def upscale(
        self, session_id: str, image_id: str, asked: Upscaling, *, job_id: str | None = None, **where: Any
    ) -> Placed:
        """A picture made larger.

        Args:
            where: `conversation_id`, `reply_id`, `client_sid`: other places to show it than the picture's own.
        """
        picture = self._pictures.get(image_id, session_id)
        source = self._jobs.get(picture.job_id, session_id) if picture.job_id else None
        order = upscale_order(picture, source, asked, self._queue.abilities())
        return self._queue.submit(session_id, _moved(replace(order, job_id=job_id), where))

    def _picture_of(self, session_id: str, job_id: str | None, image_id: str | None) -> StoredPicture:
        if image_id is not None:
            return self._pictures.get(image_id, session_id)
        job = self._jobs.get(str(job_id), session_id)
        painted = [each for each in self._pictures.of_jobs([job.id])[job.id] if each.kind == "picture"]
        if not painted:
            raise NotFound("This job has no picture.", field="job_id")
        return painted[0]


def _moved(order: PaintOrder, where: Mapping[str, Any]) -> PaintOrder:
    """To another place, where one was named."""
    return replace(order, **{name: value for name, value in where.items() if value is not None})
