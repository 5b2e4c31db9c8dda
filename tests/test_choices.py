from pathlib import Path

import pytest

from artbot_server.choices import automatic1111, choose_addresses, choose_backends, choose_engine
from artbot_server.config import load_settings
from artbot_server.errors import BadRequest


def settings(**environ):
    return load_settings(environ, Path("/nowhere/.env"))


def test_without_a_key_the_demo_writer_answers():
    engine, engine_for = choose_engine(settings())
    assert (engine.demo, engine.name) == (True, "demo")
    assert engine_for(None) is engine
    assert engine_for("") is engine


def test_a_callers_own_key_goes_to_a_real_engine():
    _, engine_for = choose_engine(settings())
    assert not engine_for("sk-mine").demo
    assert engine_for("sk-mine") is engine_for("sk-yours")


@pytest.mark.parametrize("given", [{"OPENAI_API_KEY": "sk-1"}, {"OPENAI_BASE_URL": "http://127.0.0.1:9/v1"}])
def test_a_key_or_an_address_chooses_the_real_engine_for_everybody(given):
    engine, engine_for = choose_engine(settings(**given))
    assert not engine.demo
    assert engine_for(None) is engine
    assert engine_for("sk-mine") is engine


def test_the_models_that_may_be_asked_for_are_passed_on():
    engine, _ = choose_engine(settings(OPENAI_API_KEY="sk-1", ARTBOT_MODELS="small, large"))
    assert engine.models == ("small", "large")


def test_without_an_address_the_demo_painter_paints():
    [backend] = choose_backends(settings())
    assert (backend.demo, backend.kind) == (True, "demo")


def test_each_address_is_a_backend_in_its_order():
    asked = settings(ARTBOT_SD_URL="http://one:7860, demo:, https://two", ARTBOT_SD_AUTH="me:hidden")
    backends = choose_backends(asked)
    assert [backend.demo for backend in backends] == [False, True, False]
    assert [backend.kind for backend in backends] == ["automatic1111", "demo", "automatic1111"]
    names = [backend.name for backend in backends]
    assert "one" in names[0]
    assert "two" in names[2]
    assert len(set(names)) == 3
    assert "hidden" not in str(names)


@pytest.mark.parametrize("url", ["", "127.0.0.1:7860", "ftp://one"])
def test_what_is_no_address_of_a_web_ui_is_refused(url):
    with pytest.raises(BadRequest, match="no address"):
        automatic1111(url)


def test_names_weights_and_bounds_come_from_the_settings():
    asked = settings(ARTBOT_SD_URL="http://one:7860/#name=big&weight=2, demo:#name=spare")
    assert [backend.name for backend in choose_backends(asked)] == ["big", "spare"]
    assert [(one.url, one.weight) for one in choose_addresses(asked)] == [("http://one:7860", 2.0), ("demo:", 1.0)]
    assert [one.name for one in choose_addresses(settings())] == ["demo"]
