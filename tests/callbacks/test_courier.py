import base64
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from itertools import pairwise

import pytest
from sqlalchemy import delete, update

from artbot_server.callbacks.courier import Courier, Office
from artbot_server.callbacks.deliveries import DeliveryState
from artbot_server.callbacks.places import parse_place
from artbot_server.callbacks.rules import CallbackRules
from artbot_server.callbacks.signing import signature
from artbot_server.painting.pictures import signed_addresses
from artbot_server.storage.database import Database
from artbot_server.storage.deliveries import DeliveryStore
from artbot_server.storage.jobs import JobStore
from artbot_server.storage.picture_files import FolderFiles
from artbot_server.storage.pictures import PictureStore
from artbot_server.storage.schema import deliveries, jobs
from tests.callbacks.receiver import Receiver
from tests.server import wait_until
from tests.storage.databases import fresh_url
from tests.storage.stored import checked, claims, known, put

HERE = "private:http://127.0.0.1"
QUICK_S = (0.05,) * 7
WAITING, DELIVERED, GIVEN_UP = DeliveryState.WAITING, DeliveryState.DELIVERED, DeliveryState.GIVEN_UP


class Desk:
    """A database with jobs that have ended, and couriers on it."""

    def __init__(self, folder):
        self.database = Database(fresh_url("sqlite", folder))
        self.deliveries = DeliveryStore(self.database)
        self.pictures = PictureStore(self.database, FolderFiles(folder / "pictures"))
        known(self.database, "studio")

    def ends(self, url, *ids, **more):
        """Jobs that are done, each with a picture."""
        for id in ids:
            put(self.database, id, callback_url=url, **more)
            worker = claims(self.database)
            job = worker.claim("studio")
            kept = self.pictures.write_files(
                checked(), session_id="anna", job_id=id, kind="picture", position=0, seed=7, infotext="a cat"
            )
            worker.done(job, [kept])

    def office(self, receiver=None, allow=None, **more):
        entries = allow if allow is not None else [f"{HERE}:{receiver.port}"]
        return Office(
            deliveries=self.deliveries,
            jobs=JobStore(self.database),
            pictures=self.pictures,
            rules=CallbackRules([parse_place(entry) for entry in entries]),
            secret="blue whale",
            sign=signed_addresses(lambda purpose, text: "signed", "https://art.example"),
            **{"pauses_s": QUICK_S, "bound_s": 5.0, "poll_s": 0.02} | more,
        )

    def one(self, id="j1"):
        return self.deliveries.of_job(id)[0]

    def over(self, id="j1", within_s=20):
        wait_until(lambda: self.one(id).state is not WAITING, within_s, f"the end of the callback of {id}")
        return self.one(id)


@pytest.fixture
def desk(tmp_path):
    desk = Desk(tmp_path)
    yield desk
    desk.database.close()


@contextmanager
def sending(*offices):
    with ExitStack() as ends:
        for office in offices:
            courier = Courier(office)
            courier.start()
            ends.callback(courier.stop, 10)
        yield


def test_the_end_of_a_job_is_told_once(desk):
    with Receiver() as receiver:
        desk.ends(receiver.url, "j1")
        with sending(desk.office(receiver)):
            over = desk.over()
        (got,) = receiver.got
        assert (over.state, over.status, over.attempts, over.error) == (DELIVERED, 200, 1, None)
        assert got.id == over.id
        assert got.headers["content-type"] == "application/json"
        assert got.json["id"] == "j1"
        assert got.json["job"]["images"][0]["url"].startswith("https://art.example/images/")


def test_a_receiver_can_check_the_signature(desk):
    with Receiver() as receiver:
        desk.ends(receiver.url, "j1")
        with sending(desk.office(receiver)):
            (got,) = receiver.wait()
        stamp = got.headers["webhook-timestamp"]
        assert abs(int(stamp) - time.time()) < 30
        assert got.headers["webhook-signature"] == signature("blue whale", got.id, stamp, got.body)


def test_what_fails_is_sent_again_with_the_same_id_until_it_arrives(desk):
    with Receiver(500, "cut", 429, 200) as receiver:
        desk.ends(receiver.url, "j1")
        with sending(desk.office(receiver)):
            over = desk.over()
        assert (over.state, over.attempts) == (DELIVERED, 4)
        assert receiver.met == 4
        assert {got.id for got in receiver.got} == {over.id}


def test_an_answer_that_was_lost_makes_a_repeat_that_its_id_tells(desk):
    with Receiver("cut after", 200) as receiver:
        desk.ends(receiver.url, "j1")
        with sending(desk.office(receiver)):
            desk.over()
        first, again = receiver.got
        assert first.id == again.id
        assert first.body == again.body


