"""The files of pictures in a bucket of an S3-compatible store, for servers that share no disk.

Keys and region are read by boto3 itself, as every tool for S3 does (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION, or a
role). A single put is whole or not there, and is there for all readers when it returns (S3 user guide, "data consistency
model"). Imported only where a bucket is configured: boto3 takes a third of a second.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
import structlog
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from artbot_server.errors import ConfigError, Unavailable

CONNECT_S, READ_S = 5.0, 30.0
TRIES = 3
GONE = {"NoSuchKey", "404"}

log = structlog.get_logger()


class S3Files:
    """`PictureFiles` in a bucket. Safe to use from any thread.

    Args:
        place: `s3://bucket/prefix`, the prefix may be empty.
        endpoint: address of the store; empty: Amazon's.

    Raises:
        ConfigError: the bucket is not there or may not be used with these keys.
    """

    def __init__(self, place: str, endpoint: str = "") -> None:
        parts = urlsplit(place)
        self._bucket = parts.netloc
        self._prefix = f"{path}/" if (path := parts.path.strip("/")) else ""
        config = Config(connect_timeout=CONNECT_S, read_timeout=READ_S, retries={"total_max_attempts": TRIES})
        try:
            self._client: Any = boto3.client("s3", endpoint_url=endpoint or None, config=config)
            self._client.head_bucket(Bucket=self._bucket)
        except (BotoCoreError, ClientError, ValueError) as error:
            raise ConfigError(f"ARTBOT_PICTURES: the bucket {self._bucket} cannot be used ({error}).") from error

    def write(self, name: str, data: bytes, *, lasting: bool = True) -> None:
        """See `PictureFiles.write`: a store keeps everything alike."""
        self._call("put_object", Key=self._prefix + name, Body=data)

    def read(self, name: str) -> bytes:
        """See `PictureFiles.read`."""
        answer = self._call("get_object", Key=self._prefix + name)
        try:
            return bytes(answer["Body"].read())
        except (BotoCoreError, OSError) as error:
            raise _away(error) from error

    def remove(self, picture_id: str) -> None:
        """See `PictureFiles.remove`."""
        for item in self._listed(f"{picture_id[:2]}/{picture_id}."):
            self._call("delete_object", Key=item["Key"])

    def older_than(self, age_s: float) -> set[str]:
        """See `PictureFiles.older_than`. Lists the whole bucket, a thousand files a call."""
        before = datetime.now(UTC) - timedelta(seconds=age_s)
        return {
            item["Key"].rsplit("/", 1)[-1].split(".")[0] for item in self._listed("") if item["LastModified"] < before
        }

    def has_room(self, least_bytes: int) -> bool:
        """See `PictureFiles.has_room`: a bucket has no end."""
        return True

    @contextmanager
    def local(self, names: Sequence[str]) -> Iterator[list[Path]]:
        """See `PictureFiles.local`: copies, which end with the context."""
        with tempfile.TemporaryDirectory(prefix="artbot-") as folder:
            paths = [Path(folder, name.rsplit("/", 1)[-1]) for name in names]
            for name, path in zip(names, paths, strict=True):
                try:
                    path.write_bytes(self.read(name))
                except FileNotFoundError:
                    log.warning("picture_gone", name=name)
            yield paths

    def _listed(self, start: str) -> Iterator[dict[str, Any]]:
        token: dict[str, str] = {}
        while True:
            page = self._call("list_objects_v2", Prefix=self._prefix + start, **token)
            yield from page.get("Contents", ())
            if not page.get("IsTruncated"):
                return
            token = {"ContinuationToken": page["NextContinuationToken"]}

    def _call(self, method: str, **asked: Any) -> Any:
        try:
            return getattr(self._client, method)(Bucket=self._bucket, **asked)
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") in GONE:
                raise FileNotFoundError(asked.get("Key")) from error
            raise _away(error) from error
        except BotoCoreError as error:
            raise _away(error) from error


def _away(error: Exception) -> Unavailable:
    log.error("bucket_away", reason=str(error))
    return Unavailable("The store of pictures cannot be reached; try again in a moment.")
