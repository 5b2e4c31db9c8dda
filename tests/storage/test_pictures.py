import os
import time

import pytest
from sqlalchemy import select

from artbot_server.errors import NotFound, Unavailable
from artbot_server.storage.picture_files import FolderFiles
from artbot_server.storage.pictures import ORPHAN_AFTER_S, PictureStore
from artbot_server.storage.schema import sessions
from tests.painting.scripted_backend import png
from tests.storage.stored import checked, file_of


@pytest.fixture
def store(database, tmp_path):
    return PictureStore(database, FolderFiles(tmp_path / "pictures"))


def upload(store, session_id="anna", **more):
    return store.add(store.write_files(checked(), session_id=session_id, kind="upload", **more))


def files(tmp_path):
    return sorted(path.name for path in (tmp_path / "pictures").rglob("*") if path.is_file())


def test_a_picture_comes_back(store):
    kept = upload(store, infotext="a cat", seed=2**32 - 1)
    assert store.get(kept.id, "anna") == store.by_id(kept.id) == kept
    assert (kept.mime, kept.width, kept.height, kept.bytes) == ("image/png", 64, 64, len(png()))
    assert (kept.seed, kept.infotext) == (2**32 - 1, "a cat")
    assert abs(kept.created_at - time.time()) < 5


def test_a_session_is_written_at_its_first_upload(store, database):
    upload(store)
    upload(store)
    query = select(sessions.c.id)
    assert database.read(lambda connection: connection.execute(query).scalars().all()) == ["anna"]


def test_its_files(store, tmp_path):
    kept = upload(store)
    with store.local([kept]) as paths:
        assert paths == [tmp_path / "pictures" / kept.id[:2] / f"{kept.id}.png"]
    assert store.read(kept) == store.load(kept.id) == png()
    assert store.read(kept, "thumbnail") == store.load(kept.id, "thumbnail") == b"RIFF....WEBP"
    assert files(tmp_path) == [f"{kept.id}.png", f"{kept.id}.thumbnail.webp"]


def test_what_the_disk_does_not_take_leaves_nothing_behind(store, tmp_path):
    assert store.has_room()
    (tmp_path / "pictures").rmdir()
    (tmp_path / "pictures").touch()  # no folder can be made below a file
    with pytest.raises(Unavailable) as refused:
        upload(store)
    assert refused.value.error_code == "no_room"
    assert files(tmp_path) == []


def test_ids_cannot_be_guessed(store):
    first, second = upload(store).id, upload(store).id
    assert first != second
    assert len(first) == 32


def test_foreign_pictures_are_not_found(store):
    kept = upload(store)
    for picture_id, session_id in ((kept.id, "ben"), ("0" * 32, "anna"), ("../../etc/passwd", "anna")):
        with pytest.raises(NotFound):
            store.get(picture_id, session_id)


def test_a_file_that_is_gone(store, tmp_path):
    kept = upload(store)
    file_of(tmp_path, kept).unlink()
    with pytest.raises(NotFound):
        store.read(kept)
    assert store.load(kept.id) is None
    assert store.load("0" * 32) is None


def test_pictures_of_jobs_in_order(store):
    second = upload(store, job_id="j1", position=1)
    first = upload(store, job_id="j1", position=0)
    upload(store, job_id="j2")
    assert store.of_jobs(["j1", "j9"]) == {"j1": [first, second], "j9": []}
    assert store.of_jobs([]) == {}


def test_sharing(store):
    kept = upload(store)
    shared = store.share(kept.id, "anna")
    assert len(shared.share_token) >= 20
    assert store.share(kept.id, "anna") == shared
    assert store.shared(shared.share_token).id == kept.id
    assert store.unshare(kept.id, "anna").share_token is None
    with pytest.raises(NotFound):
        store.shared(shared.share_token)


def test_an_unshared_picture_gets_a_new_token(store):
    kept = upload(store)
    first = store.share(kept.id, "anna").share_token
    store.unshare(kept.id, "anna")
    assert store.share(kept.id, "anna").share_token != first


def test_nobody_shares_what_is_not_theirs(store):
    kept = upload(store)
    for change in (store.share, store.unshare):
        with pytest.raises(NotFound):
            change(kept.id, "ben")
    assert store.get(kept.id, "anna").share_token is None


def test_removing_files(store, tmp_path):
    kept, other = upload(store), upload(store)
    store.remove_files([kept.id, "0" * 32])
    assert files(tmp_path) == [f"{other.id}.png", f"{other.id}.thumbnail.webp"]


def make_old(data_dir, picture):
    long_ago = time.time() - ORPHAN_AFTER_S - 60
    for path in file_of(data_dir, picture).parent.iterdir():
        os.utime(path, (long_ago, long_ago))


def test_left_over_files_are_swept(store, tmp_path):
    kept = upload(store)
    orphans = [store.write_files(checked(), session_id="anna", kind="picture") for _ in range(3)]
    fresh = store.write_files(checked(), session_id="anna", kind="picture")
    for picture in (kept, *orphans):
        make_old(tmp_path, picture)
    for variant in ("original", "thumbnail"):
        os.utime(file_of(tmp_path, fresh, variant))
    assert store.sweep() == 3
    assert {name.split(".")[0] for name in files(tmp_path)} == {kept.id, fresh.id}


def test_what_a_crash_left_half_written_is_swept(store, tmp_path):
    kept = upload(store)
    half = tmp_path / "pictures" / "ab" / ("ab" * 16 + ".png.part")
    half.parent.mkdir(exist_ok=True)
    half.write_bytes(b"half")
    os.utime(half, (0, 0))
    assert store.sweep() == 1
    assert files(tmp_path) == [f"{kept.id}.png", f"{kept.id}.thumbnail.webp"]


def test_there_is_nothing_to_sweep_at_the_first_start(store):
    assert store.sweep() == 0


def test_a_sessions_pictures_come_in_pages_the_newest_first(store):
    first, second, third = (upload(store) for _ in range(3))
    upload(store, "ben")
    newest = store.page("anna", before=None, limit=2)
    assert [one.id for one in newest] == [third.id, second.id]
    rest = store.page("anna", before=(newest[-1].created_at, newest[-1].id), limit=2)
    assert [one.id for one in rest] == [first.id]


def test_a_deleted_picture_is_gone_with_its_files(store, tmp_path):
    kept, gone = upload(store), upload(store)
    with pytest.raises(NotFound):
        store.delete(gone.id, "ben")
    store.delete(gone.id, "anna")
    with pytest.raises(NotFound):
        store.get(gone.id, "anna")
    assert {name.split(".")[0] for name in files(tmp_path)} == {kept.id}
