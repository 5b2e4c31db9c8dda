"""Lists of backends, made fit for other people and joined over several backends. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from artbot_server.storage.backends import KnownBackend


def merged_offers(known: Sequence[KnownBackend], answers: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """What can be chosen, over the backends that answered."""
    return {}
