"""Which payloads are taken."""

import pytest

from artbot_server.errors import BackendFailed
from artbot_server.sd.demo.order import MAX_BATCH, SAMPLERS, SCHEDULERS, read_order


def test_an_empty_payload_is_a1111s_defaults():
    order = read_order({}, img2img=False)
    assert (order.width, order.height, order.steps, order.cfg_scale) == (512, 512, 20, 7.0)
    assert (order.sampler, order.scheduler, len(order.seeds)) == ("Euler a", "Automatic", 1)
    assert order.denoising_strength is None


def test_a_batch_counts_its_seeds_up():
    assert read_order({"seed": 41, "batch_size": 2, "n_iter": 2}, img2img=False).seeds == (41, 42, 43, 44)


def test_a_seed_of_minus_one_is_drawn():
    seeds = {read_order({"seed": -1}, img2img=False).seeds[0] for _ in range(4)}
    assert len(seeds) > 1
    assert min(seeds) >= 0


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"sampler_name": "DPM++ 2M", "scheduler": "Karras"}, ("DPM++ 2M", "Karras")),
        ({"sampler_index": "DPM++ SDE Karras"}, ("DPM++ SDE", "Karras")),
        ({"sampler_name": "DDIM"}, ("DDIM", "Automatic")),
        ({"sampler_name": "Euler", "sampler_index": "LCM"}, ("Euler", "Automatic")),
    ],
)
def test_samplers_old_and_new(fields, expected):
    order = read_order(fields, img2img=False)
    assert (order.sampler, order.scheduler) == expected
    assert expected[0] in SAMPLERS
    assert expected[1] in SCHEDULERS


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"width": 32}, "width"),
        ({"height": 4096}, "height"),
        ({"width": "512"}, "width"),
        ({"width": 512.5}, "width"),
        ({"width": True}, "width"),
        ({"steps": 0}, "steps"),
        ({"batch_size": MAX_BATCH + 1}, "batch_size"),
        ({"batch_size": 8, "n_iter": 4}, "batch_size"),
        ({"seed": -2}, "seed"),
        ({"cfg_scale": float("nan")}, "cfg_scale"),
    ],
)
def test_what_cannot_be_painted_is_refused_by_name(fields, field):
    with pytest.raises(BackendFailed) as caught:
        read_order(fields, img2img=False)
    assert caught.value.error_code == "backend_refused"
    assert caught.value.whose_fault == "client"
    assert caught.value.detail == {"retry": False, "field": field}
    assert field in caught.value.message


def test_denoising_strength_belongs_to_img2img():
    assert read_order({"denoising_strength": 0.3}, img2img=True).denoising_strength == 0.3
    assert read_order({}, img2img=True).denoising_strength == 0.75
    with pytest.raises(BackendFailed):
        read_order({"denoising_strength": 1.5}, img2img=True)
