import base64
import hashlib
import hmac
import shutil
import subprocess

from artbot_server.callbacks.signing import headers, signature

BODY = '{"id":"a","words":"一只猫"}'.encode()


def test_the_headers_are_those_of_standard_webhooks():
    sent = headers("blue whale", "d1", 1700000000.9, BODY)
    assert list(sent) == ["webhook-id", "webhook-timestamp", "webhook-signature"]
    assert sent["webhook-id"] == "d1"
    assert sent["webhook-timestamp"] == "1700000000"


def test_the_signature_is_known():
    # The example of standardwebhooks.com's libraries, with the key as it stands between `whsec_` and the end.
    key = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").decode("latin-1")
    mac = hmac.new(key.encode("latin-1"), b"d1.1700000000." + BODY, hashlib.sha256).digest()
    assert base64.b64encode(mac).decode() != signature("blue whale", "d1", "1700000000", BODY).removeprefix("v1,")
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
