"""The shapes of the HTTP API's answers, for its description; docs/protocol.md says what the fields mean."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel

from artbot_server.sd.base import Mode


class PictureRecord(BaseModel):
    """The `picture` record."""

    id: str
    url: str
    thumbnail_url: str
    mime: str
    width: int
    height: int
    bytes: int
    seed: int | None
    infotext: str
    shared_url: str | None


class ErrorRecord(BaseModel):
    """What went wrong; `detail` holds `fault` and often `field` and `allowed`."""

    code: str
    message: str
    detail: dict[str, Any]


class KeptPicture(PictureRecord):
    """A picture with where it comes from; an upload or a mask has no job."""

    kind: Literal["picture", "grid", "map", "upload", "mask"]
    job_id: str | None
    batch_id: str | None
    created_at: float


class PicturePage(BaseModel):
    """A part of a session's pictures; `cursor` is `before` of the next part, null at the end."""

    images: list[KeptPicture]
    cursor: str | None


class SubstitutionRecord(BaseModel):
    """What came out otherwise than asked."""

    field: str
    asked: Any
    got: Any


class JobRecord(BaseModel):
    """The `job` record."""

    job_id: str
    state: Literal["queued", "running", "done", "failed", "cancelled"]
    seq: int
    attempt: int
    backend: str | None
    failed_on: list[str]
    error: ErrorRecord | None
    substituted: list[SubstitutionRecord]
    conversation_id: str | None
    reply_id: str | None
    client_sid: str | None
    folder: str
    template: str
    mode: Mode
    prompt: str
    negative_prompt: str
    overrides: dict[str, Any]
    image_id: str | None
    width: int
    height: int
    count: int
    progress: float
    step: int | None
    steps: int | None
    created_at: float
    started_at: float | None
    ended_at: float | None
    batch_id: str | None
    label: str | None
    place: int | None
    position: int | None
    eta_s: float | None
    images: list[PictureRecord]
    grid: PictureRecord | None


class JobPage(BaseModel):
    """A part of a session's jobs; `cursor` is `before` of the next part, null at the end."""

    jobs: list[JobRecord]
    cursor: str | None


class ShareRecord(BaseModel):
    """The address under which anybody may see a picture, null when nobody may."""

    url: str | None


class SessionRecord(BaseModel):
    """A new session; who has its token is in it."""

    session_id: str
    token: str


class SessionTallyRecord(BaseModel):
    """A session's owner sees how much it holds; `created_at` is null while that is nothing."""

    session_id: str
    created_at: float | None
    conversations: int
    jobs: int
    images: int
    image_bytes: int


class OneSession(BaseModel):
    session: SessionTallyRecord


class SessionExport(OneSession):
    """`conversations` are as each one's own export; `jobs` are those of no conversation."""

    exported_at: float
    conversations: list[dict[str, Any]]
    jobs: list[dict[str, Any]]


class ErrorAnswer(BaseModel):
    """Every error's JSON."""

    ok: Literal[False]
    error: ErrorRecord


class Nothing(BaseModel):
    """Only `ok`."""


class Images(BaseModel):
    """Pictures as base64, in their order."""

    images: list[str]


class BackendRecord(BaseModel):
    """What can be chosen; rows of lists are as A1111's API gives them."""

    backends: list[dict[str, Any]]
    models: list[dict[str, Any]]
    samplers: list[dict[str, Any]]
    schedulers: list[dict[str, Any]]
    loras: list[dict[str, Any]]
    embeddings: list[dict[str, Any]]
    styles: list[dict[str, Any]]
    upscalers: list[dict[str, Any]]
    vaes: list[dict[str, Any]]
    controlnet_models: list[str]
    controlnet_modules: dict[str, Any]
    controlnet_types: dict[str, Any]
    controlnet_units: int
    fields: list[str]


class OperatorsBackend(BaseModel):
    """A backend as whoever runs the server is told; `model`: loaded now, `seen_at`: last heard of or asked."""

    name: str
    kind: str
    demo: bool
    up: bool
    drained: bool
    weight: float
    model: str | None
    models: list[str]
    job_id: str | None
    seen_at: float


class RosterRecord(BaseModel):
    """All backends."""

    backends: list[OperatorsBackend]


class OneBackendRecord(BaseModel):
    """One backend, after what was done."""

    backend: OperatorsBackend


class CaptionRecord(BaseModel):
    """A picture in words."""

    caption: str


class MapsRecord(BaseModel):
    """Maps of pictures."""

    images: list[PictureRecord]
