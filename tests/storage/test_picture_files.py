"""One suite for both places of files; the bucket's own tests are in `test_s3_files`."""

import time

import pytest

from artbot_server.storage.picture_files import FolderFiles

ID, OTHER = "ab" * 16, "ab" + "cd" * 15
NAME, THUMBNAIL = f"ab/{ID}.png", f"ab/{ID}.thumbnail.webp"


@pytest.fixture(params=["folder", "bucket"])
def files(request, tmp_path):
    return request.getfixturevalue("bucket") if request.param == "bucket" else FolderFiles(tmp_path)


def test_a_file_comes_back_and_the_newest_counts(files):
    files.write(NAME, b"one")
    files.write(NAME, b"two")
    assert files.read(NAME) == b"two"


def test_what_need_not_last_comes_back_too(files):
    files.write(NAME, b"one", lasting=False)
    assert files.read(NAME) == b"one"


def test_a_file_that_is_not_there(files):
    with pytest.raises(FileNotFoundError):
        files.read(NAME)


def test_all_files_of_a_picture_are_removed_and_no_others(files):
    for name in (NAME, THUMBNAIL, f"ab/{OTHER}.png"):
        files.write(name, b"x")
    files.remove(ID)
    files.remove("00" * 16)
    for name in (NAME, THUMBNAIL):
        with pytest.raises(FileNotFoundError):
            files.read(name)
    assert files.read(f"ab/{OTHER}.png") == b"x"


def test_old_files_are_found_by_their_pictures(files):
    files.write(NAME, b"x")
    files.write(THUMBNAIL, b"x")
    files.write(f"ab/{OTHER}.png", b"x")
    assert files.older_than(3600) == set()
    time.sleep(1.1)  # a bucket's times are whole seconds
    assert files.older_than(0) == {ID, OTHER}


def test_a_file_that_goes_while_old_ones_are_looked_for(tmp_path):
    files = FolderFiles(tmp_path)
    files.write(NAME, b"x")
    (tmp_path / "ab" / f"{OTHER}.png").symlink_to("gone")
    assert files.older_than(-60) == {ID}


def test_files_of_this_machine_while_they_are_needed(files):
    files.write(NAME, b"one")
    with files.local([NAME, THUMBNAIL]) as (there, gone):
        assert (there.read_bytes(), there.suffix, gone.exists()) == (b"one", ".png", False)
    assert files.read(NAME) == b"one"
