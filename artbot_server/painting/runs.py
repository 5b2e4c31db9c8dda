"""One job's run in the worker, top to bottom: fill in the pictures, paint, tell progress, keep the pictures, commit, tell.

Whoever wants a run to end says so with `Run.stop`; the run sees it at the backend's next word (twice a second).
"""

from __future__ import annotations

import base64
import time
from collections.abc import Callable, Generator, Mapping
from dataclasses import asdict, dataclass
from enum import Enum, auto
from typing import Any, cast

import structlog

from artbot_server.errors import ArtbotError, BackendFailed, BadRequest, TooLarge, Unavailable
from artbot_server.painting.jobs import MAX_ATTEMPTS, Job
from artbot_server.painting.merge import Placeholder, fill
from artbot_server.painting.picture_checks import check_picture
from artbot_server.painting.pictures import CheckedPicture, StoredPicture
from artbot_server.painting.template_store import TemplateStore
from artbot_server.sd.base import Backend, Payload, Progress, Result
from artbot_server.storage.claims import Claims
from artbot_server.storage.pictures import NO_ROOM, PictureStore

MAX_PICTURE_BYTES = 128 * 1024 * 1024
"""The largest file taken from a backend: 40 million pixels as a PNG that cannot be compressed."""
SAVE_PROGRESS_EVERY_S = 1.0

Tell = Callable[[str, Mapping[str, Any], bytes], None]
"""`tell(kind, body, blob)`: to the web process; returns at once."""
log = structlog.get_logger()


class Stop(Enum):
    """Why a run has to end before its time."""

    LOST = auto()  # The lease is somebody else's: change nothing.
    CANCELLED = auto()
    HANDED_BACK = auto()  # The worker stops.


class Run:
    """One claimed job while it is painted."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.why: Stop | None = None
        self.renewed_at = time.monotonic()
        self.heard_at = time.monotonic()

    def stop(self, why: Stop) -> None:
        """End it soon; from any thread. A lost lease outweighs every other reason."""
        if self.why is not Stop.LOST:
            self.why = why


@dataclass(frozen=True, slots=True)
class Desk:
    """All that a run needs besides its backend."""

    claims: Claims
    pictures: PictureStore
    templates: TemplateStore
    tell: Tell

    def tell_changed(self, job: Job) -> None:
        """Say that a job's row changed; the web process reads it."""
        self.tell("job_changed", {"session_id": job.session_id, "job_id": job.id}, b"")


def run_job(run: Run, backend: Backend, desk: Desk) -> bool:
    """Paint a claimed job and end it; False when the backend failed in a way that may pass.

    Raises:
        Unavailable: the database is away; the lease then ends by itself.
    """
    job = run.job
    desk.tell_changed(job)
    log.info("job_begun", job_id=job.id, backend=backend.name, attempt=job.attempt)
    try:
        result = _paint(run, backend, desk)
        changed = _end_early(run, desk) if result is None else _end_well(job, result, desk)
    except BackendFailed as error:
        if run.why is not None:  # An interrupted backend may well call that a failure.
            _tell_end(_end_early(run, desk), job, desk)
            return True
        again = bool(error.detail.get("retry")) and job.attempt < MAX_ATTEMPTS
        log.warning("job_attempt_failed", job_id=job.id, backend=backend.name, code=error.error_code, again=again)
        changed = desk.claims.try_again(job) if again else desk.claims.failed(job, error.as_json())
        _tell_end(changed, job, desk)
        return not error.detail.get("retry")
    except Unavailable as error:
        if error.error_code != NO_ROOM:
            raise
        log.error("job_waits_for_room", job_id=job.id, reason=error.message)
        _tell_end(desk.claims.hand_back(job), job, desk)
        return False
    except ArtbotError as error:
        # A picture to start from that is gone, say: painting it again would not help.
        changed = desk.claims.failed(job, error.as_json())
    _tell_end(changed, job, desk)
    return True


