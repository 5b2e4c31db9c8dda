import ipaddress
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

from artbot_server.callbacks.places import Place
from artbot_server.config import PROJECT_ROOT, Settings, environment_of, load_settings
from artbot_server.errors import ConfigError

NO_FILE = Path("/nowhere/.env")

# Setting, default, good values as written and read, wrong values and what their sentence says.
TABLE = [
    ("ARTBOT_HOST", "127.0.0.1", {"0.0.0.0": "0.0.0.0", "::1": "::1"}, {}),
    (
        "ARTBOT_PORT",
        5001,
        {"0": 0, "65535": 65535, " 80 ": 80},
        dict.fromkeys(["-1", "65536", "http", "80.5"], "0 to 65535"),
    ),
    ("ARTBOT_DATA_DIR", PROJECT_ROOT / "data", {"/srv/art": Path("/srv/art"), "~/a": Path.home() / "a"}, {}),
    ("ARTBOT_TEMPLATES_DIR", PROJECT_ROOT / "sd_templates", {"/srv/t": Path("/srv/t")}, {}),
    ("ARTBOT_STATIC_DIR", PROJECT_ROOT / "static", {"/srv/s": Path("/srv/s")}, {}),
    ("ARTBOT_DATABASE_URL", "", {"postgresql://a@b/c": "postgresql://a@b/c"}, {}),
    (
        "ARTBOT_REDIS_URL",
        "",
        {"redis://h:6379/1": "redis://h:6379/1", "rediss://u:p@h/": "rediss://u:p@h"},
        {"h:6379": "redis://host:port", "http://h": "redis://host:port"},
    ),
    (
        "ARTBOT_ASYNC_MODE",
        "eventlet",
        {"gevent": "gevent", "threading": "threading"},
        dict.fromkeys(["asyncio", "Eventlet"], "one of eventlet, gevent, threading"),
    ),
    ("OPENAI_API_KEY", "", {"sk-1": "sk-1"}, {}),
    (
        "OPENAI_BASE_URL",
        "",
        {"http://127.0.0.1:8080/v1/": "http://127.0.0.1:8080/v1", "https://api.x/v1": "https://api.x/v1"},
        dict.fromkeys(["api.x/v1", "ftp://x", "http://"], "http://host:port"),
    ),
    ("ARTBOT_MODELS", (), {"a": ("a",), "a, b ,,c": ("a", "b", "c"), "a\nb": ("a", "b")}, {}),
    (
        "ARTBOT_SD_URL",
        (),
        {"demo:, https://b": ("demo:", "https://b"), "http://a#name=x&weight=2": ("http://a#name=x&weight=2",)},
        dict.fromkeys(["a:7860", "http://a, ws://b", "file:///x"], "http://host:7860")
        | {
            "http://a#weight=big": "not 'big'",
            "http://a#size=2": "not 'size'",
            "demo:, demo:": "two are called 'demo'",
        },
    ),
    ("ARTBOT_SD_AUTH", "", {"me:pass:word": "me:pass:word"}, {"password": "user:password"}),
    ("ARTBOT_SD_STALL_S", 180.0, {"1": 1.0, "600.5": 600.5}, dict.fromkeys(["0", "soon"], "1 to 86400")),
    ("ARTBOT_SD_LIMIT_S", 1800.0, {"60": 60.0}, dict.fromkeys(["0", "604801"], "1 to 604800")),
    ("ARTBOT_ACCESS_KEY", "", {"open": "open"}, {}),
    ("ARTBOT_OPERATOR_KEY", "", {"op": "op"}, {}),
    (
        "ARTBOT_ALLOWED_ORIGINS",
        (),
        {"*": ("*",), "https://a.com/, http://b:8000": ("https://a.com", "http://b:8000")},
        dict.fromkeys(["a.com", "https://a.com/page", "ftp://a.com"], "https://example.com"),
    ),
    (
        "ARTBOT_TRUSTED_PROXIES",
        (),
        {
            "10.0.0.0/8, ::1": (ipaddress.ip_network("10.0.0.0/8"), ipaddress.ip_network("::1")),
            "10.1.2.3/8": (ipaddress.ip_network("10.0.0.0/8"),),
        },
        dict.fromkeys(["proxy.local", "10.0.0.0/99", "10.0.0"], "10.0.0.0/8"),
    ),
    ("ARTBOT_QUEUE_LIMIT", 100, {"1": 1, "100000": 100_000}, dict.fromkeys(["0", "100001", "many"], "1 to 100000")),
    ("ARTBOT_CHAT_LIMIT", 20, {"0": 0}, dict.fromkeys(["-1", "1.5"], "0 to 100000")),
    (
        "ARTBOT_PREFIX",
        "",
        {"/art": "/art", "/a/b/": "/a/b", "/": ""},
        {"art": "a path such as /art", "//art": "a path", "/a b": "a path", "/a/../b": "a path"},
    ),
    (
        "ARTBOT_PUBLIC_URL",
        "",
        {"https://example.com/art/": "https://example.com/art"},
        {"example.com": "an address such as http://host:port or https://host:port"},
    ),
    (
        "ARTBOT_CALLBACK_URL",
        "",
        {"http://10.0.0.5/ended/?x=1": "http://10.0.0.5/ended/?x=1"},
        {"hooks": "an address such as", "https://me:secret@example.com/": "without a password"},
    ),
    (
        "ARTBOT_CALLBACK_ALLOW",
        (),
        {
            "https://a.example, *.b.example,private:http://c": (
                Place("https", "a.example", 443, False),
                Place("https", "*.b.example", 443, False),
                Place("http", "c", 80, True),
            )
        },
        {"https://a.example/path": "entries such as", "ftp://a": "separated by commas"},
    ),
    ("ARTBOT_CALLBACK_SECRET", "", {"green-otter": "green-otter"}, {}),
    ("ARTBOT_CALLBACK_IMAGES", "url", {"base64": "base64"}, {"both": "one of url, base64"}),
    ("ARTBOT_WORKER", "child", {"none": "none"}, {"2": "one of child, none"}),
    ("ARTBOT_SAVE_DIR", None, {"/tmp/saved": Path("/tmp/saved")}, {}),
    ("ARTBOT_PICTURES", "", {"s3://art/p": "s3://art/p"}, dict.fromkeys(["art", "https://art", "s3://"], "s3://name")),
    (
        "ARTBOT_PICTURES_ENDPOINT",
        "",
        {"http://store:9000/": "http://store:9000"},
        {"store:9000": "an address such as http://host:port or https://host:port"},
    ),
    ("ARTBOT_LEASE_S", 20.0, {"1": 1.0, "2.5": 2.5}, dict.fromkeys(["0", "601", "nan", "inf", "soon"], "1 to 600")),
    ("ARTBOT_DEMO_PACE", 1.0, {"0": 0.0, "0.1": 0.1}, dict.fromkeys(["-1", "11", "nan"], "0 to 10")),
    ("ARTBOT_LOG_LEVEL", "info", {"debug": "debug"}, dict.fromkeys(["INFO", "loud"], "one of debug, info")),
]

