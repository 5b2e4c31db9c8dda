import pytest

from artbot_server.painting.backend_lists import NAMED_BY, merged_offers, shown_options, shown_row

NET = {
    "models": ["canny [1]"], "modules": {"none": {"model_free": False}, "canny": {"model_free": True}},
    "types": {"All": {"module_list": ["none"]}}, "units": 3,
}  # fmt: skip


def offers(controlnet=None, **lists):
    return {name: [{key: each} for each in lists.get(name, ())] for name, key in NAMED_BY.items()} | {
        "controlnet": controlnet
    }


def names(rows):
    return [next(iter(row.values())) for row in rows]


@pytest.mark.parametrize(
    "path", ["/srv/webui/models/dream.safetensors", "C:\\models\\sub\\dream.safetensors", "dream.safetensors"]
)
def test_rows_show_files_without_folders(path):
    row = {"title": "sub/dream.safetensors", "filename": path, "config": path, "hash": None}
    file = "dream.safetensors"
    assert shown_row(row) == {"title": "sub/dream.safetensors", "filename": file, "config": file, "hash": None}


def test_of_a_loras_metadata_only_what_it_is_stays():
    metadata = {
        "ss_sd_model_name": "dream", "ss_network_dim": "4", "modelspec.title": "Cats", "ss_output_name": "c" * 500,
        "ss_tag_frequency": {"1_anna": {"anna": 3}}, "ss_dataset_dirs": {"/home/anna": 1}, "ss_session_id": "5",
    }  # fmt: skip
    shown = shown_row({"name": "cats", "alias": "cats", "path": "/srv/cats.pt", "metadata": metadata})
    assert shown["path"] == "cats.pt"
    assert shown["metadata"] == {"ss_sd_model_name": "dream", "ss_network_dim": "4", "modelspec.title": "Cats"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("outdir_samples", "/home/anna/pictures"), ("outdir_grids", "D:\\out"), ("outdir_save", "\\\\nas\\out"),
        ("custom_api_key", "sk-1"), ("civitai_key", "x"), ("admin_password", ""), ("hub_token", "x"), ("client_secret", "x"),
    ],
)  # fmt: skip
def test_settings_with_paths_and_keys_are_left_out(name, value):
    assert shown_options({name: value, "samples_format": "png"}) == {"samples_format": "png"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("outdir_samples", "outputs/txt2img-images"), ("keyedit_delimiters", ".,\\/!?%^*;:{}=`~() "),
        ("disable_token_counters", False), ("token_merging_ratio", 0.5), ("sd_vae", None), ("canvas_hotkey_zoom", "Alt"),
    ],
)  # fmt: skip
def test_other_settings_stay(name, value):
    assert shown_options({name: value}) == {name: value}


def test_one_backend_offers_what_it_has():
    found = merged_offers([{"name": "a"}], {"a": offers(NET, samplers=["Euler"], models=["dream"])})
    assert found["backends"] == [{"name": "a"}]
    assert found["samplers"] == [{"name": "Euler"}]
    assert found["models"] == [{"model_name": "dream", "backends": ["a"]}]
    assert (found["loras"], found["controlnet_models"], found["controlnet_units"]) == ([], ["canny [1]"], 3)
    assert list(found["controlnet_modules"]) == ["none", "canny"]
    assert list(found["controlnet_types"]) == ["All"]


def test_several_offer_what_each_has_and_any_model():
    found = merged_offers(
        [],
        {
            "a": offers(samplers=["Euler", "DDIM", "LCM"], models=["dream", "toon"], styles=["Studio"]),
            "b": offers(samplers=["DDIM", "Euler"], models=["toon"], loras=["cats"]),
        },
    )
    assert names(found["samplers"]) == ["Euler", "DDIM"]
    assert {row["model_name"]: row["backends"] for row in found["models"]} == {"dream": ["a"], "toon": ["a", "b"]}
    assert (names(found["styles"]), names(found["loras"])) == (["Studio"], ["cats"])


def test_controlnet_of_several_is_what_those_that_have_it_share():
    other = NET | {"modules": {"canny": {"model_free": True}}, "units": 1, "types": {}}
    found = merged_offers([], {"a": offers(NET), "b": offers(), "c": offers(other)})
    assert (list(found["controlnet_modules"]), found["controlnet_units"]) == (["canny"], 1)
    none = merged_offers([], {"b": offers()})
    assert (none["controlnet_models"], none["controlnet_modules"], none["controlnet_units"]) == ([], {}, 0)
