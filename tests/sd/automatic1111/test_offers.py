"""The server's lists become what payloads are held against."""

import pytest

from tests.sd.automatic1111.samples import lists, offers
from tests.sd.fake_automatic1111.lists import MODULES


def test_abilities_hold_names_without_paths():
    abilities = offers().abilities()
    assert "Euler a" in abilities.samplers
    assert "Karras" in abilities.schedulers
    assert abilities.models == ("tiny-a", "tiny-b")
    assert abilities.loras == ("tiny-lora", "cat-lora")
    assert abilities.styles == ("Studio",)
    assert abilities.upscalers == ("Latent", "None", "Lanczos", "R-ESRGAN 4x+", "4x-Tiny")
    assert offers().ready_upscalers == ("4x-Tiny",)
    assert abilities.vaes == ("tiny.vae.pt",)
    assert {"loras", "controlnet", "refiner_checkpoint", "s_noise"} <= set(abilities.fields)
    assert "controlnet" not in offers(controlnet_models=None).abilities().fields
    assert abilities.controlnet_models == ("control_canny [a5ab0164]",)
    assert "canny" in abilities.controlnet_modules
    assert abilities.loaded_model == "tiny-a"
    assert "/srv" not in repr(abilities)


@pytest.mark.parametrize(
    "hidden", ["script_name", "script_args", "alwayson_scripts", "save_images", "force_task_id", "infotext"]
)
def test_users_cannot_set_what_reaches_beyond_the_picture(hidden):
    assert hidden not in offers().abilities().fields


def test_lists_that_an_older_or_other_server_has_not():
    missing = dict.fromkeys(("schedulers", "vaes", "loras", "styles", "upscalers", "latent", "scripts", "options"))
    found = offers(**missing, controlnet_models=None)
    assert found.schedulers == ()
    assert (found.vaes, found.loras, found.styles, found.upscalers) == (None,) * 4
    assert (found.scripts, found.options, found.controlnet) == (None,) * 3
    assert found.abilities().loaded_model is None


def test_a_server_without_any_lora_is_not_one_that_does_not_tell():
    assert offers(loras=[]).loras == ()


def test_forge_lists_modules_in_the_place_of_vaes():
    found = offers(vaes=None, modules=[{"model_name": "ae.safetensors", "filename": "C:\\models\\ae.safetensors"}])
    assert found.vaes == ("ae.safetensors",)


@pytest.mark.parametrize(
    "broken", [{"samplers": [1]}, {"samplers": 5}, {"checkpoints": [{}]}, {"scripts": {"txt2img": []}}]
)
def test_lists_of_another_shape_are_an_error(broken):
    with pytest.raises((TypeError, KeyError, AttributeError)):
        offers(**broken)


def test_controlnets_modules_go_by_the_names_of_its_page_too():
    aliases = {"module_list": ["canny", "depth_midas"], "module_detail": {"depth_midas": {"model_free": True}}}
    net = offers(controlnet_aliases=aliases).controlnet
    assert net.modules == (*MODULES, "depth_midas")
    assert net.model_free == {"reference_only", "depth_midas"}


def test_the_count_of_controlnet_units_has_a_default():
    assert offers(controlnet_settings=None).controlnet.units == 3
    assert offers(controlnet_settings={"control_net_unit_count": 1}).controlnet.units == 1


def test_options_that_cannot_be_read_are_not_known():
    assert offers(options=None).options is None
    assert lists()["options"]
