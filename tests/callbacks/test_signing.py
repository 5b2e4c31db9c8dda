import base64
import hashlib
import hmac
import shutil
import subprocess
import time
from pathlib import Path

from artbot_server.callbacks.signing import headers, signature

BODY = '{"id":"a","words":"一只猫"}'.encode()


def test_the_headers_are_those_of_standard_webhooks():
    sent = headers("blue whale", "d1", 1700000000.9, BODY)
    assert list(sent) == ["webhook-id", "webhook-timestamp", "webhook-signature"]
    assert sent["webhook-id"] == "d1"
    assert sent["webhook-timestamp"] == "1700000000"


def test_the_signature_is_known():
    mine = hmac.new(b"blue whale", b"d1.1700000000." + BODY, hashlib.sha256).digest()
    assert signature("blue whale", "d1", "1700000000", BODY) == "v1," + base64.b64encode(mine).decode()


def test_openssl_comes_to_the_same():
    assert shutil.which("openssl"), "the example of docs/callbacks.md uses openssl"
    said = subprocess.run(
        ["openssl", "dgst", "-sha256", "-hmac", "blue whale", "-binary"],
        input=b"d1.1700000000." + BODY,
        capture_output=True,
        check=True,
    )
    expected = "v1," + base64.b64encode(said.stdout).decode()
    assert signature("blue whale", "d1", "1700000000", BODY) == expected


def test_every_part_counts():
    one = signature("s", "d1", "1", BODY)
    others = [
        signature("t", "d1", "1", BODY),
        signature("s", "d2", "1", BODY),
        signature("s", "d1", "2", BODY),
        signature("s", "d1", "1", BODY + b" "),
    ]
    assert one not in others
    assert len(set(others)) == 4


def test_the_receiver_of_the_docs_takes_ours_and_no_other():
    text = (Path(__file__).parents[2] / "docs/callbacks.md").read_text()
    given: dict = {}
    exec(text.split("```python\n")[1].split("```")[0], given)
    sent = headers("blue whale", "d1", time.time(), BODY)
    assert given["is_ours"]("blue whale", sent, BODY)
    assert not given["is_ours"]("blue whale", sent, BODY + b" ")
    assert not given["is_ours"]("red fox", sent, BODY)
    assert not given["is_ours"]("blue whale", headers("blue whale", "d1", time.time() - 400, BODY), BODY)
