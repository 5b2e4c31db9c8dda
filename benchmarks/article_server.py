"""The baseline the project started from: `python -m benchmarks.article_server PORT UPSTREAM_URL`.

Flask-SocketIO on eventlet with all defaults, one emit for each chunk of the `openai` package's stream, as the article
shows it; only the package's calls are today's. Not an example to follow.
"""

from __future__ import annotations

import eventlet

eventlet.monkey_patch()

import sys  # noqa: E402
from typing import Any  # noqa: E402

from flask import Flask, request  # noqa: E402
from flask_socketio import SocketIO  # noqa: E402
from openai import OpenAI  # noqa: E402


def main(port: int, upstream: str) -> None:
    """Serve until killed."""
    app = Flask(__name__)
    socketio = SocketIO(app, cors_allowed_origins="*", async_mode="eventlet")
    openai = OpenAI(api_key="sk-benchmark", base_url=f"{upstream}/v1")

    @socketio.on("gpt_chat")  # type: ignore[untyped-decorator]
    def gpt_chat(data: dict[str, Any]) -> dict[str, Any]:
        sid, client_sid = request.sid, data["client_sid"]  # type: ignore[attr-defined]
        full_message = ""
        reply = openai.chat.completions.create(
            model=data["model"], messages=data["messages"], temperature=0, stream=True
        )
        for chunk in reply:
            text = (chunk.choices[0].delta.content or "") if chunk.choices else ""
            full_message += text
            if text:
                socketio.emit("message", {"message": text, "client_sid": client_sid}, room=sid)
        end = {"full_message": full_message, "client_sid": client_sid}
        socketio.emit("gpt_chat", end, room=sid)
        return {"status": "connected", **end}

    socketio.run(app, host="127.0.0.1", port=port)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
