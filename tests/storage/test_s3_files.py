"""Files in a bucket: a real S3 server on this machine (moto). What a folder does too is in `test_picture_files`."""

import pytest

from artbot_server.errors import ConfigError, Unavailable
from artbot_server.storage.s3_files import S3Files
from tests.storage.buckets import KEYS, s3_server

NAME = "ab/" + "ab" * 16 + ".png"


def test_copies_of_a_bucket_are_gone_afterwards(bucket):
    bucket.write(NAME, b"one")
    with bucket.local([NAME]) as [path]:
        assert path.is_file()
    assert not path.parent.exists()


def test_two_prefixes_share_a_bucket(endpoint):
    mine, yours, plain = (S3Files(f"s3://art{path}", endpoint) for path in ("/mine", "/yours/", ""))
    mine.write(NAME, b"mine")
    with pytest.raises(FileNotFoundError):
        yours.read(NAME)
    assert plain.read(f"mine/{NAME}") == b"mine"
    assert yours.older_than(-60) == set()


@pytest.mark.long
def test_more_files_than_one_page_of_a_list(bucket):
    for number in range(1005):
        bucket._client.put_object(Bucket="art", Key=f"{bucket._prefix}ab/{number:032x}.png", Body=b"")
    assert len(bucket.older_than(-60)) == 1005


def test_a_bucket_that_is_not_there_stops_the_start(endpoint):
    with pytest.raises(ConfigError, match="ARTBOT_PICTURES: the bucket none"):
        S3Files("s3://none", endpoint)


def test_a_store_that_goes_away_is_told_as_such(monkeypatch):
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    with s3_server("away") as address:
        files = S3Files("s3://away", address)
        files.write(NAME, b"x")
    for act in (lambda: files.read(NAME), lambda: files.write(NAME, b"y"), lambda: files.older_than(0)):
        with pytest.raises(Unavailable, match="store of pictures"):
            act()
