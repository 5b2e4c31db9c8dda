"""Backends with a weight, drained or asked for by their operator; jobs that know which backends failed them."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("backends", sa.Column("weight", sa.Float(), nullable=False, server_default="1"))
    op.add_column("backends", sa.Column("drained", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("backends", sa.Column("asked_at", sa.Float(), nullable=True))
    op.add_column("backends", sa.Column("rests_until", sa.Float(), nullable=True))
    op.add_column("jobs", sa.Column("failed_on", sa.JSON(), nullable=True))
    op.add_column("jobs", sa.Column("requeued_at", sa.Float(), nullable=True))
