"""Closing a connection from outside, whatever state it is in."""

from __future__ import annotations

import socket

import pytest

from artbot_server.llm.wire import Wire


def test_closing_wakes_the_reader_with_an_end() -> None:
    near, far = socket.socketpair()
    with near, far:
        wire = Wire()
        wire.hold(near)
        wire.close()
        assert near.recv(1) == b""
        assert far.recv(1) == b""


def test_closing_leaves_the_socket_to_its_reader() -> None:
    near, far = socket.socketpair()
    with near, far:
        wire = Wire()
        wire.hold(near)
        wire.close()
        assert near.fileno() >= 0


def test_closed_before_there_is_a_connection() -> None:
    near, far = socket.socketpair()
    with near, far:
        wire = Wire()
        wire.close()
        with pytest.raises(ConnectionAbortedError):
            wire.hold(near)


def test_closing_what_is_gone_already() -> None:
    near, far = socket.socketpair()
    wire = Wire()
    wire.hold(near)
    near.close()
    far.close()
    wire.close()
    wire.close()
    assert wire.closed
