"""RobotChat's ArtBot over HTTP: what the backend offers, its settings, how far it is, ControlNet's lists and maps."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from typing import Any

from pydantic import BaseModel

from artbot_server.painting.backend_questions import BackendQuestions
from artbot_server.painting.jobs import Job, JobState
from artbot_server.painting.pictures import picture_json
from artbot_server.web.http import art_bot_shapes as shapes
from artbot_server.web.http.art_bot_bodies import DetectInPictures, NewOptions, OneBackend, OneProgress
from artbot_server.web.http.art_bot_orders import decoded
from artbot_server.web.http.records import Nothing
from artbot_server.web.http.routes import Act, Answer, Call, Route
from artbot_server.web.http.waiting import named_as
from artbot_server.web.services import Services

SD = "/api/v1/art-bot/sd"
Tell = Callable[[BackendQuestions, str | None], Mapping[str, Any]]
NOTHING_RUNS = {
    "progress": 0.0,
    "eta_relative": 0.0,
    "state": {
        "skipped": False,
        "interrupted": False,
        "job": "",
        "job_count": 0,
        "job_no": 0,
        "sampling_step": 0,
        "sampling_steps": 0,
    },
    "current_image": None,
}


def _asked(tell: Tell) -> Act:
    """A route that hands on what the backend says."""

    def act(services: Services, call: Call) -> Answer:
        return tell(services.backend, call.query.backend)

    return act


def ping(services: Services, call: Call) -> Answer:
    return {"message": "pong"}


def set_options(services: Services, call: Call) -> Answer:
    asked: NewOptions = call.body
    services.backend.set_options(asked.model_extra or {}, call.query.backend)
    return {}


def progress(services: Services, call: Call) -> Answer:
    """How far the caller's own job is; whoever has none sees the backend's numbers, and nobody else's preview."""
    job = _own_job(services, call)
    if job is None:
        return {**services.backend.progress(), "current_image": None}
    if job.state is not JobState.RUNNING:
        return {**NOTHING_RUNS, "progress": job.progress}
    told = services.backend.progress(job.backend, picture=True)
    if services.jobs.get(job.id, call.session_id).seq != job.seq:  # the preview may be the next job's
        told["current_image"] = None
    return {**told, "state": {**told["state"], "job": job.id}}


def _own_job(services: Services, call: Call) -> Job | None:
    asked: OneProgress = call.query
    if asked.job_id is not None:
        return services.jobs.get(asked.job_id, call.session_id)
    own = [job for job in services.jobs.of_session(call.session_id) if not job.ended]
    return next((job for job in own if job.state is JobState.RUNNING), next(iter(own), None))


def detect(services: Services, call: Call) -> Answer:
    asked: DetectInPictures = call.body
    uploads = []
    for image in asked.controlnet_input_images:
        services.upload_limit.count(call.session_id)
        data = decoded("controlnet_input_images", image)
        with named_as(lambda _ours: "controlnet_input_images"):
            uploads.append(services.keep_upload(call.session_id, "image", data).id)
    with named_as(lambda ours: f"controlnet_{ours}"):
        maps = services.backend.detect(
            call.session_id,
            uploads,
            asked.controlnet_module,
            processor_res=asked.controlnet_processor_res,
            threshold_a=asked.controlnet_threshold_a,
            threshold_b=asked.controlnet_threshold_b,
        )
    images = [base64.b64encode(services.pictures.read(picture)).decode() for picture in maps]
    return {
        "Res": {"images": images, "info": "Success"},
        "maps": [picture_json(picture, services.sign) for picture in maps],
    }


def _settings(asked: BackendQuestions, backend: str | None) -> Mapping[str, Any]:
    told = asked.controlnet_settings(backend)
    return {**told, "control_net_max_models_num": told["control_net_unit_count"]}  # RobotChat's older name


def _list(path: str, tell: Tell, about: str, answer: type[BaseModel]) -> Route:
    return Route("GET", SD + path, _asked(tell), about, query=OneBackend, answer=answer)


ROUTES = (
    Route("GET", "/ping", ping, "Whether this server answers at all; /healthz tells more.", answer=shapes.Pong),
    _list("/model/list", lambda asked, at: {"Models": asked.models(at)}, "Its checkpoints.", shapes.Checkpoints),
    _list("/sampler/list", lambda asked, at: {"Samplers": asked.samplers(at)}, "Its samplers.", shapes.Samplers),
    _list("/lora/list", lambda asked, at: {"Loras": asked.loras(at)}, "Its LoRAs.", shapes.Loras),
    Route(
        "POST",
        SD + "/lora/refresh",
        _asked(lambda asked, at: {"Loras": asked.refresh_loras(at)}),
        "Have the backend look for LoRAs on its disk again; answers with the new list.",
        query=OneBackend,
        answer=shapes.Loras,
    ),
    Route(
        "GET",
        SD + "/progress",
        progress,
        "How far the caller's job is, in A1111's shape; without one, what the backend is at.",
        query=OneProgress,
        answer=shapes.ProgressAnswer,
    ),
    _list("/options", BackendQuestions.options, "Its settings, without paths and keys.", shapes.BackendOptions),
    Route(
        "POST",
        SD + "/options",
        set_options,
        "Change its settings for everybody.",
        body=NewOptions,
        query=OneBackend,
        answer=Nothing,
        operator=True,
    ),
    _list("/controlnet/model/list", BackendQuestions.controlnet_models, "ControlNet's models.", shapes.ModelList),
    _list("/controlnet/module/list", BackendQuestions.controlnet_modules, "ControlNet's modules.", shapes.ModuleList),
    _list(
        "/controlnet/control-type/list", BackendQuestions.controlnet_types, "ControlNet's kinds.", shapes.ControlTypes
    ),
    _list(
        "/controlnet/version", BackendQuestions.controlnet_version, "ControlNet's version.", shapes.ControlNetVersion
    ),
    _list("/controlnet/settings", _settings, "How many units ControlNet takes.", shapes.ControlNetSettings),
    Route(
        "POST",
        SD + "/controlnet/detect",
        detect,
        "What a ControlNet module makes of pictures; `Res.images` are base64.",
        body=DetectInPictures,
        answer=shapes.Detected,
    ),
)
