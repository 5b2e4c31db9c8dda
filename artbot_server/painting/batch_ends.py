"""Ends batches, in a thread of the worker: when the last job of one is over, its grids are drawn, kept and told, once.

However the jobs ended and whichever worker saw it: what is to be done stands in the database, and the claim on it is a
lease. What a batch cannot have (a file that is gone, a full disk below the saved tree) does not keep it from ending.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import structlog

from artbot_server.errors import Unavailable
from artbot_server.painting.batches import Batch, Grid, due_grids
from artbot_server.painting.grids import draw_grid
from artbot_server.painting.leases import Timing
from artbot_server.painting.picture_checks import check_picture
from artbot_server.painting.pictures import EXTENSIONS, StoredPicture
from artbot_server.painting.runs import MAX_PICTURE_BYTES, Tell
from artbot_server.painting.saved_files import save_file
from artbot_server.painting.saved_tree import grid_places, picture_places
from artbot_server.storage.batch_ends import BatchEndStore
from artbot_server.storage.pictures import PictureStore

log = structlog.get_logger()


class _Left(Exception):
    """This batch is left to another worker: its lease is lost, or this worker stops."""


class BatchEnds:
    """Looks for batches that are over and ends them.

    Args:
        save_dir: root of the saved tree, None where nothing is saved.
    """

    def __init__(
        self, store: BatchEndStore, pictures: PictureStore, tell: Tell, timing: Timing, save_dir: Path | None = None
    ) -> None:
        self._store = store
        self._pictures = pictures
        self._tell = tell
        self._timing = timing
        self._save_dir = save_dir
        self._stopping = threading.Event()
        self._renewed_at = 0.0
        self._thread = threading.Thread(target=self._work, name="batch-ends", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread; the batch it was at is ended by the next worker, from the beginning."""
        self._stopping.set()
        self._thread.join()

    def _work(self) -> None:
        while not self._stopping.is_set():
            try:
                batch = self._store.claim()
                if batch is not None:
                    self._turn(batch)
                    continue
            except Unavailable as error:
                log.warning("batches_wait", reason=error.message)
            self._stopping.wait(self._timing.poll_s)

    def _turn(self, batch: Batch) -> None:
        try:
            self._end(batch)
        except _Left:
            log.warning("batch_left", batch_id=batch.id)
            self._store.release(batch)
        except Unavailable:
            raise
        except Exception:  # Top of a worker's loop: a fault costs one batch its grids, never its end.
            log.exception("batch_fault", batch_id=batch.id)
            self._store.ended(batch, [], None)
            self._tell_ended(batch)

    def _end(self, batch: Batch) -> None:
        self._renewed_at = time.monotonic()
        painted = self._painted(batch)
        with self._pictures.local([one for some in painted.values() for one in some]) as files:
            each = iter(files)
            self._end_with(batch, {place: [next(each) for _ in some] for place, some in painted.items()})

    def _end_with(self, batch: Batch, paths: Mapping[int, Sequence[Path]]) -> None:
        grids = due_grids(batch.items, paths)
        kept: list[StoredPicture] = []
        done = False
        try:
            for grid in grids:
                kept.append(self._draw(batch, grid))
            saved_to = self._saved(batch, paths, grids, kept)
            done = self._store.ended(batch, kept, saved_to)
        finally:
            if not done:
                self._pictures.remove_files(picture.id for picture in kept)
        if not done:
            raise _Left
        log.info("batch_ended", batch_id=batch.id, jobs=len(batch.items), grids=len(kept), saved_to=saved_to)
        self._tell_ended(batch)

    def _painted(self, batch: Batch) -> dict[int, list[StoredPicture]]:
        """The pictures of each item, by its place; a grid that a backend made of its own does not count."""
        found = self._pictures.of_jobs([item.job_id for item in batch.items])
        return {
            place: [picture for picture in found[item.job_id] if picture.kind == "picture"]
            for place, item in enumerate(batch.items)
        }

    def _draw(self, batch: Batch, grid: Grid[Path]) -> StoredPicture:
        drawn = draw_grid(grid, after_each=lambda: self._hold(batch))
        more = {"batch_id": batch.id, "position": grid.place}
        checked = check_picture(drawn, MAX_PICTURE_BYTES)
        return self._pictures.write_files(checked, session_id=batch.session_id, kind="grid", **more)

    def _hold(self, batch: Batch) -> None:
        """Keep the lease while the work goes on. Raises _Left when it is to be left to somebody else."""
        if self._stopping.is_set():
            raise _Left
        if time.monotonic() - self._renewed_at >= self._timing.renew_s:
            if not self._store.renew(batch):
                raise _Left
            self._renewed_at = time.monotonic()

    def _saved(
        self,
        batch: Batch,
        paths: Mapping[int, Sequence[Path]],
        grids: Sequence[Grid[Path]],
        kept: Sequence[StoredPicture],
    ) -> str | None:
        """Write the saved tree, where one was asked for; the batch's name in it, or None."""
        if batch.saved_to is None or self._save_dir is None:
            return None
        extensions = {place: [path.suffix[1:] for path in some] for place, some in paths.items()}
        places = picture_places(batch.saved_to, batch.items, extensions)
        files = [pair for place, some in paths.items() for pair in zip(places[place], some, strict=True)]
        try:
            with self._pictures.local(kept) as drawn:
                files += zip(grid_places(batch.saved_to, grids, EXTENSIONS["image/jpeg"]), drawn, strict=True)
                for place, source in files:
                    save_file(self._save_dir / place, source)
                    self._hold(batch)
        except OSError as error:
            log.error("batch_not_saved", batch_id=batch.id, reason=str(error))
            return None
        return batch.saved_to

    def _tell_ended(self, batch: Batch) -> None:
        self._tell("batch_ended", {"session_id": batch.session_id, "batch_id": batch.id}, b"")