def _paint(run: Run, backend: Backend, desk: Desk) -> Result | None:
    """Paint until the result, or None when the run was stopped first; the backend is free again afterwards."""
    job = run.job
    fields = fill(job.fields, lambda placeholder: _picture_text(placeholder, job, desk))
    # A job handed back repeats its attempt's number, never its `seq`.
    painting = backend.paint(Payload(job.mode, fields), f"{job.id}-{job.seq}")
    report = _Report(job, desk)
    try:
        for said in painting:
            run.heard_at = time.monotonic()
            if isinstance(said, Result):
                return said
            if run.why is not None:
                return None
            report.progress(said)
    finally:
        cast(Generator[Any, None, None], painting).close()
    raise BackendFailed("The backend ended without a picture.", retry=True)


def _picture_text(placeholder: Placeholder, job: Job, desk: Desk) -> str:
    if "artbot_file" in placeholder:
        return desk.templates.read_input(placeholder["artbot_file"])
    picture = desk.pictures.get(placeholder["artbot_image"], job.session_id)
    return base64.b64encode(desk.pictures.read(picture)).decode("ascii")


class _Report:
    """Tells how far one run is: the web process each time, the database once a second."""

    def __init__(self, job: Job, desk: Desk) -> None:
        self._job = job
        self._desk = desk
        self._fraction = 0.0
        self._saved_at = time.monotonic()

    def progress(self, now: Progress) -> None:
        self._fraction = max(self._fraction, min(now.fraction, 1.0))
        ids = {"session_id": self._job.session_id, "job_id": self._job.id}
        body = ids | {"progress": self._fraction, "step": now.step, "steps": now.steps, "eta_s": now.eta_s}
        self._desk.tell("progress", body, now.preview or b"")
        if time.monotonic() - self._saved_at >= SAVE_PROGRESS_EVERY_S:
            self._desk.claims.progress(self._job, self._fraction, now.step, now.steps)
            self._saved_at = time.monotonic()


def _end_well(job: Job, result: Result, desk: Desk) -> bool:
    kept = _keep(job, result, desk.pictures)
    substituted = [*job.substituted, *(asdict(one) for one in result.substituted)]
    if desk.claims.done(job, kept, substituted, result.model):
        return True
    desk.pictures.remove_files(picture.id for picture in kept)
    return False


def _keep(job: Job, result: Result, pictures: PictureStore) -> list[StoredPicture]:
    """Check each picture and write its files: all of them, or none."""
    if not any(picture.kind == "picture" for picture in result.pictures):
        raise BackendFailed("The backend sent no picture.", retry=True)
    kept: list[StoredPicture] = []
    try:
        for position, picture in enumerate(result.pictures):
            stored = pictures.write_files(
                _checked(picture.data),
                session_id=job.session_id,
                job_id=job.id,
                kind=picture.kind,
                position=position,
                seed=picture.seed,
                infotext=picture.infotext,
            )
            kept.append(stored)
    except ArtbotError:
        pictures.remove_files(done.id for done in kept)
        raise
    return kept


def _checked(data: bytes) -> CheckedPicture:
    try:
        return check_picture(data, MAX_PICTURE_BYTES)
    except (BadRequest, TooLarge) as error:
        raise BackendFailed(f"The backend sent something of no use: {error.message}", retry=True) from error


def _end_early(run: Run, desk: Desk) -> bool:
    match run.why:
        case Stop.CANCELLED:
            return desk.claims.cancelled(run.job)
        case Stop.HANDED_BACK:
            return desk.claims.hand_back(run.job)
        case _:
            return False


def _tell_end(changed: bool, job: Job, desk: Desk) -> None:
    if changed:
        log.info("job_ended", job_id=job.id, attempt=job.attempt)
        desk.tell_changed(job)
    else:
        log.warning("job_lost", job_id=job.id, attempt=job.attempt)
