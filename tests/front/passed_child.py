"""A web process behind a front, for tests: says its number and the request's first line, and closes."""

import sys
import threading

from artbot_server.startup import Share
from artbot_server.web.passed import PassedSockets

share = Share.read(sys.argv[1])
passed = PassedSockets(share.fileno, ("127.0.0.1", 80))
clients = []
passed.report(lambda: len(clients))


def serve(connection):
    with connection:
        line = connection.makefile().readline().strip()
        clients.append(line)
        connection.sendall(f"{share.number} {line}".encode())


while not passed.ended.is_set():
    try:
        accepted, _ = passed.accept()
    except OSError:
        break
    threading.Thread(target=serve, args=(accepted,), daemon=True).start()
