"""What a reply was asked for beside its words, so that it can be continued."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("messages", sa.Column("asked", sa.JSON(), nullable=True))
