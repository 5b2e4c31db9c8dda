"""How hooks are called: one after the other, and whatever one raises costs the one job or reply it was called for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import reduce
from typing import TypeVar

import structlog

from artbot_server.errors import ArtbotError
from artbot_server.hooks.record import BeforePaint, BeforeReply, Hooks
from artbot_server.llm.base import ChatRequest, ReplyEnd
from artbot_server.painting.jobs import Job, JobState
from artbot_server.painting.orders import PaintOrder
from artbot_server.painting.pictures import StoredPicture

T = TypeVar("T")

log = structlog.get_logger()


def ordered(hooks: Hooks, session_id: str, order: PaintOrder) -> PaintOrder:
    """What `before_paint` makes of an order; its `job_id` stays.

    Raises:
        ArtbotError: what a hook raised to refuse it, or `internal` naming the hook that failed.
    """

    def step(given: PaintOrder, hook: BeforePaint) -> PaintOrder:
        return _made(hook, PaintOrder, session_id, given)

    return replace(reduce(step, hooks.before_paint, order), job_id=order.job_id)


def asked(hooks: Hooks, request: ChatRequest) -> ChatRequest:
    """What `before_reply` makes of a request. Raises as `ordered`."""

    def step(given: ChatRequest, hook: BeforeReply) -> ChatRequest:
        return _made(hook, ChatRequest, given)

    return reduce(step, hooks.before_reply, request)


def ended(hooks: Hooks, job: Job, pictures: Sequence[StoredPicture]) -> None:
    """Tell the hooks of a job's end; the others also after one that raised."""
    if job.state is JobState.DONE:
        _tell(hooks.after_paint, job, pictures)
    else:
        _tell(hooks.on_error, job)


def replied(hooks: Hooks, request: ChatRequest, text: str, end: ReplyEnd) -> None:
    """Tell the hooks of a reply's end; the others also after one that raised."""
    _tell(hooks.after_reply, request, text, end)


def _made(hook: Callable[..., object], kind: type[T], *arguments: object) -> T:
    made = _call(hook, *arguments)
    if not isinstance(made, kind):
        log.error("hook_failed", hook=_name(hook), reason=f"it gave {type(made).__name__} instead of {kind.__name__}")
        raise _fault(hook)
    return made


def _tell(hooks: Sequence[Callable[..., object]], *arguments: object) -> None:
    for hook in hooks:
        try:
            _call(hook, *arguments)
        except ArtbotError as error:
            log.warning("hook_raised", hook=_name(hook), code=error.error_code, reason=error.message)


def _call(hook: Callable[..., T], *arguments: object) -> T:
    try:
        return hook(*arguments)
    except ArtbotError:
        raise
    except Exception as error:  # Somebody else's code: whatever it raises costs no more than this call.
        log.exception("hook_failed", hook=_name(hook))
        raise _fault(hook) from error


def _fault(hook: Callable[..., object]) -> ArtbotError:
    name = _name(hook)
    return ArtbotError(f"The hook {name} that this server was given failed; it is in its log.", hook=name)


def _name(hook: Callable[..., object]) -> str:
    return str(getattr(hook, "__qualname__", type(hook).__qualname__))
