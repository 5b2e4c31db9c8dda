"""What the web process asks a worker about backends: lists, settings, progress, ControlNet, what a picture shows.

The web process never talks to a backend; the worker's half is `backend_answers`. Every method takes the name of a
backend, or the first that is up is asked, and raises the error it ran into:

- `NotFound`: no backend, or no picture of this session, goes by this name (`detail.field`).
- `BadRequest` (400): the question is at fault, or the backend cannot do this at all (code `backend_refused`).
- `BackendFailed` (502): it cannot be reached (`backend_unreachable`), is silent (`backend_timeout`) or failed.
- `Unavailable` (503): no worker answers.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from artbot_server.errors import ArtbotError, NotFound, Unavailable, error_of
from artbot_server.painting.backend_lists import merged_offers
from artbot_server.painting.pictures import StoredPicture
from artbot_server.sd.base import ControlNetPart, Interrogator, ListName, Refreshable, Row
from artbot_server.storage.backends import BackendStore, KnownBackend
from artbot_server.storage.pictures import PictureStore

QUICK_S = 30.0
"""Lists, settings and progress are answered in milliseconds; a backend that is away is given up after 5 s a call."""
SLOW_S = 300.0
"""Refreshing, loading a checkpoint and looking at pictures may wait for a running job."""
OFFERS_FOR_S = 20.0
"""How long the joined lists are believed: a page that opens asks for them, and so does every other one."""


class Ask(Protocol):
    """`LiveHub.ask`."""

    def __call__(
        self, kind: str, body: Mapping[str, Any], blob: bytes = b"", *, timeout_s: float, backend: str | None = None
    ) -> dict[str, Any]: ...


class BackendQuestions:
    """Asks. One for the web process; from any thread."""

    def __init__(self, *, ask: Ask, backends: BackendStore, pictures: PictureStore) -> None:
        self._ask = ask
        self._backends = backends
        self._pictures = pictures
        self._offers: tuple[float, dict[str, Any]] | None = None
        self._asking_offers = threading.Lock()

    def offers(self) -> dict[str, Any]:
        """What can be chosen, joined over all backends that are up: `GET /api/v1/backend`; see `merged_offers`.

        `fields`: A1111's names of what has an effect here; empty: not known.
        """
        with self._asking_offers:
            if self._offers is None or time.monotonic() - self._offers[0] > OFFERS_FOR_S:
                self._offers = time.monotonic(), self._ask_offers()
            return self._offers[1]

    def up(self) -> list[str]:
        """The names of the backends that are up."""
        return [each.name for each in self._backends.all() if each.up]

    def models(self, backend: str | None = None) -> list[Row]:
        """Checkpoints: `{title, model_name, hash, sha256, filename, config}`; file names without their folders."""
        return self._rows("models", backend)

    def samplers(self, backend: str | None = None) -> list[Row]:
        """`{name, aliases, options}`."""
        return self._rows("samplers", backend)

    def schedulers(self, backend: str | None = None) -> list[Row]:
        """`{name, label, aliases, default_rho, need_inner_model}`."""
        return self._rows("schedulers", backend)

    def loras(self, backend: str | None = None) -> list[Row]:
        """`{name, alias, path, metadata}`; the file's name alone, and of its metadata what is short."""
        return self._rows("loras", backend)

    def embeddings(self, backend: str | None = None) -> list[Row]:
        """`{name, skipped, step, sd_checkpoint, sd_checkpoint_name, shape, vectors}`."""
        return self._rows("embeddings", backend)

    def styles(self, backend: str | None = None) -> list[Row]:
        """`{name, prompt, negative_prompt}`."""
        return self._rows("styles", backend)

    def upscalers(self, backend: str | None = None) -> list[Row]:
        """`{name, model_name, model_path, model_url, scale}`."""
        return self._rows("upscalers", backend)

    def vaes(self, backend: str | None = None) -> list[Row]:
        """`{model_name, filename}`."""
        return self._rows("vaes", backend)

    def refresh(self, name: Refreshable, backend: str | None = None) -> list[Row]:
        """Have the backend look at its disk again; the new list. May wait for a running job."""
        rows: list[Row] = self._answer("refresh", backend, SLOW_S, name=name)
        self._offers = None
        return rows

    def refresh_models(self, backend: str | None = None) -> list[Row]:
        """`refresh("models")`."""
        return self.refresh("models", backend)

    def refresh_loras(self, backend: str | None = None) -> list[Row]:
        """`refresh("loras")`."""
        return self.refresh("loras", backend)

    def progress(self, backend: str | None = None, *, picture: bool = False) -> dict[str, Any]:
        """What the backend is at, whoever asked for it: `{progress, eta_relative, state, current_image, textinfo}`.

        `picture`: with the live preview as base64. It may be anybody's: for the operator alone.
        """
        return self._fields("progress", backend, picture=picture)

    def options(self, backend: str | None = None) -> dict[str, Any]:
        """The backend's settings by name, without paths of its disk and what looks like a key or a password."""
        return self._fields("options", backend)

    def set_options(self, values: Mapping[str, Any], backend: str | None = None) -> None:
        """Change settings for everybody: for the operator alone. Names and types are checked; a wrong one is named."""
        self._answer("set_options", backend, SLOW_S, values=dict(values))
        self._offers = None

    def controlnet_models(self, backend: str | None = None) -> dict[str, Any]:
        """`{model_list}`."""
        return self._controlnet("models", backend)

    def controlnet_modules(self, backend: str | None = None) -> dict[str, Any]:
        """`{module_list, module_detail: {name: {model_free, sliders}}}`."""
        return self._controlnet("modules", backend)

    def controlnet_types(self, backend: str | None = None) -> dict[str, Any]:
        """`{control_types: {name: {module_list, model_list, default_option, default_model}}}`."""
        return self._controlnet("types", backend)

    def controlnet_version(self, backend: str | None = None) -> dict[str, Any]:
        """`{version}`."""
        return self._controlnet("version", backend)

    def controlnet_settings(self, backend: str | None = None) -> dict[str, Any]:
        """`{control_net_unit_count}`."""
        return self._controlnet("settings", backend)

    def detect(
        self,
        session_id: str,
        image_ids: Sequence[str],
        module: str,
        *,
        processor_res: int = -1,
        threshold_a: float = -1,
        threshold_b: float = -1,
        backend: str | None = None,
    ) -> list[StoredPicture]:
        """The ControlNet module's maps of these pictures of the session, kept as pictures of kind `map`.

        -1: the module's own choice; what the thresholds mean says `controlnet_modules`.
        """
        order = {"module": module, "processor_res": processor_res}
        thresholds = {"threshold_a": threshold_a, "threshold_b": threshold_b}
        asked = {"session_id": session_id, "image_ids": list(image_ids), **order, **thresholds}
        ids = self._answer("detect", backend, SLOW_S, **asked)
        return [self._pictures.get(each, session_id) for each in ids]

    def interrogate(
        self, session_id: str, image_id: str, model: Interrogator = "clip", backend: str | None = None
    ) -> str:
        """What is to be seen in a picture of the session, as words for a prompt."""
        asked = {"session_id": session_id, "image_id": image_id, "model": model}
        return str(self._answer("interrogate", backend, SLOW_S, **asked))

    def _rows(self, name: ListName, backend: str | None) -> list[Row]:
        rows: list[Row] = self._answer("rows", backend, QUICK_S, name=name)
        return rows

    def _controlnet(self, part: ControlNetPart, backend: str | None) -> dict[str, Any]:
        return self._fields("controlnet", backend, part=part)

    def _fields(self, question: str, backend: str | None, **asked: Any) -> dict[str, Any]:
        return dict(self._answer(question, backend, QUICK_S, **asked))

    def _answer(self, question: str, backend: str | None, timeout_s: float, **asked: Any) -> Any:
        name = self._named(backend)
        body = {"question": question, "backend": name, "asked": asked}
        answer = self._ask("ask_backend", body, timeout_s=timeout_s, backend=name)
        if "error" in answer:
            raise error_of(answer["error"])
        return answer["answer"]

    def _named(self, backend: str | None) -> str | None:
        """The backend to ask; None when no worker named any yet: the first one that comes answers for its first."""
        known = self._up_first()
        if backend is None:
            return known[0].name if known else None
        if backend not in (names := [each.name for each in known]):
            raise NotFound(f"There is no backend {backend[:80]!r}.", field="backend", allowed=names)
        return backend

    def _up_first(self) -> list[KnownBackend]:
        return sorted(self._backends.all(), key=lambda each: not each.up)

    def _ask_offers(self) -> dict[str, Any]:
        known = self._up_first()
        asked = [each for each in known if each.up] or known[:1]
        answers: dict[str, Mapping[str, Any]] = {}
        failed: ArtbotError | None = None
        for each in asked:
            try:
                answers[each.name] = self._answer("offers", each.name, QUICK_S)
            except ArtbotError as error:
                failed = error
        if not answers:
            raise failed or Unavailable("No worker has named a backend yet; try again in a moment.")
        fields = self._backends.abilities().fields
        return {**merged_offers([_record(each) for each in known], answers), "fields": list(fields)}


def _record(known: KnownBackend) -> dict[str, Any]:
    """`model`: the checkpoint that is painted with where an order says none."""
    return known.as_json() | {"model": known.abilities.loaded_model if known.abilities else None}
