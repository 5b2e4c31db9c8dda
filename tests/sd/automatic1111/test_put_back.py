"""Overridden options are afterwards as they were, whatever the server does about it itself."""

import pytest

from artbot_server.errors import BackendFailed
from artbot_server.sd.automatic1111.put_back import still_changed
from tests.sd.automatic1111.painting import LONG, advance, paint, payload

OPTIONS = "/sdapi/v1/options"
VAE = {"override_settings": {"sd_vae": "tiny.vae.pt", "CLIP_stop_at_last_layers": 2}}


def test_what_stayed_changed_is_written_back(fake, backend):
    result = paint(backend, **VAE)
    assert result.substituted == ()
    assert "VAE: tiny.vae.pt" in result.pictures[0].infotext
    assert "Clip skip: 2" in result.pictures[0].infotext
    assert fake.bodies(OPTIONS) == [{"sd_vae": "Automatic", "CLIP_stop_at_last_layers": 1}]
    assert fake.painter.options["sd_vae"] == "Automatic"
    assert "VAE" not in paint(backend, "job-2").pictures[0].infotext


def test_what_the_server_puts_back_itself_is_left_alone(fake, backend):
    paint(backend, **VAE)
    paint(backend, "job-2", **VAE)  # saved now, so the server does it
    assert len(fake.bodies(OPTIONS)) == 1
    paint(backend, "job-3", override_settings={"sd_model_checkpoint": "tiny-b"})
    assert len(fake.bodies(OPTIONS)) == 1


def test_also_after_a_failure_and_after_closing(fake, backend):
    painting = backend.paint(payload(**LONG, **VAE), "job-1")
    advance(painting)
    painting.close()
    assert fake.painter.options["sd_vae"] == "Automatic"
    fake.change = lambda answer: answer | {"images": []}
    with pytest.raises(BackendFailed):
        paint(backend, "job-2", override_settings={"eta_noise_seed_delta": 31337})
    assert fake.painter.options["eta_noise_seed_delta"] == 0


def test_pictures_are_worth_more_than_options(fake, backend):
    fake.fault(OPTIONS, "pass", "pass", "close")
    assert paint(backend, **VAE).pictures


@pytest.mark.parametrize(
    ("before", "now", "back"),
    [
        ({"sd_vae": "a"}, {"sd_vae": "b"}, {"sd_vae": "a"}),
        ({"sd_vae": "a"}, {"sd_vae": "a"}, {}),
        ({"sd_vae": "a"}, {"sd_vae": "c"}, {}),  # somebody chose another one meanwhile
        ({"sd_vae": "b"}, {"sd_vae": "b"}, {}),
        ({"sd_vae": "a"}, {}, {}),
    ],
)
def test_only_what_is_ours_is_put_back(before, now, back):
    assert still_changed(before, {"sd_vae": "b"}, now) == back