NAMES = {setting.metadata["env"]: setting.name for setting in fields(Settings)}


def read(**environ):
    return load_settings(environ, NO_FILE)


def test_the_table_above_has_every_setting():
    assert [row[0] for row in TABLE] == list(NAMES)


@pytest.mark.parametrize(("env", "default"), [row[:2] for row in TABLE])
def test_what_is_not_set_or_empty_has_its_default(env, default):
    assert getattr(read(), NAMES[env]) == default
    assert getattr(read(**{env: "  "}), NAMES[env]) == default


@pytest.mark.parametrize(("env", "raw", "value"), [(row[0], *pair) for row in TABLE for pair in row[2].items()])
def test_good_values_are_read(env, raw, value):
    assert getattr(read(**{env: raw}), NAMES[env]) == value


@pytest.mark.parametrize(("env", "raw", "says"), [(row[0], *pair) for row in TABLE for pair in row[3].items()])
def test_a_wrong_value_is_told_in_one_sentence_that_names_the_setting(env, raw, says):
    with pytest.raises(ConfigError) as caught:
        read(**{env: raw})
    message = caught.value.message
    assert message.startswith(f"{env} must be ")
    assert says in message
    assert message.endswith(".")
    assert "\n" not in message


def test_a_wrong_secret_is_not_repeated():
    with pytest.raises(ConfigError) as caught:
        read(ARTBOT_SD_AUTH="hunter2")
    assert "hunter2" not in str(caught.value)


def test_the_file_is_read_and_the_environment_goes_over_it(tmp_path):
    file = tmp_path / ".env"
    file.write_text(
        "# ours\nARTBOT_PORT=6000\nexport ARTBOT_HOST=\"0.0.0.0\"\nARTBOT_ACCESS_KEY='a$b${PATH}#c'\nOTHER=1\n"
    )
    settings = load_settings({"ARTBOT_PORT": "7000"}, file)
    assert (settings.port, settings.host, settings.access_key) == (7000, "0.0.0.0", "a$b${PATH}#c")


def test_a_wrong_value_in_the_file_is_told_the_same_way(tmp_path):
    (tmp_path / ".env").write_text("ARTBOT_PORT=http\nARTBOT_HOST\n")
    with pytest.raises(ConfigError, match="ARTBOT_PORT must be"):
        load_settings({}, tmp_path / ".env")


def test_the_database_is_in_the_data_folder_unless_said_otherwise():
    assert read(ARTBOT_DATA_DIR="/srv/art").database == "sqlite:////srv/art/artbot.db"
    assert read(ARTBOT_DATABASE_URL="postgresql://a@b/c").database == "postgresql://a@b/c"


def test_a_repr_hides_every_secret():
    secrets = {
        "OPENAI_API_KEY": "sk-hidden", "ARTBOT_SD_AUTH": "me:hidden", "ARTBOT_ACCESS_KEY": "hidden",
        "ARTBOT_OPERATOR_KEY": "hidden", "ARTBOT_DATABASE_URL": "postgresql://me:hidden@host/x",
        "ARTBOT_SD_URL": "http://me:hidden@host:7860",
    }  # fmt: skip
    settings = read(**secrets, ARTBOT_PORT="6000")
    assert "hidden" not in f"{settings!r} {settings}"
    assert "port=6000" in repr(settings)


def test_settings_do_not_change():
    with pytest.raises(AttributeError):
        read().port = 1


def test_each_setting_says_what_it_is():
    for setting in fields(Settings):
        assert len(setting.metadata["about"]) > 10
        assert setting.metadata["env"].startswith(("ARTBOT_", "OPENAI_"))


def test_a_worker_gets_every_setting_as_it_is():
    environ = {row[0]: next(iter(row[2])) for row in TABLE if row[2]}
    settings = read(**environ)
    assert load_settings(environment_of(settings), NO_FILE) == settings
    assert load_settings(environment_of(read()), NO_FILE) == read()


def test_a_child_finds_the_package_from_any_folder_where_nothing_is_installed(tmp_path):
    look = "import artbot_server; print(artbot_server.__file__)"
    argv = [sys.executable, "-S", "-c", look]  # without site-packages
    found = subprocess.run(argv, cwd=tmp_path, env=environment_of(read()), capture_output=True, text=True, check=True)
    assert Path(found.stdout.strip()).parent.parent == PROJECT_ROOT
