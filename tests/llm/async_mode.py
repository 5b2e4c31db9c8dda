"""Run by test_async_modes.py in a process of its own (patching cannot be undone): the engine under one mode, with the pump
where the server uses it.

    python -m tests.llm.async_mode MODE '{"url": …, "streams": …}'     MODE: threading, eventlet or gevent

Prints one JSON line: what the replies were.
"""

from __future__ import annotations

import json
import sys


def patch(mode: str) -> None:
    if mode == "eventlet":
        import eventlet

        eventlet.monkey_patch()
    elif mode == "gevent":
        from gevent import monkey

        monkey.patch_all()


def main(plan: dict) -> dict:
    import threading

    from artbot_server.llm.openai_api import OpenAIEngine
    from artbot_server.llm.pump import Pump
    from artbot_server.patching import patched_for, real_epoll
    from tests.contracts.engine_contract import PATIENCE_S, REQUEST

    urls = {plan["url"], *(url for url, _ in plan["silent"])}
    pump = Pump(real_epoll()) if patched_for() != "threading" else None
    engines = {url: OpenAIEngine(base_url=url, key="sk-test", models=(), pump=pump) for url in urls}

    def read(url: str) -> tuple:
        reply = engines[url].open(REQUEST)
        items: list[str] = []
        begun = threading.Event()

        def take(piece: str) -> None:
            items.append(piece)
            begun.set()

        def collect() -> None:
            if reply.carry(take):
                items.append("END")

        reader = threading.Thread(target=collect)
        reader.start()
        return reply, items, begun, reader

    started = [read(plan["url"]) for _ in range(plan["streams"])]
    for _, _, _, reader in started:
        reader.join(PATIENCE_S)
    texts = ["".join(items) for _, items, _, _ in started]

    stopped = []
    for url, pieces in plan["silent"]:
        reply, items, begun, reader = read(url)
        if pieces:
            begun.wait(PATIENCE_S)
        reader.join(0.1)  # let it come to rest in its read
        reply.close()
        reader.join(PATIENCE_S)
        stopped.append([items, "stuck" if reader.is_alive() else "stopped"])
    return {"texts": texts, "stopped": stopped}


if __name__ == "__main__":
    patch(sys.argv[1])
    print(json.dumps(main(json.loads(sys.argv[2]))))  # noqa: T201
