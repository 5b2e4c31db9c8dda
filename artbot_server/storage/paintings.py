"""What was painted in conversations: their newest pictures, and the prompts as they were painted. Only reads."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ColumnElement, Table, and_, bindparam, func, select, union_all

from artbot_server.chat.history import Painted
from artbot_server.storage.database import Database
from artbot_server.storage.schema import jobs, messages, pictures

WORKED_ON = ("picture", "upload")
"""Kinds of pictures that one can go on from; no masks, no grids."""

_OF_REPLIES = (  # every message needs it: made once
    select(jobs.c.reply_id, jobs.c.prompt, jobs.c.negative_prompt)
    .where(
        jobs.c.session_id == bindparam("its_session"),
        jobs.c.reply_id.in_(bindparam("replies", expanding=True)),
        jobs.c.prompt != "",
    )
    .order_by(jobs.c.created_at, jobs.c.id)
)


class Paintings:
    """Looks at jobs and pictures by conversation, each only within its session."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def newest(self, session_id: str, conversation_ids: Collection[str]) -> dict[str, str]:
        """The id of the last picture painted in each of these conversations; those without one are left out."""
        rank = func.row_number().over(
            partition_by=jobs.c.conversation_id, order_by=(pictures.c.created_at.desc(), pictures.c.position)
        )
        ranked = (
            select(jobs.c.conversation_id, pictures.c.id, rank.label("place"))
            .join(pictures, pictures.c.job_id == jobs.c.id)
            .where(
                jobs.c.session_id == session_id,
                jobs.c.conversation_id.in_(conversation_ids),
                pictures.c.kind == "picture",
            )
            .subquery()
        )
        query = select(ranked.c.conversation_id, ranked.c.id).where(ranked.c.place == 1)
        return {row[0]: row[1] for row in self._database.read(lambda c: c.execute(query).fetchall())}

    def last_image(self, session_id: str, conversation_id: str) -> str | None:
        """The picture that was painted, shown or worked on last in a conversation, None where there is none yet."""
        seen = union_all(
            select(pictures.c.id, pictures.c.created_at.label("at"), pictures.c.position.label("place"))
            .join(jobs, jobs.c.id == pictures.c.job_id)
            .where(_of(jobs, session_id, conversation_id), pictures.c.kind == "picture"),
            *(
                select(pictures.c.id, used.c.created_at.label("at"), pictures.c.position.label("place"))
                .join(used, used.c.image_id == pictures.c.id)
                .where(
                    _of(used, session_id, conversation_id),
                    pictures.c.session_id == session_id,
                    pictures.c.kind.in_(WORKED_ON),
                )
                for used in (messages, jobs)
            ),
        ).subquery()
        query = select(seen.c.id).order_by(seen.c.at.desc(), seen.c.place).limit(1)
        return self._database.read(lambda connection: connection.execute(query).scalar())

    def of_replies(self, session_id: str, reply_ids: Collection[str]) -> dict[str, Painted]:
        """For each of these replies from which something was painted, the last prompt that was."""
        its = {"its_session": session_id, "replies": list(reply_ids)}
        rows = self._database.read(lambda connection: connection.execute(_OF_REPLIES, its).fetchall())
        return {row.reply_id: Painted(row.prompt, row.negative_prompt) for row in rows}

    def of_picture(self, session_id: str, picture_id: str) -> Painted | None:
        """The prompt a picture was painted from; None for an upload."""
        query = (
            select(jobs.c.prompt, jobs.c.negative_prompt)
            .join(pictures, pictures.c.job_id == jobs.c.id)
            .where(pictures.c.id == picture_id, jobs.c.session_id == session_id, jobs.c.prompt != "")
        )
        row = self._database.read(lambda connection: connection.execute(query).first())
        return Painted(row.prompt, row.negative_prompt) if row else None


def _of(table: Table, session_id: str, conversation_id: str) -> ColumnElement[bool]:
    return and_(table.c.session_id == session_id, table.c.conversation_id == conversation_id)
