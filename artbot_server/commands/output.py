"""What commands say: results on stdout (lines, or one JSON document with `--json`), everything else on stderr."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from types import TracebackType
from typing import Any

import orjson
from tqdm import tqdm

from artbot_server.commands import FAILED
from artbot_server.errors import ArtbotError
from artbot_server.sd.base import Progress

WHOLE = 100
"""The bar counts per cent."""
SHOWN_NAMES = 30
"""Of those that may be chosen; more would push the sentence off the screen."""


def say(lines: Iterable[str]) -> None:
    """Print results, one a line."""
    for line in lines:
        print(line)  # noqa: T201


def say_json(document: Mapping[str, Any]) -> None:
    """Print one JSON document."""
    print(orjson.dumps(document, option=orjson.OPT_INDENT_2).decode())  # noqa: T201


def fail(error: ArtbotError, as_json: bool = False) -> int:
    """Say what went wrong: one sentence on stderr, the whole on stdout for scripts; the exit code."""
    if as_json:
        say_json({"ok": False, "error": error.as_json()})
    warn(error.message + _choice(error.detail.get("allowed")))
    return FAILED


def _choice(allowed: Any) -> str:
    """What may stand there instead, where it is a list of names."""
    if not isinstance(allowed, list | tuple) or not allowed:
        return ""
    more = " …" if len(allowed) > SHOWN_NAMES else ""
    return f" There is: {', '.join(map(str, allowed[:SHOWN_NAMES]))}{more}."


def warn(sentence: str) -> None:
    """Something went wrong: one sentence on stderr, above a bar that is there."""
    tqdm.write(f"artbot: {sentence}", file=sys.stderr)


def note(text: str, end: str = "\n") -> None:
    """Something for whoever watches: on stderr, and only when that is a terminal."""
    if sys.stderr.isatty():
        print(text, end=end, file=sys.stderr, flush=True)  # noqa: T201


class Bar:
    """A live progress bar on stderr; silent when that is no terminal."""

    def __init__(self, title: str) -> None:
        self._said = title
        self._bar = tqdm(
            total=WHOLE, desc=title, disable=None, leave=False, bar_format="{desc} {bar} {n:.0f}%{postfix}"
        )

    def __enter__(self) -> Bar:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.close()

    def show(self, progress: Progress) -> None:
        """Move the bar; the step and the seconds left stand behind it where they are known."""
        step = f" step {progress.step}/{progress.steps}" if progress.step is not None and progress.steps else ""
        eta = f" {progress.eta_s:.0f} s left" if progress.eta_s is not None else ""
        self._bar.set_postfix_str(f"{step}{eta}".strip(), refresh=False)
        self._bar.update(progress.fraction * WHOLE - self._bar.n)

    def advance(self, fraction: float, said: str) -> None:
        """Move the bar to a fraction of the whole, 0 to 1, and say what it is at."""
        is_new, self._said = said != self._said, said
        self._bar.set_description_str(said, refresh=False)
        self.show(Progress(fraction))
        if is_new:
            self._bar.refresh()
