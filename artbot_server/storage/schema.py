"""The tables, and nothing else. Times are seconds since 1970 (UTC); ids are text made by us or by the client.

A change here needs a migration in `migrations/versions`; a test compares the two.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

server_values = Table(
    "server_values",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

sessions = Table(
    "sessions",
    metadata,
    Column("id", Text, primary_key=True),
    Column("created_at", Float, nullable=False),
)

conversations = Table(
    "conversations",
    metadata,
    Column("id", Text, primary_key=True),
    Column("session_id", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("folder", Text),
    Column("template", Text),
    Column("client_sid", Text),
    Column("message_count", Integer, nullable=False),
    Column("created_at", Float, nullable=False),
    Column("updated_at", Float, nullable=False),
    Index(None, "session_id", "updated_at"),
    UniqueConstraint("session_id", "client_sid"),
)

messages = Table(
    "messages",
    metadata,
    Column("session_id", Text, nullable=False),
    Column("id", Text, nullable=False),
    Column("conversation_id", Text, nullable=False),
    Column("position", Integer, nullable=False),
    Column("role", Text, nullable=False),
    Column("content", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("message_id", Text, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("prompt", Text),
    Column("negative_prompt", Text),
    Column("finish_reason", Text),
    Column("usage", JSON),
    Column("model", Text),
    Column("error", JSON),
    Column("image_id", Text),
    Column("folder", Text),
    Column("template", Text),
    Column("client_sid", Text),
    Column("owner", Text),
    Column("owner_until", Float),
    Column("created_at", Float, nullable=False),
    PrimaryKeyConstraint("session_id", "id"),
    UniqueConstraint("conversation_id", "position"),
    Index(None, "session_id", "message_id"),
    Index(None, "state"),
)

jobs = Table(
    "jobs",
    metadata,
    Column("id", Text, primary_key=True),
    Column("session_id", Text, nullable=False),
    Column("conversation_id", Text),
    Column("reply_id", Text),
    Column("client_sid", Text),
    Column("folder", Text, nullable=False),
    Column("template", Text, nullable=False),
    Column("mode", Text, nullable=False),
    Column("prompt", Text, nullable=False),
    Column("negative_prompt", Text, nullable=False),
    Column("overrides", JSON, nullable=False),
    Column("image_id", Text),
    Column("mask_id", Text),
    Column("fields", JSON, nullable=False),
    Column("model", Text),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("count", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("backend", Text),
    Column("worker", Text),
    Column("lease_until", Float),
    Column("cancel_requested", Boolean, nullable=False),
    Column("error", JSON),
    Column("substituted", JSON, nullable=False),
    Column("progress", Float, nullable=False),
    Column("step", Integer),
    Column("steps", Integer),
    Column("created_at", Float, nullable=False),
    Column("started_at", Float),
    Column("ended_at", Float),
    Index(None, "state", "created_at"),
    Index(None, "session_id", "created_at"),
    Index(None, "conversation_id"),
)

pictures = Table(
    "pictures",
    metadata,
    Column("id", Text, primary_key=True),
    Column("session_id", Text, nullable=False),
    Column("job_id", Text),
    Column("kind", Text, nullable=False),
    Column("position", Integer, nullable=False),
    Column("mime", Text, nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("bytes", Integer, nullable=False),
    Column("seed", BigInteger),
    Column("infotext", Text, nullable=False),
    Column("created_at", Float, nullable=False),
    Column("share_token", Text, unique=True),
    Index(None, "job_id"),
    Index(None, "session_id", "created_at"),
)

backends = Table(
    "backends",
    metadata,
    Column("name", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("demo", Boolean, nullable=False),
    Column("up", Boolean, nullable=False),
    Column("abilities", JSON),
    Column("loaded_model", Text),
    Column("worker", Text),
    Column("job_id", Text),
    Column("lease_until", Float),
    Column("seen_at", Float, nullable=False),
)
