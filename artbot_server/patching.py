"""Makes the standard library wait in green threads, before anything else is imported, and knows what that changed.
Nothing else belongs here."""

from __future__ import annotations

import os
import select
import sys
import warnings
from typing import Any

from artbot_server.errors import ConfigError


def patch(async_mode: str) -> None:
    """Patch for `eventlet` or `gevent`; `threading` needs nothing.

    psycopg waits in C unless it is told to use Python's selectors before its import.

    Raises:
        ConfigError: the mode's package is not installed.
    """
    try:
        _patch(async_mode)
    except ImportError as error:
        raise ConfigError(f"ARTBOT_ASYNC_MODE {async_mode} wants a package that is missing ({error.name}).") from error


def _patch(async_mode: str) -> None:
    if async_mode == "eventlet":
        os.environ["PSYCOPG_WAIT_FUNC"] = "wait_selector"
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # its deprecation note is for developers, not for every start
            import eventlet
        eventlet.monkey_patch()
    elif async_mode == "gevent":
        os.environ["PSYCOPG_WAIT_FUNC"] = "wait_selector"
        from gevent import monkey

        monkey.patch_all()


def patched_for() -> str:
    """The async mode that this process is patched for, by whomever; `threading` when it is not."""
    eventlet, gevent = sys.modules.get("eventlet.patcher"), sys.modules.get("gevent.monkey")
    if eventlet is not None and eventlet.is_monkey_patched("socket"):
        return "eventlet"
    if gevent is not None and gevent.is_module_patched("socket"):
        return "gevent"
    return "threading"


def real_epoll() -> Any:
    """`select.epoll`, which patching takes away; None where the system has none.

    It stops the process while it waits, so it is only asked what is there already.
    """
    mode = patched_for()
    if mode == "eventlet":
        from eventlet.patcher import original

        return getattr(original("select"), "epoll", None)
    if mode == "gevent":
        from gevent.monkey import get_original

        return get_original("select", "epoll") if hasattr(select, "EPOLLIN") else None
    return getattr(select, "epoll", None)
