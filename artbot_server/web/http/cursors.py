"""How a list that is told in pages goes on: a cursor names the last thing shown, so that new ones shift nothing. Pure."""

from __future__ import annotations

import math
import re
from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from artbot_server.web.fields import Query

_CURSOR = re.compile(r"(\d{1,12}(?:\.\d{1,12})?)_([\w-]{1,64})")


def cursor_of(created_at: float, thing_id: str) -> str:
    """The cursor of the last thing of a page."""
    return f"{created_at!r}_{thing_id}"


def place_of(cursor: str) -> tuple[float, str]:
    """When the thing of a cursor was made, and its id; the cursor was checked before."""
    found = _CURSOR.fullmatch(cursor)
    return (float(found[1]), found[2]) if found else (math.inf, "")


def _is_cursor(value: str) -> str:
    if not _CURSOR.fullmatch(value):
        raise PydanticCustomError("cursor", "the cursor of an earlier page")
    return value


class Page(Query):
    """Which part of a list, the newest first."""

    before: Annotated[str, Field(max_length=128), AfterValidator(_is_cursor)] | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 30

    @property
    def place(self) -> tuple[float, str] | None:
        """Where it begins, None at the newest."""
        return place_of(self.before) if self.before else None
