"""Batches as the web process sees them: take an order as many jobs at once, cancel them together, tell how far it all is.

Each job goes its own way through the queue; grids are the worker's (`batch_ends`). What is told was committed before.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any
from uuid import uuid4

import structlog

from artbot_server.errors import ArtbotError, NotFound
from artbot_server.events import BatchChanged, Event, JobChanged, Publish
from artbot_server.painting.batch_plans import BatchOrder, plan
from artbot_server.painting.batches import Batch, Item, batch_json, grid_names
from artbot_server.painting.jobs import Job
from artbot_server.painting.orders import PaintOrder
from artbot_server.painting.pictures import Sign, StoredPicture, picture_json
from artbot_server.painting.preparation import Preparation
from artbot_server.painting.queue import Live, PaintQueue
from artbot_server.painting.template_store import TemplateStore
from artbot_server.storage.batches import BatchStore
from artbot_server.storage.pictures import PictureStore

log = structlog.get_logger()


class BatchService:
    """Takes batches and tells sessions what becomes of them.

    Args:
        publish: tells a session's sockets on every web process; for what this process did.
        publish_here: tells those of this process; for what every web process finds out itself.
        limit: how many jobs of one session may wait; a batch counts with all of its own.
    """

    def __init__(
        self,
        *,
        batches: BatchStore,
        pictures: PictureStore,
        queue: PaintQueue,
        preparation: Preparation,
        templates: TemplateStore,
        live: Live,
        publish: Publish,
        publish_here: Publish,
        sign: Sign,
        limit: int,
    ) -> None:
        self._batches = batches
        self._pictures = pictures
        self._queue = queue
        self._preparation = preparation
        self._templates = templates
        self._live = live
        self._publish = publish
        self._publish_here = publish_here
        self._sign = sign
        self._limit = limit
        self._changed: set[tuple[str, str]] = set()

    # What a client asks for

    def submit(self, session_id: str, order: BatchOrder) -> dict[str, Any]:
        """Queue a batch, all of it or nothing; its record, with `left_out`: templates that lack a picture.

        Sent again with the same `batch_id`, the first batch comes back and nothing is done.

        Raises:
            BadRequest, NotFound: as for one job (`folder`, `template` in the detail), or nothing was chosen.
            TooLarge: too many jobs for one batch.
            TooMany: too many for this session's place in the queue.
        """
        if order.batch_id is not None and (first := self._found(session_id, order.batch_id)) is not None:
            return self._records([first])[0] | {"left_out": []}
        planned = plan(self._templates.current(), order)
        batch, jobs = self._made(session_id, order, planned.items)
        batch, is_new = self._batches.create(batch, jobs, self._limit, save=order.save)
        record = self._records([batch])[0]
        if is_new:
            log.info("batch_queued", batch_id=batch.id, jobs=len(jobs))
            self._publish(session_id, BatchChanged(record))
            self._live.wake()
            self._queue.tick()
        return record | {"left_out": [{"folder": one.folder, "template": one.name} for one in planned.left_out]}

    def cancel(self, session_id: str, batch_id: str) -> dict[str, Any]:
        """Cancel all of it that has not ended; its record. One that has ended stays as it is.

        Raises:
            NotFound: there is none in this session.
        """
        batch, cancelled, running = self._batches.request_cancel(batch_id, session_id)
        for job_id in running:
            self._live.cancel(job_id)
        for record in self._queue.records_of(cancelled):
            self._publish(session_id, JobChanged(record))
        self._queue.tick()
        record = self._records([batch])[0]
        self._publish(session_id, BatchChanged(record))
        return record

    # Records

    def record(self, session_id: str, batch_id: str) -> dict[str, Any]:
        """One `batch` record of docs/protocol.md. Raises `NotFound`."""
        return self._records([self._batches.get(batch_id, session_id)])[0]

    def records(
        self, session_id: str, *, unfinished: bool = False, conversation_id: str | None = None
    ) -> list[dict[str, Any]]:
        """The newest ones of a session, newest first: with `unfinished` those alone that have not ended, with
        `conversation_id` those of this conversation."""
        found = self._batches.of_session(session_id, unfinished=unfinished, conversation_id=conversation_id)
        return self._records(found)

    # What happens to its jobs

    def heard(self, session_id: str, event: Event) -> None:
        """Something was told to a session: if it was about a job of a batch, `tick` will tell the batch."""
        if isinstance(event, JobChanged) and event.job["batch_id"]:
            self._changed.add((session_id, event.job["batch_id"]))

    def tick(self) -> None:
        """Tell each batch whose jobs changed since the last time; call it once a second."""
        while self._changed:
            self.ended(*self._changed.pop())

    def ended(self, session_id: str, batch_id: str) -> None:
        """A worker ended this batch, or something else about it changed: tell its session."""
        batch = self._found(session_id, batch_id)
        if batch is not None:
            self._publish_here(session_id, BatchChanged(self._records([batch])[0]))

    def _found(self, session_id: str, batch_id: str) -> Batch | None:
        try:
            return self._batches.get(batch_id, session_id)
        except NotFound:
            return None

    def _records(self, batches: Collection[Batch]) -> list[dict[str, Any]]:
        """The records of several in two look-ups."""
        ids = [batch.id for batch in batches]
        now = self._batches.items_now(ids)
        grids = self._pictures.of_batches([batch.id for batch in batches if batch.ended_at is not None])
        return [batch_json(batch, now, self._grids(batch, grids.get(batch.id, []))) for batch in batches]

    def _grids(self, batch: Batch, grids: Sequence[StoredPicture]) -> list[dict[str, Any]]:
        names = grid_names(batch.items)
        return [picture_json(grid, self._sign) | names[grid.position] for grid in grids]

    # How an order becomes a batch

    def _made(self, session_id: str, order: BatchOrder, items: Sequence[Item]) -> tuple[Batch, list[Job]]:
        batch_id = order.batch_id or str(uuid4())
        # Each template is merged once: its jobs differ by nothing but their place.
        firsts: dict[tuple[str, str], Job] = {}
        jobs = []
        for place, item in enumerate(items):
            key = (item.folder, item.template)
            if key not in firsts:
                time.sleep(0)  # each merge looks into the database: others may go on in between
                firsts[key] = self._prepared(session_id, order, item)
            jobs.append(replace(firsts[key], id=str(uuid4()), batch_id=batch_id, label=item.label, place=place))
        batch = Batch(
            id=batch_id,
            session_id=session_id,
            prompt=order.prompt,
            negative_prompt=order.negative_prompt,
            overrides=order.overrides,
            conversation_id=order.conversation_id,
            client_sid=order.client_sid,
            items=tuple(replace(item, job_id=job.id, mode=job.mode) for item, job in zip(items, jobs, strict=True)),
        )
        return batch, jobs

    def _prepared(self, session_id: str, order: BatchOrder, item: Item) -> Job:
        paint = PaintOrder(
            prompt=order.prompt,
            negative_prompt=order.negative_prompt,
            folder=item.folder,
            template=item.template,
            overrides=order.overrides,
            image_id=order.image_id if item.mode == "img2img" else None,
            conversation_id=order.conversation_id,
            reply_id=order.reply_id,
            client_sid=order.client_sid,
        )
        try:
            return self._preparation.job(session_id, paint)
        except ArtbotError as error:
            error.detail |= {"folder": item.folder, "template": item.template}
            raise
