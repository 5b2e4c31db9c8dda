"""Which hooks there are. Only the record; docs/embedding.md says what each is promised."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from artbot_server.llm.base import ChatRequest, ReplyEnd
from artbot_server.painting.jobs import Job
from artbot_server.painting.orders import PaintOrder
from artbot_server.painting.pictures import StoredPicture

BeforePaint = Callable[[str, PaintOrder], PaintOrder]
AfterPaint = Callable[[Job, Sequence[StoredPicture]], None]
OnError = Callable[[Job], None]
BeforeReply = Callable[[ChatRequest], ChatRequest]
AfterReply = Callable[[ChatRequest, str, ReplyEnd], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hooks:
    """Lists of plain functions, each called in its order, in the web process.

    Attributes:
        before_paint: `(session_id, order)` gives the order to paint, before it is checked and queued; raises an
            `ArtbotError` to refuse it. Not called again for a `job_id` that is known.
        after_paint: `(job, pictures)` of a job that is done.
        on_error: `(job)` of a job that failed (`job.error`) or was cancelled (`job.state`). Each job that ends gets
            `after_paint` or `on_error`, once.
        before_reply: `(request)` gives the request that the model gets; raises an `ArtbotError` to refuse it.
        after_reply: `(request, text, end)` of a reply that came to its end.
    """

    before_paint: Sequence[BeforePaint] = ()
    after_paint: Sequence[AfterPaint] = ()
    on_error: Sequence[OnError] = ()
    before_reply: Sequence[BeforeReply] = ()
    after_reply: Sequence[AfterReply] = ()
