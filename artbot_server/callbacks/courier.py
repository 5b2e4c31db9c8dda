"""Sends callbacks that are due, in threads of the worker; several workers share the rows and never send one together.

What is sent is made anew for each attempt from what is stored, and an attempt that was not noted is made again with the
same id: a receiver that drops ids it has seen gets each end exactly once.
"""

from __future__ import annotations

import base64
import random
import ssl
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

import orjson
import structlog

from artbot_server import __version__
from artbot_server.callbacks.deliveries import PAUSES_S, Answer, Delivery, DeliveryState, outcome, pause_s
from artbot_server.callbacks.letter import Letter
from artbot_server.callbacks.post import BOUND_S, numbers_of, post
from artbot_server.callbacks.rules import CallbackRules
from artbot_server.callbacks.signing import headers
from artbot_server.errors import BadRequest, NotFound, Unavailable
from artbot_server.painting.pictures import Sign, StoredPicture
from artbot_server.storage.deliveries import LEASE_S, DeliveryStore
from artbot_server.storage.jobs import JobStore
from artbot_server.storage.pictures import PictureStore

THREADS = 4
"""One address is called by one of them at a time, so that a slow receiver holds up its own callbacks alone."""
POLL_S = 1.0
PICTURE_BYTES = 8_000_000
"""Above this a callback carries addresses only, as picture events do."""
FAULT = "Something went wrong on the server; it is in its log."

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """All that sending needs.

    Attributes:
        sign: gives absolute addresses of pictures.
        files: the pictures go along in base64.
        pauses_s, bound_s, poll_s: between attempts, of one, and between looks; tests take shorter ones.
    """

    deliveries: DeliveryStore
    jobs: JobStore
    pictures: PictureStore
    rules: CallbackRules
    secret: str
    sign: Sign
    files: bool = False
    pauses_s: tuple[float, ...] = PAUSES_S
    bound_s: float = BOUND_S
    poll_s: float = POLL_S


class Courier:
    """The threads that send."""

    def __init__(self, office: Office, threads: int = THREADS) -> None:
        self._office = office
        self._tls = ssl.create_default_context()
        self._stopping = threading.Event()
        self._claiming = threading.Lock()
        self._busy: set[str] = set()
        self._threads = [
            threading.Thread(target=self._work, name=f"courier-{number}", daemon=True) for number in range(threads)
        ]

    def start(self) -> None:
        """Begin to look for callbacks that are due."""
        for thread in self._threads:
            thread.start()

    def stop(self, wait_s: float) -> None:
        """Begin nothing more, and wait so long for what is under way; what has not ended then is sent again later."""
        self._stopping.set()
        until = time.monotonic() + wait_s
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))

    def _work(self) -> None:
        while not self._stopping.is_set():
            try:
                sent = self._turn()
            except Unavailable as error:
                log.warning("courier_waits", reason=error.message)
                sent = False
            if not sent:
                self._stopping.wait(self._office.poll_s)

    def _turn(self) -> bool:
        """Make the next attempt that is due; False when there is none."""
        with self._claiming:
            delivery = self._office.deliveries.claim(tuple(self._busy))
            if delivery is None:
                return False
            self._busy.add(delivery.url)
        try:
            self._note(delivery, self._send(delivery))
        finally:
            self._busy.discard(delivery.url)
        return True

    def _send(self, delivery: Delivery) -> Answer:
        """One attempt, whatever becomes of it. Raises Unavailable when the database is away."""
        try:
            return self._posted(delivery)
        except (BadRequest, NotFound) as error:  # no longer allowed, or deleted
            return Answer(error=error.message, final=True)
        except Unavailable:
            raise
        except Exception:  # Top of a loop: a fault of ours costs one attempt, and attempts are counted.
            log.exception("callback_fault", delivery_id=delivery.id)
            return Answer(error=FAULT)

    def _posted(self, delivery: Delivery) -> Answer:
        office, began_at = self._office, time.monotonic()
        target, place = office.rules.place_of(delivery.url)
        body = orjson.dumps(self._letter(delivery).as_json(office.sign))
        numbers = numbers_of(target, place)
        if isinstance(numbers, Answer):
            return numbers
        if time.monotonic() - began_at > LEASE_S - 2 * office.bound_s:
            return Answer(error=f"The name {target.host} could not be looked up in time.")
        told = headers(office.secret, delivery.id, time.time(), body)
        told |= {"Content-Type": "application/json", "User-Agent": f"artbot/{__version__}"}
        return post(target, numbers, body, told, tls=self._tls, bound_s=office.bound_s)

    def _letter(self, delivery: Delivery) -> Letter:
        job = self._office.jobs.get(delivery.job_id)
        pictures = self._office.pictures.of_jobs([job.id]).get(job.id, [])
        return Letter(delivery, job, pictures, self._files(pictures) if self._office.files else None)

    def _files(self, pictures: Sequence[StoredPicture]) -> list[str] | None:
        shown = [picture for picture in pictures if picture.kind == "picture"]
        if sum(picture.bytes for picture in shown) > PICTURE_BYTES:
            return None
        return [base64.b64encode(self._office.pictures.read(picture)).decode() for picture in shown]

    def _note(self, delivery: Delivery, answer: Answer) -> None:
        pauses_s = self._office.pauses_s
        state = outcome(answer, delivery.attempts, pauses_s)
        again_in_s = pause_s(delivery.attempts, random.random(), pauses_s) if state is DeliveryState.WAITING else 0.0
        self._office.deliveries.answered(delivery, answer, state, again_in_s)
        told = {"delivery_id": delivery.id, "job_id": delivery.job_id, "attempts": delivery.attempts}
        told |= {"status": answer.status, "error": answer.error}
        if state is DeliveryState.DELIVERED:
            log.info("callback_delivered", **told)
        else:
            log.warning("callback_failed", state=state.value, again_in_s=round(again_in_s, 1), **told)
