"""Records for the stores' tests."""

from artbot_server.painting.jobs import Job
from artbot_server.painting.pictures import CheckedPicture
from artbot_server.sd.base import Abilities
from artbot_server.storage.backends import BackendStore
from artbot_server.storage.claims import Claims
from artbot_server.storage.jobs import JobStore
from artbot_server.storage.pictures import file_name
from tests.painting.scripted_backend import ScriptedBackend, png

LIMIT = 1000


def job(id: str, session_id="anna", **more) -> Job:
    given = {"folder": "plain", "template": "cat", "mode": "txt2img", "prompt": "a cat", "fields": {"prompt": "a cat"}}
    return Job(id=id, session_id=session_id, width=64, height=64, count=1, **given | more)


def put(database, *ids: str, session_id="anna", **more) -> list[Job]:
    return [JobStore(database).create(job(id, session_id, **more), LIMIT)[0] for id in ids]


def known(database, *names: str, **abilities) -> None:
    """Backends that a worker has seen."""
    for name in names:
        BackendStore(database).seen(ScriptedBackend(name), Abilities(**abilities))


def claims(database, worker="w1", lease_s=60.0) -> Claims:
    return Claims(database, worker, lease_s)


def file_of(data_dir, picture, variant="original"):
    """Where a picture's file is in a data folder."""
    return data_dir / "pictures" / file_name(picture, variant)


def checked(data: bytes | None = None) -> CheckedPicture:
    return CheckedPicture(data or png(), "image/png", (64, 64), b"RIFF....WEBP")
