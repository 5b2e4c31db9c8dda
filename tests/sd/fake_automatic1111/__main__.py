"""`python -m tests.sd.fake_automatic1111 --port N`: the fake web UI as a program."""

import argparse
import threading

from tests.sd.fake_automatic1111 import FakeAutomatic1111


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(prog="fake_automatic1111")
    parser.add_argument("--port", type=int, default=7860, help="0: any free one")
    parser.add_argument("--auth", help="user:pass, as --api-auth")
    parser.add_argument("--nowebui", action="store_true", help="no /internal addresses")
    parser.add_argument("--step-s", type=float, default=0.05, help="seconds a sampling step takes")
    given = parser.parse_args()
    with FakeAutomatic1111(port=given.port, auth=given.auth, webui=not given.nowebui, step_s=given.step_s) as fake:
        print(fake.url, flush=True)  # noqa: T201
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            return


main()
