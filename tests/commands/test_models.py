import json

from tests.commands.run_artbot import artbot
from tests.sd.fake_automatic1111 import FakeAutomatic1111


def test_the_demo_painters_lists(tmp_path):
    code, out, err = artbot("models", folder=tmp_path)
    assert (code, err) == (0, "")
    assert out.startswith("demo (demo)\n")
    assert "\nmodels:\n  demo painter\n" in out
    assert "\nsamplers:\n  Euler a\n" in out


def test_a_web_uis_lists_for_scripts(tmp_path):
    with FakeAutomatic1111() as fake:
        code, out, _ = artbot("models", "--json", folder=tmp_path, ARTBOT_SD_URL=fake.url)
    told = json.loads(out)
    assert code == 0
    assert told["ok"] is True
    assert told["loaded_model"] in told["models"]
    assert "Karras" in told["schedulers"]
    assert "Euler a" in told["samplers"]


def test_a_server_that_is_away_is_named(tmp_path):
    code, out, err = artbot("models", folder=tmp_path, ARTBOT_SD_URL="http://127.0.0.1:9")
    assert (code, out) == (1, "")
    assert "127.0.0.1:9" in err
