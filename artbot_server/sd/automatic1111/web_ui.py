"""One web UI and everything it can be asked beside painting: what it lists, its settings, what a picture shows.

Each question is a call of its own, so they may come from any thread while a job is painted.
"""

from __future__ import annotations

import base64
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote, urlsplit, urlunsplit

from artbot_server.errors import BackendFailed
from artbot_server.sd.automatic1111 import answers, failures
from artbot_server.sd.automatic1111.api import Api
from artbot_server.sd.automatic1111.offers import OPTIONAL_LISTS, REQUIRED_LISTS, Offers, read_offers
from artbot_server.sd.base import Abilities, ControlNetPart, Detection, Interrogator, ListName, Refreshable, Row

OPTIONS = "/sdapi/v1/options"
PROGRESS = "/sdapi/v1/progress"
BEHIND_A_JOB_S = 240.0
"""Refreshing checkpoints, loading one and looking at a picture wait in the server's own queue (trap 12)."""
DETECT_S = 120.0
"""A module loads its weights the first time. The server does nothing else meanwhile."""


class WebUi:
    """The web UI at one address.

    Args:
        url: where it answers, e.g. `http://127.0.0.1:7860`; a user name and password in it count as `auth`.
        auth: `user:pass` of its --api-auth.
        name: what people call it; host and port where not given.
    """

    def __init__(self, url: str, auth: str | None, name: str | None) -> None:
        parts = urlsplit(url)
        host = parts.netloc.rpartition("@")[2]
        self.name = name or host
        self._url = urlunsplit((parts.scheme, host, parts.path, "", ""))
        self._auth = _credentials(auth, parts.username, parts.password)
        self._offers: tuple[float, Offers] | None = None
        """What it offered and when (monotonic seconds)."""

    def abilities(self) -> Abilities:
        """What it lists now. Raises `BackendFailed` when it cannot be reached or is no web UI."""
        return self._ask_offers().abilities()

    def rows(self, name: ListName) -> list[Row]:
        """See `sd.base.Answering`. Without schedulers (before 1.9), VAEs (Forge has modules) and the like: empty."""
        with self._connect() as api:
            if name in ("models", "samplers"):
                return answers.read_rows(name, api.get(answers.LISTS[name]))
            answer = api.optional(answers.LISTS[name])
            if answer is None and name == "vaes":
                answer = api.optional(OPTIONAL_LISTS["modules"])
        return [] if answer is None else answers.read_rows(name, answer)

    def refresh(self, name: Refreshable) -> None:
        """See `sd.base.Answering`."""
        with self._connect() as api:
            api.post(answers.REFRESH[name], {}, read_s=BEHIND_A_JOB_S)
        self._offers = None

    def options(self) -> dict[str, Any]:
        """See `sd.base.Answering`. One setting of a wrong type makes all of them unreadable (trap 7)."""
        with self._connect() as api:
            current = api.optional(OPTIONS)
        if current is None:
            message = f"The settings of {self.name} cannot be read; mend them on its own settings page."
            raise BackendFailed(message, fault="server", retry=False)
        return answers.read_fields("settings", current)

    def set_options(self, values: Mapping[str, Any]) -> None:
        """See `sd.base.Answering`."""
        checked = answers.check_options(values, self.options(), self._ask_offers())
        with self._connect() as api:
            api.post(OPTIONS, checked, read_s=BEHIND_A_JOB_S)
        self._offers = None

    def progress(self, *, picture: bool = False) -> dict[str, Any]:
        """See `sd.base.Answering`; a live preview costs the server 20 to 60 ms."""
        with self._connect() as api:
            seen = api.get(PROGRESS, skip_current_image="false" if picture else "true")
        return answers.read_fields("progress", seen)

    def controlnet(self, part: ControlNetPart) -> dict[str, Any]:
        """See `sd.base.Answering`."""
        with self._connect() as api:
            return answers.read_fields("ControlNet", self._controlnet(api, answers.CONTROLNET[part]))

    def detect(self, order: Detection) -> list[bytes]:
        """See `sd.base.Answering`."""
        body = {
            "controlnet_module": order.module,
            "controlnet_input_images": [base64.b64encode(picture).decode("ascii") for picture in order.pictures],
            "controlnet_processor_res": order.processor_res,
            "controlnet_threshold_a": order.threshold_a,
            "controlnet_threshold_b": order.threshold_b,
        }
        with self._connect() as api:
            # With `alias_names` come those of its page ("depth_midas" for "depth"), which it takes as well.
            paths = (answers.CONTROLNET["modules"], OPTIONAL_LISTS["controlnet_aliases"])
            known = [name for path in paths for name in self._controlnet(api, path)["module_list"]]
            if order.module not in known:
                raise failures.unknown_name("module", "ControlNet module", order.module, known)
            return answers.read_maps(api.post("/controlnet/detect", body, read_s=DETECT_S), len(order.pictures))

    def interrogate(self, picture: bytes, model: Interrogator = "clip") -> str:
        """See `sd.base.Answering`; waits behind a running job."""
        if model not in answers.INTERROGATORS:
            raise failures.unknown_name("model", "interrogator", model, answers.INTERROGATORS)
        body = {"image": base64.b64encode(picture).decode("ascii"), "model": model}
        with self._connect() as api:
            try:
                return answers.read_caption(api.post("/sdapi/v1/interrogate", body, read_s=BEHIND_A_JOB_S))
            except BackendFailed as err:
                if err.error_code != "backend_refused":
                    raise
        # It names the picture or nothing at all as the cause ("list index out of range") when weights are missing.
        raise failures.failed(f"The Stable Diffusion server {self.name} cannot use {model} here.", retry=False)

    def _controlnet(self, api: Api, path: str) -> Any:
        answer = api.optional(path)
        if answer is None:
            raise failures.refused(f"The Stable Diffusion server {self.name} has no ControlNet.", field="controlnet")
        return answer

    def _connect(self) -> Api:
        return Api(self._url, self._auth, self.name)

    def _ask_offers(self) -> Offers:
        with self._connect() as api:
            lists = {name: api.get(path) for name, path in REQUIRED_LISTS.items()}
            lists |= {name: api.optional(path) for name, path in OPTIONAL_LISTS.items()}
        try:
            offers = read_offers(lists)
        except (TypeError, KeyError, AttributeError, ValueError):
            raise failures.failed(
                f"The lists of the Stable Diffusion server {self.name} cannot be understood."
            ) from None
        self._offers = time.monotonic(), offers
        return offers


def _credentials(auth: str | None, user: str | None, password: str | None) -> tuple[str, str] | None:
    if auth is not None:
        name, _, secret = auth.partition(":")
        return name, secret
    return (unquote(user), unquote(password or "")) if user else None
