"""Settings of a server that one payload changes: put back as they were, for the server itself does so only sometimes.

An overridden option that is not in its config.json stays changed for everybody (trap 6). Writing the former value
back is all that is done here; from then on the server puts that option back by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import structlog

from artbot_server.errors import BackendFailed
from artbot_server.sd.automatic1111.api import Api

OPTIONS = "/sdapi/v1/options"
ALWAYS_SAVED = "sd_model_checkpoint"
"""In every config.json; the server puts it back."""

log = structlog.get_logger()


def values_before(api: Api, body: Mapping[str, Any]) -> dict[str, Any]:
    """What the options that this payload overrides are now; empty where none is or they cannot be read."""
    names = set(body.get("override_settings") or {}) - {ALWAYS_SAVED}
    if not names:
        return {}
    options = api.optional(OPTIONS)
    return {name: options[name] for name in names & set(options)} if isinstance(options, dict) else {}


def put_back(api: Api, before: Mapping[str, Any], body: Mapping[str, Any]) -> None:
    """Write the former values of options that still have this payload's; what others changed meanwhile stays."""
    if not before:
        return
    try:
        options = api.optional(OPTIONS)
        if isinstance(options, dict):
            stuck = still_changed(before, body["override_settings"], options)
            if stuck:
                api.post(OPTIONS, stuck)
    except BackendFailed as error:
        # The pictures are here, and that is not undone by this.
        log.warning("options_not_put_back", options=sorted(before), reason=error.message)


def still_changed(before: Mapping[str, Any], asked: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, Any]:
    """The former values of options that are as this payload asked and were not so before."""
    return {name: value for name, value in before.items() if now.get(name) == asked[name] != value}
