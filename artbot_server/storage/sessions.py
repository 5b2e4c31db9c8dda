"""Sessions: who somebody is. A token is a signed random id; a row exists only from the first thing worth keeping."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import time

from sqlalchemy import Connection, select, text
from sqlalchemy.exc import IntegrityError

from artbot_server.storage.database import Database
from artbot_server.storage.prepared import Prepared
from artbot_server.storage.schema import server_values

RANDOM_BYTES = 24
SIGNATURE_BYTES = 16


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


class Signer:
    """Makes and checks everything that must be unguessable, from one secret.

    Args:
        secret: at least 32 random bytes, the same in all processes of one server.
    """

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def signature(self, purpose: str, text: str) -> str:
        """22 characters that only this server can make for this purpose and text."""
        digest = hmac.new(self._secret, f"{purpose}\0{text}".encode(), hashlib.sha256).digest()
        return _text(digest[:SIGNATURE_BYTES])

    def matches(self, purpose: str, text: str, signature: str) -> bool:
        """Whether `signature` is ours, in a time that says nothing."""
        return hmac.compare_digest(self.signature(purpose, text).encode(), signature.encode())

    def new_token(self) -> str:
        """A token for a new session; nothing is stored."""
        random = _text(secrets.token_bytes(RANDOM_BYTES))
        return f"{random}.{self.signature('session', random)}"

    def session_of(self, token: str) -> str | None:
        """The session a token opens, None when it is not one of ours. The id does not give the token away."""
        random, dot, signature = token.partition(".")
        if not dot or not self.matches("session", random, signature):
            return None
        return "s_" + _text(hashlib.sha256(f"session\0{random}".encode()).digest()[:15])


def shared_secret(database: Database) -> bytes:
    """The server's secret, made at the first start and the same for every process on this database."""

    def work(connection: Connection) -> str:
        query = select(server_values.c.value).where(server_values.c.name == "secret")
        found = connection.execute(query).scalar()
        if found is None:
            found = secrets.token_hex(32)
            connection.execute(server_values.insert().values(name="secret", value=found))
        return found

    try:
        return bytes.fromhex(database.write(work))
    except IntegrityError:  # another process was quicker: its secret counts
        return bytes.fromhex(database.write(work))


def keep_session(connection: Connection, session_id: str) -> None:
    """Write the session's row unless it is there, in the caller's transaction."""
    _KEEP.run(connection, {"id": session_id, "now": time.time()})


_KEEP = Prepared(text("INSERT INTO sessions (id, created_at) VALUES (:id, :now) ON CONFLICT (id) DO NOTHING"))
