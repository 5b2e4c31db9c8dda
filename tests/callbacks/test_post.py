import socket
import ssl
import time
from pathlib import Path

import pytest

from artbot_server.callbacks.deliveries import Answer
from artbot_server.callbacks.places import parse_place
from artbot_server.callbacks.post import numbers_of, post
from artbot_server.callbacks.rules import Target, read_url
from tests.callbacks.receiver import Receiver

CERTIFICATE = Path(__file__).parent / "hooks.example.test.pem"
HERE = ["127.0.0.1"]
PLAIN = ssl.create_default_context()


def send(receiver, body=b"{}", bound_s=5.0, numbers=HERE):
    return post(read_url(receiver.url), numbers, body, {"X-One": "1"}, tls=PLAIN, bound_s=bound_s)


def test_a_post_arrives_whole():
    with Receiver(204) as receiver:
        assert send(receiver, b'{"a": 1}') == Answer(status=204)
        (got,) = receiver.got
        assert (got.path, got.body, got.headers["x-one"]) == ("/hook?for=us", b'{"a": 1}', "1")
        assert got.headers["host"] == f"127.0.0.1:{receiver.port}"


def test_no_redirect_is_followed():
    with Receiver() as other, Receiver(("redirect", other.url)) as receiver:
        assert send(receiver) == Answer(status=307)
        assert other.met == 0


def test_a_receiver_that_cuts_is_an_answer_without_a_status():
    with Receiver("cut") as receiver:
        answer = send(receiver)
        assert answer.status is None
        assert answer.error.startswith("No answer (")
        assert not answer.final


@pytest.mark.parametrize(
    ("script", "answer"), [(("slow", 3), Answer(error="No answer within 0.4 s.")), ("drip", Answer(status=200))]
)
def test_a_slow_receiver_costs_no_more_than_the_bound(script, answer):
    with Receiver(script) as receiver:
        began = time.monotonic()
        assert send(receiver, bound_s=0.4) == answer
        assert time.monotonic() - began < 2.5


def test_nobody_there_is_an_answer():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        target = Target("http", "127.0.0.1", free.getsockname()[1], "/")
        assert "ConnectionRefused" in post(target, HERE, b"", {}, tls=PLAIN).error


def test_the_next_number_is_tried_when_the_first_is_dead():
    with Receiver() as receiver:
        assert send(receiver, numbers=["127.0.0.2", "127.0.0.1"]).status == 200


def server_tls():
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(CERTIFICATE)
    return tls


def trusting():
    return ssl.create_default_context(cafile=str(CERTIFICATE))


def test_over_tls_the_number_is_called_and_the_name_is_checked():
    with Receiver(tls=server_tls()) as receiver:
        target = Target("https", "hooks.example.test", receiver.port, "/x")
        assert post(target, HERE, b"{}", {}, tls=trusting()) == Answer(status=200)
        assert receiver.got[0].headers["host"] == f"hooks.example.test:{receiver.port}"
        other = Target("https", "other.example.test", receiver.port, "/x")
        assert "CERTIFICATE_VERIFY_FAILED" in post(other, HERE, b"{}", {}, tls=trusting()).error
        assert "CERTIFICATE_VERIFY_FAILED" in post(target, HERE, b"{}", {}, tls=PLAIN).error
        assert len(receiver.got) == 1


def test_a_server_that_never_shakes_hands_is_cut():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        target = Target("https", "hooks.example.test", silent.getsockname()[1], "/")
        assert post(target, HERE, b"", {}, tls=PLAIN, bound_s=0.3) == Answer(error="No answer within 0.3 s.")


# The numbers behind a name


def test_a_name_that_stands_for_our_own_machine_is_not_called():
    target = read_url("http://localhost:9000/")
    answer = numbers_of(target, parse_place("http://*:9000"))
    assert answer.final
    assert "private network" in answer.error
    assert "127.0.0.1" in numbers_of(target, parse_place("http://localhost:9000"))


def test_an_odd_way_to_write_a_number_is_seen_through():
    for host in ("127.1", "2130706433", "0x7f000001"):
        answer = numbers_of(Target("http", host, 80, "/"), parse_place("http://*"))
        assert isinstance(answer, Answer), host


def test_a_name_that_nobody_knows_is_tried_again():
    answer = numbers_of(read_url("http://nothing.invalid/"), parse_place("http://*"))
    assert not answer.final
    assert "looked up" in answer.error
