"""What the pure tests share: the fake's lists as offers, small payloads and answers."""

import json

from artbot_server.sd.automatic1111.offers import OPTIONAL_LISTS, REQUIRED_LISTS, Offers, read_offers
from artbot_server.sd.automatic1111.order import Order, prepare
from artbot_server.sd.base import Payload
from tests.sd.fake_automatic1111.drawing import base64_png
from tests.sd.fake_automatic1111.lists import CHECKPOINTS, OPTIONS, checkpoint_row, fixed_lists

IMAGE = base64_png((64, 64), 3, "")


def lists(**changed) -> dict:
    """The fake's lists by name, as `read_offers` takes them."""
    fixed = fixed_lists(controlnet=True)
    fixed["/sdapi/v1/sd-models"] = [checkpoint_row(name, {"tiny-a"}) for name in CHECKPOINTS]
    fixed["/sdapi/v1/options"] = OPTIONS
    return {name: fixed.get(path) for name, path in (REQUIRED_LISTS | OPTIONAL_LISTS).items()} | changed


def offers(**changed) -> Offers:
    return read_offers(lists(**changed))


def order(mode: str = "txt2img", **fields) -> Order:
    fields = {"prompt": "a cat", "width": 64, "height": 64} | fields
    return prepare(Payload(mode, fields), offers(), "job-1")


def unit(**fields) -> dict:
    return {"enabled": True, "module": "canny", "model": "control_canny", "image": IMAGE} | fields


def infotext(seed: int = 5, sampler: str = "Euler", schedule: str = "Automatic") -> str:
    return (
        f"a cat\nNegative prompt: dog, Seed: 1\nSteps: 4, Sampler: {sampler}, Schedule type: {schedule}, CFG scale: 7.0, "
        f"Seed: {seed}, Size: 64x64, Model hash: 3558b431d3, Model: tiny-a, Version: v1.10.1"
    )


def answer(seeds=(5,), *, size=(64, 64), front=(), behind=(), **info) -> dict:
    """An answer of txt2img: one picture a seed, base64 in front of and behind them."""
    texts = [infotext(seed) for seed in seeds]
    full = {
        "all_seeds": list(seeds),
        "infotexts": [*[texts[0]] * len(front), *texts],
        "index_of_first_image": len(front),
        "sampler_name": "Euler",
        "sd_model_name": "tiny-a",
        "sd_model_hash": "3558b431d3",
        "sd_vae_name": None,
        "extra_generation_params": {},
        "job_timestamp": "20260101000000",
    }
    images = [base64_png(size, seed, text) for seed, text in zip(seeds, texts, strict=True)]
    return {"images": [*front, *images, *behind], "parameters": {}, "info": json.dumps(full | info)}
