"""The fake's one place of work: a queue, one job at a time, its progress, interrupt and skip as recorded."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.sd.fake_automatic1111.drawing import base64_png
from tests.sd.fake_automatic1111.lists import SAVED


@dataclass
class State:
    """What both progress calls read. Between jobs most of it keeps the last job's values."""

    job: str = ""
    job_count: int = 0
    job_no: int = 0
    sampling_step: int = 0
    sampling_steps: int = 0
    job_timestamp: str = "0"
    interrupted: bool = False
    skipped: bool = False
    began: float = 0.0
    preview: str | None = None
    preview_id: int = 0


@dataclass
class Painter:
    """Runs jobs first come, first served.

    Attributes:
        load_s: a checkpoint's time, during which `job_count` is -1.
        saved: names of the options in its config.json; overridden ones are put back only if they are there.
    """

    step_s: float
    load_s: float = 0.0
    options: dict = field(default_factory=dict)
    saved: set[str] = field(default_factory=lambda: set(SAVED))
    state: State = field(default_factory=State)
    current_task: str | None = None
    pending: list[str] = field(default_factory=list)
    finished: list[str] = field(default_factory=list)
    begun: list[str] = field(default_factory=list)
    stopping: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self._turn = threading.Condition()
        self._line: list[object] = []

    @contextmanager
    def turn(self, task: str | None, job: str) -> Iterator[None]:
        """Wait for it, and run. A task that fails stays current until the next one: it is never marked as done.

        Extras have no task.
        """
        ticket = object()
        with self._turn:
            self._line.append(ticket)
            self._turn.wait_for(lambda: self._line[0] is ticket)
        try:
            self._begin(task, job)
            yield
            self.current_task = None
            if task is not None:
                self.finished.append(task)
        finally:
            self.state.job, self.state.job_count, self.state.preview = "", 0, None
            with self._turn:
                self._line.pop(0)
                self._turn.notify_all()

    def _begin(self, task: str | None, job: str) -> None:
        # Stamps are seconds over there; here each job has its own, so that tests need not wait.
        self.begun.append(task or job)
        stamp = f"{time.strftime('%Y%m%d%H%M%S')}{len(self.begun)}"
        self.state = State(job=job, job_count=-1, job_timestamp=stamp, began=time.monotonic())
        self.current_task = task
        if task is not None:
            self.pending.remove(task)
        self.stopping.wait(self.load_s)

    def sample(self, steps: int, size: tuple[int, int]) -> None:
        """One pass; ends early at the next step after an interrupt or a skip."""
        state = self.state
        state.sampling_step, state.sampling_steps = 0, steps
        for step in range(steps):
            if state.interrupted or state.skipped:
                break
            state.sampling_step = step
            every = self.options.get("show_progress_every_n_steps", 10)
            if self.options.get("live_previews_enable", True) and step and step % every == 0:
                state.preview = base64_png((max(1, size[0] // 4), max(1, size[1] // 4)), state.preview_id, "")
                state.preview_id += 1
            self.stopping.wait(self.step_s)
        state.job_no += 1

    def progress(self, skip_image: bool) -> dict:
        """GET /sdapi/v1/progress: 0.01 to 0.96, then 0.0; of whoever runs."""
        state = self.state
        fraction = min(1.0, self._fraction() + 0.01) if state.job_count else 0.0
        elapsed = time.monotonic() - state.began
        keys = [
            "skipped",
            "interrupted",
            "job",
            "job_count",
            "job_timestamp",
            "job_no",
            "sampling_step",
            "sampling_steps",
        ]
        return {
            "progress": fraction,
            "eta_relative": elapsed / fraction - elapsed if fraction else 0.0,
            "state": {"stopping_generation": False} | {key: getattr(state, key) for key in keys},
            "current_image": None if skip_image else state.preview,
            "textinfo": None,
        }

    def task_progress(self, task: str | None, preview_id: int, preview: bool) -> dict:
        """POST /internal/progress: of one task."""
        active, queued, completed = task == self.current_task, task in self.pending, task in self.finished
        answer = {"active": active, "queued": queued, "completed": completed}
        if not active:
            place = f"In queue: {self.pending.index(task) + 1}/{len(self.pending)}" if queued else "Waiting..."
            nothing = {"progress": None, "eta": None, "live_preview": None, "id_live_preview": -1}
            return answer | nothing | {"textinfo": place}
        state, fraction = self.state, self._fraction()
        elapsed = time.monotonic() - state.began
        fresh = preview and state.preview is not None and state.preview_id != preview_id
        return answer | {
            "progress": fraction,
            "eta": elapsed / fraction - elapsed if fraction else None,
            "live_preview": f"data:image/png;base64,{state.preview}" if fresh else None,
            "id_live_preview": state.preview_id if fresh else preview_id,
            "textinfo": None,
        }

    def _fraction(self) -> float:
        state = self.state
        if state.job_count <= 0:
            return 0.0
        part = (
            state.sampling_step / state.sampling_steps if state.sampling_steps and state.job_no < state.job_count else 0
        )
        return min(1.0, (state.job_no + part) / state.job_count)
