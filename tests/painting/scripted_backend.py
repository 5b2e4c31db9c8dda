"""A backend that does what a test says: slow, failing, endless. It sends real PNGs and notes what it was asked."""

import io
import time
from collections.abc import Iterator
from pathlib import Path

from PIL import Image

from artbot_server.errors import BackendFailed
from artbot_server.sd.base import Abilities, Payload, Picture, Progress, Result, Substitution

PAUSE_S = 0.02


def png(colour="red", size=(64, 64)) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, colour).save(buffer, "PNG")
    return buffer.getvalue()


class ScriptedBackend:
    """Paints one red square a picture.

    Args:
        seconds: how long a job takes.
        endless: it never ends by itself.
        silent: seconds without a word at the beginning, against the contract.
        failures: errors raised by the first attempts, one each; BaseException types are raised as they are.
        notes: a file that gets a line for each thing that happens, `begun <task>`, `ended <task>`, `closed <task>`.
    """

    kind = "scripted"
    demo = False

    def __init__(
        self, name="studio", *, seconds=0.04, endless=False, silent=0.0, failures=(), notes: Path | None = None
    ) -> None:
        self.name = name
        self.seconds = seconds
        self.endless = endless
        self.silent = silent
        self.failures = list(failures)
        self.pictures = [Picture(png(), seed=7, infotext="a cat\nSteps: 4, Seed: 7")]
        self.payloads: list[Payload] = []
        self.said: list[str] = []
        self.reachable = True
        self.can = Abilities(max_batch=8)
        self._notes = notes

    def abilities(self) -> Abilities:
        if not self.reachable:
            raise BackendFailed("It cannot be reached.", code="backend_unreachable", retry=True)
        return self.can

    def paint(self, payload: Payload, task_id: str) -> Iterator[Progress | Result]:
        self.payloads.append(payload)
        self._note(f"begun {task_id}")
        if self.failures:
            raise self.failures.pop(0)
        time.sleep(self.silent)
        until = time.monotonic() + self.seconds
        steps = max(1, round(self.seconds / PAUSE_S))
        step = 0
        try:
            while self.endless or time.monotonic() < until:
                time.sleep(PAUSE_S)
                step = min(step + 1, steps)
                yield Progress(step / (steps + 1), step, steps, preview=png("blue", (8, 8)))
        except GeneratorExit:
            self._note(f"closed {task_id}")
            raise
        self._note(f"ended {task_id}")
        yield Result(tuple(self.pictures), (Substitution("sampler_name", "Euler", "Euler a"),), "red-v1")

    def _note(self, line: str) -> None:
        self.said.append(line)
        if self._notes is not None:
            with self._notes.open("a") as file:
                file.write(line + "\n")