def test_attempts_are_bounded(desk):
    with Receiver(503) as receiver:
        desk.ends(receiver.url, "j1")
        with sending(desk.office(receiver)):
            over = desk.over()
        assert (over.state, over.status, over.attempts) == (GIVEN_UP, 503, 8)
        assert receiver.met == 8


@pytest.mark.parametrize("status", [400, 404, 410])
def test_a_receiver_that_does_not_want_it_is_asked_once(desk, status):
    with Receiver(status) as receiver:
        desk.ends(receiver.url, "j1")
        with sending(desk.office(receiver)):
            over = desk.over()
        assert (over.state, over.status, receiver.met) == (GIVEN_UP, status, 1)


def test_no_redirect_is_followed(desk):
    with Receiver() as other, Receiver(("redirect", other.url)) as receiver:
        desk.ends(receiver.url, "j1")
        with sending(desk.office(allow=[f"{HERE}:{receiver.port}", f"{HERE}:{other.port}"])):
            over = desk.over()
        assert (over.state, over.status, other.met) == (GIVEN_UP, 307, 0)


def test_an_address_that_is_no_longer_allowed_is_not_called(desk):
    with Receiver() as receiver:
        desk.ends(receiver.url, "j1")
        with sending(desk.office(allow=[])):
            over = desk.over()
        assert (over.state, over.attempts, receiver.met) == (GIVEN_UP, 1, 0)
        assert "not allowed" in over.error


def test_a_name_that_leads_into_a_private_network_is_not_called(desk):
    with Receiver() as receiver:
        desk.ends(f"http://127.1:{receiver.port}/hook", "j1")  # a name to us, and to the resolver this machine
        with sending(desk.office(allow=[f"http://*:{receiver.port}"])):
            over = desk.over()
        assert (over.state, receiver.met) == (GIVEN_UP, 0)
        assert "private network" in over.error


def test_a_job_that_was_deleted_is_not_told(desk):
    with Receiver() as receiver:
        desk.ends(receiver.url, "j1")
        desk.database.write(lambda connection: connection.execute(delete(jobs)))
        with sending(desk.office(receiver)):
            over = desk.over()
        assert (over.state, over.error, receiver.met) == (GIVEN_UP, "There is no such job.", 0)


def test_the_files_go_along_where_they_are_wanted(desk):
    with Receiver() as receiver:
        desk.ends(receiver.url, "j1")
        with sending(desk.office(receiver, files=True)):
            (got,) = receiver.wait()
        (image,) = got.json["payload"]["content"]["images"]
        assert base64.b64decode(image) == checked().data


def test_several_couriers_never_send_one_together(desk):
    ids = [f"j{number}" for number in range(20)]
    with Receiver() as receiver, Receiver(("slow", 0.05)) as slow:
        for number, id in enumerate(ids):
            desk.ends((slow if number % 4 == 0 else receiver).url, id)
        office = desk.office(allow=[f"{HERE}:{receiver.port}", f"{HERE}:{slow.port}"])
        with sending(office, office, office):
            assert [desk.over(id).attempts for id in ids] == [1] * 20
        told = [got.json["id"] for got in receiver.got + slow.got]
        assert sorted(told) == sorted(ids)


def test_a_slow_receiver_holds_up_nobody_else(desk):
    with Receiver(("slow", 4)) as slow, Receiver() as quick:
        desk.ends(slow.url, *(f"s{number}" for number in range(8)))
        desk.ends(quick.url, "q")
        office = desk.office(allow=[f"{HERE}:{slow.port}", f"{HERE}:{quick.port}"], bound_s=1.0)
        with sending(office):
            quick.wait()
            assert slow.met <= 2


def test_threads_of_one_courier_call_an_address_one_at_a_time(desk):
    with Receiver(("slow", 0.05)) as receiver:
        desk.ends(receiver.url, *(f"j{number}" for number in range(5)))
        with sending(desk.office(receiver)):
            for number in range(5):
                desk.over(f"j{number}")
        times = sorted(got.at for got in receiver.got)
    assert all(then - now > 0.04 for now, then in pairwise(times))


DYING = """
import os, sys
from artbot_server.storage.database import Database
from artbot_server.storage.deliveries import DeliveryStore
assert DeliveryStore(Database(sys.argv[1])).claim() is not None
os._exit(1)
"""


def test_an_attempt_whose_process_died_is_made_again_when_its_lease_ends(desk, tmp_path):
    with Receiver() as receiver:
        desk.ends(receiver.url, "j1")
        url = f"sqlite:///{tmp_path / 'artbot.db'}"
        assert subprocess.run([sys.executable, "-c", DYING, url]).returncode == 1
        assert desk.one().attempts == 1
        assert desk.deliveries.claim() is None
        desk.database.write(lambda connection: connection.execute(update(deliveries).values(next_at=1.0)))
        with sending(desk.office(receiver)):
            over = desk.over()
        assert (over.state, over.attempts, receiver.met) == (DELIVERED, 2, 1)
