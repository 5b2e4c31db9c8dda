"""A client without a library: Engine.IO by hand over one WebSocket, so that a test decides when it reads and how it ends."""

import json
import socket
import struct
from contextlib import contextmanager
from itertools import chain

import requests
import websocket

SMALL_BUFFER = ((socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096),)


class Bare:
    """Connected and welcomed. `session` is its snapshot."""

    def __init__(self, address, small=False):
        url = address.replace("http", "ws", 1) + "/socket.io/?EIO=4&transport=websocket"
        self.socket = websocket.create_connection(url, timeout=20, sockopt=SMALL_BUFFER if small else ())
        self.socket.send("40")
        self.session = self.wait("session")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.shutdown()

    def packet(self):
        """The next packet that is no ping."""
        while (packet := self.socket.recv()) == "2":
            self.socket.send("3")
        return packet

    def wait(self, name):
        """The next event of a name; others before it are dropped."""
        while True:
            packet = self.packet()
            if packet.startswith(f'42["{name}"'):
                return json.loads(packet[2:])[1]

    def say(self, text):
        self.socket.send("42" + json.dumps(["gpt_chat", {"text": text}]))

    def reset(self):
        """Gone without a word, as a process that is killed."""
        self.socket.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.sock.close()

    def read_reply(self, *begun):
        """Text and end of a reply, of which these frames have been read."""
        return reply_of(chain((("message", frame) for frame in begun), map(event_of, iter(self.packet, None))))


class Polling:
    """The same over long polling, which can go over to a WebSocket by hand."""

    def __init__(self, address):
        self.http, self.url = requests.Session(), address + "/socket.io/?EIO=4&transport=polling"
        self.sid = json.loads(self.http.get(self.url, timeout=20).text[1:])["sid"]
        self.send("40")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.http.close()

    def send(self, packet):
        assert self.http.post(f"{self.url}&sid={self.sid}", data=packet, timeout=20).text == "OK"

    def poll(self):
        """The packets of one poll."""
        return self.http.get(f"{self.url}&sid={self.sid}", timeout=30).text.split("\x1e")

    @contextmanager
    def open_socket(self):
        """A WebSocket that wants to take the polling's place."""
        url = self.url.replace("http", "ws", 1).replace("=polling", "=websocket")
        opened = websocket.create_connection(f"{url}&sid={self.sid}", timeout=20)
        yield opened
        opened.shutdown()


def event_of(packet):
    """`(name, fields)` of an event's packet; everything else has no name."""
    name, fields = (*json.loads(packet[2:]), None)[:2] if packet.startswith("42[") else ("", None)
    return name, fields


def reply_of(events):
    """`(text, the gpt_chat event)` of the reply in these events: each frame must follow the one before."""
    text, last = "", 0
    for name, fields in events:
        if name == "message":
            assert fields.get("from", fields["seq"]) == last + 1, fields
            text, last = text + fields["message"], fields["seq"]
        elif name == "gpt_chat":
            return text, fields
    raise AssertionError(f"no end after {len(text)} characters")
