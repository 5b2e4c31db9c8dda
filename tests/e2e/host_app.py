"""Somebody else's Flask app with Art Bot below `/art`, as docs/embedding.md shows it: `python -m tests.e2e.host_app`."""

import sys
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from flask import Flask, request
from werkzeug.serving import make_server

from artbot_server import Hooks, load_settings, mount
from artbot_server.errors import BadRequest


def hooks(notes):
    """Hooks that write a line into a file for each call."""

    def note(line):
        with Path(notes).open("a") as file:
            file.write(line + "\n")

    def screen(session_id, order):
        note(f"before {session_id[:2]}")
        if "forbidden" in order.prompt:
            raise BadRequest("The host does not want this.", field="prompt", allowed="something else")
        if "bug" in order.prompt:
            raise KeyError("a bug of the host")
        return replace(order, prompt=order.prompt + ", from the host", overrides={**order.overrides, "seed": 7})

    return Hooks(
        before_paint=[screen],
        after_paint=[lambda job, pictures: note(f"after {job.id} {len(pictures)}"), lambda *_: 1 / 0],
        on_error=[lambda job: note(f"{job.state.value} {job.id}")],
        after_reply=[lambda request, text, end: note("replied")],
    )


def main(notes):
    host = Flask("host")

    @host.get("/")
    def index():
        return f"the host at {request.path}"

    with mount(host, load_settings(), at="/art", hooks=hooks(notes)):
        server = make_server("127.0.0.1", 0, host, threaded=True)
        print(f"Art Bot is at http://127.0.0.1:{server.port}/art/", flush=True)  # noqa: T201
        with suppress(KeyboardInterrupt):
            server.serve_forever()
    print("the host ends", flush=True)  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1])
