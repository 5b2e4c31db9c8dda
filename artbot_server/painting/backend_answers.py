"""The worker's half of questions about backends: ask the backend, make its answer fit for others. The other is
`backend_questions`.

Each question has a thread of its own in the link, so a slow one holds up neither painting nor other answers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import structlog

from artbot_server.errors import ArtbotError, BackendFailed, BadRequest, NotFound, TooLarge
from artbot_server.painting.backend_lists import NAMED_BY, shown_options, shown_row
from artbot_server.painting.picture_checks import check_picture
from artbot_server.painting.runs import MAX_PICTURE_BYTES, Tell
from artbot_server.sd.base import Backend, Detection
from artbot_server.storage.backends import BackendStore
from artbot_server.storage.pictures import PictureStore

Asked = Mapping[str, Any]
log = structlog.get_logger()


class BackendAnswers:
    """Answers for a worker's backends; from any thread."""

    def __init__(self, backends: Sequence[Backend], pictures: PictureStore, known: BackendStore, tell: Tell) -> None:
        self._backends = {backend.name: backend for backend in backends}
        self._pictures = pictures
        self._known = known
        self._tell = tell
        self._questions: Mapping[str, Callable[[Backend, Asked], Any]] = {
            "offers": lambda backend, asked: offers(backend),
            "rows": lambda backend, asked: _rows(backend, asked["name"]),
            "refresh": self._refresh,
            "options": lambda backend, asked: shown_options(backend.options()),
            "set_options": self._set_options,
            "progress": lambda backend, asked: backend.progress(picture=asked["picture"]),
            "controlnet": lambda backend, asked: backend.controlnet(asked["part"]),
            "detect": self._detect,
            "interrogate": self._interrogate,
        }

    def answer(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """The worker's answer to `ask_backend`: `{answer}`, or `{error}` as JSON.

        Args:
            body: `question`, `asked` (its fields), `backend` (a name, or None for the worker's first).
        """
        try:
            name = body["backend"] or next(iter(self._backends))
            if name not in self._backends:
                raise NotFound(f"This worker has no backend {name!r}.", field="backend")
            return {"answer": self._questions[body["question"]](self._backends[name], body["asked"])}
        except ArtbotError as error:
            if error.whose_fault != "client":
                log.warning("question_failed", question=body["question"], backend=body["backend"], reason=error.message)
            return {"error": error.as_json()}

    def _refresh(self, backend: Backend, asked: Asked) -> Any:
        backend.refresh(asked["name"])
        self._look_again(backend)
        return _rows(backend, asked["name"])

    def _set_options(self, backend: Backend, asked: Asked) -> None:
        backend.set_options(asked["values"])
        self._look_again(backend)

    def _look_again(self, backend: Backend) -> None:
        """What orders are checked against is not older than what was just refreshed."""
        self._known.seen(backend, backend.abilities())
        self._tell("backends_changed", {}, b"")

    def _detect(self, backend: Backend, asked: Asked) -> list[str]:
        session_id = asked["session_id"]
        order = Detection(
            pictures=tuple(self._picture(each, session_id) for each in asked["image_ids"]),
            module=asked["module"],
            processor_res=asked["processor_res"],
            threshold_a=asked["threshold_a"],
            threshold_b=asked["threshold_b"],
        )
        kept = [self._keep(data, session_id) for data in backend.detect(order)]
        log.info("maps_detected", backend=backend.name, module=order.module, count=len(kept))
        return kept

    def _interrogate(self, backend: Backend, asked: Asked) -> str:
        return backend.interrogate(self._picture(asked["image_id"], asked["session_id"]), asked["model"])

    def _picture(self, picture_id: str, session_id: str) -> bytes:
        try:
            return self._pictures.read(self._pictures.get(picture_id, session_id))
        except NotFound as error:
            raise NotFound(error.message, field="image_id") from error

    def _keep(self, data: bytes, session_id: str) -> str:
        try:
            checked = check_picture(data, MAX_PICTURE_BYTES)
        except (BadRequest, TooLarge) as error:
            raise BackendFailed(f"The backend sent something of no use: {error.message}", retry=True) from error
        return self._pictures.add(self._pictures.write_files(checked, session_id=session_id, kind="map")).id


def offers(backend: Backend) -> dict[str, Any]:
    """All its lists, and `controlnet` as `merged_offers` takes it: None where it has none."""
    lists: dict[str, Any] = {name: _rows(backend, name) for name in NAMED_BY}
    return lists | {"controlnet": _controlnet(backend)}


def _rows(backend: Backend, name: Any) -> list[dict[str, Any]]:
    return [shown_row(row) for row in backend.rows(name)]


def _controlnet(backend: Backend) -> dict[str, Any] | None:
    try:
        return {
            "models": backend.controlnet("models")["model_list"],
            "modules": backend.controlnet("modules")["module_detail"],
            "types": backend.controlnet("types")["control_types"],
            "units": backend.controlnet("settings")["control_net_unit_count"],
        }
    except BackendFailed as error:
        if error.error_code != "backend_refused":
            raise
        return None
