"""The signature of a callback, by the rules of Standard Webhooks (standardwebhooks.com), so that its libraries check it.

HMAC-SHA256 over `id.timestamp.body`. Pure; docs/callbacks.md shows how a receiver checks it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac

VERSION = "v1"


def headers(secret: str, delivery_id: str, at: float, body: bytes) -> dict[str, str]:
    """The three headers of a delivery sent at this time, in seconds since 1970."""
    timestamp = str(int(at))
    return {
        "webhook-id": delivery_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": signature(secret, delivery_id, timestamp, body),
    }


def signature(secret: str, delivery_id: str, timestamp: str, body: bytes) -> str:
    """`v1,` and the signature in base64."""
    signed = b".".join((delivery_id.encode(), timestamp.encode(), body))
    return f"{VERSION}," + base64.b64encode(hmac.new(secret.encode(), signed, hashlib.sha256).digest()).decode()
