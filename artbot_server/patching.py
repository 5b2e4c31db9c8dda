"""Makes the standard library wait in green threads, before anything else is imported. Nothing else belongs here."""

from __future__ import annotations

import os
import warnings


def patch(async_mode: str) -> None:
    """Patch for `eventlet` or `gevent`; `threading` needs nothing.

    psycopg waits in C unless it is told to use Python's selectors before its import (DESIGN, measured facts).
    """
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
