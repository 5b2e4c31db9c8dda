"""The shapes of what RobotChat's ArtBot routes answer; names and spelling are RobotChat's and A1111's."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from artbot_server.web.http.records import Images, JobRecord, PictureRecord, SubstitutionRecord


class PaintedAnswer(Images):
    """A1111's answer: `info` is JSON in a text. `substituted` tells what came out otherwise than asked."""

    parameters: dict[str, Any]
    info: str
    job_id: str
    substituted: list[SubstitutionRecord]


class MetaData(BaseModel):
    """RobotChat's MetaData; `requestData` is the request without its pictures."""

    errMsg: str  # noqa: N815
    errorCode: str  # noqa: N815
    robot: str
    conversation: str
    customerId: str  # noqa: N815
    requestData: dict[str, Any]  # noqa: N815


class RobotMessage(BaseModel):
    """RobotChat's Message; `messageType` 0: it began with a text, 1: with a picture."""

    id: str
    createdAt: str  # noqa: N815
    updatedAt: str  # noqa: N815
    modelType: str  # noqa: N815
    messageType: Literal[0, 1]  # noqa: N815
    author: str
    content: dict[str, Any]
    metadata: MetaData


class QueuedAnswer(BaseModel):
    """RobotChat's Job, and ours."""

    id: str
    payload: RobotMessage
    job: JobRecord


class Pong(BaseModel):
    """A sign of life."""

    message: Literal["pong"]


class OpenRow(BaseModel):
    """One thing that can be chosen; A1111 may tell more of it."""

    model_config = ConfigDict(extra="allow")


class ModelRow(OpenRow):
    """A checkpoint; the hash is known once it was loaded."""

    title: str
    model_name: str
    hash: str | None
    filename: str
    config: str | None


class Checkpoints(BaseModel):
    """Checkpoints."""

    Models: list[ModelRow]


class SamplerRow(OpenRow):
    """A sampler."""

    name: str
    aliases: list[str]
    options: dict[str, Any]


class Samplers(BaseModel):
    """Samplers."""

    Samplers: list[SamplerRow]


class LoraRow(OpenRow):
    """A LoRA."""

    name: str
    alias: str | None
    path: str
    metadata: dict[str, Any]


class Loras(BaseModel):
    """LoRAs."""

    Loras: list[LoraRow]


class ProgressState(OpenRow):
    """What a backend is at; `job` is our job's id where it is the caller's."""

    skipped: bool
    interrupted: bool
    job: str
    job_count: int
    job_no: int
    sampling_step: int
    sampling_steps: int


class ProgressAnswer(OpenRow):
    """`progress` 0 to 1, `eta_relative` seconds, `current_image` base64 of a preview."""

    progress: float
    eta_relative: float
    state: ProgressState
    current_image: str | None


class BackendOptions(OpenRow):
    """Settings by name."""


class ModelList(BaseModel):
    """ControlNet's models."""

    model_list: list[str]


class ModuleList(BaseModel):
    """ControlNet's modules."""

    module_list: list[str]
    module_detail: dict[str, Any]


class ControlTypes(BaseModel):
    """Which modules and models go together."""

    control_types: dict[str, Any]


class ControlNetVersion(BaseModel):
    """ControlNet's version."""

    version: int


class ControlNetSettings(BaseModel):
    """How many units, by both of its names."""

    control_net_unit_count: int
    control_net_max_models_num: int


class DetectedMaps(BaseModel):
    """The maps as base64."""

    images: list[str]
    info: str


class Detected(BaseModel):
    """RobotChat's `Res`, and the same maps as kept pictures."""

    Res: DetectedMaps
    maps: list[PictureRecord]
