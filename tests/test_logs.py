import logging

import pytest
import structlog

from artbot_server.logs import LONGEST_VALUE, set_up_logs


@pytest.fixture
def lines(capsys):
    """Log something and give the lines."""
    before = structlog.get_config()

    def run(level, speak):
        set_up_logs(level)
        speak(structlog.get_logger())
        return capsys.readouterr().err.splitlines()

    yield run
    structlog.configure(**before)


@pytest.mark.parametrize(
    "secret",
    [
        "sk-abcdefgh12345678",
        "sk-proj-AbC_dEf-123456",
        "Bearer abcdefgh12345678",
        "Incorrect API key provided: sk-abcdefgh12345678.",
        "https://host/v1?x=1 Authorization: Bearer eyJhbGciOi_J9",
    ],
)
@pytest.mark.parametrize("where", ["a value", "the event", "an exception"])
def test_a_key_never_reaches_a_line(lines, secret, where):
    def speak(log):
        if where == "a value":
            log.info("asked", reason=secret)
        elif where == "the event":
            log.info(secret)
        else:
            try:
                raise ValueError(secret)
            except ValueError:
                log.exception("it failed")

    said = "\n".join(lines("info", speak))
    assert said
    for part in ("abcdefgh12345678", "AbC_dEf-123456", "eyJhbGciOi_J9"):
        assert part not in said


@pytest.mark.parametrize("data", [b"\x89PNG" * 1000, bytearray(4000), memoryview(b"\x89PNG" * 1000)])
def test_bytes_are_told_as_their_number(lines, data):
    [line] = lines("info", lambda log: log.info("kept", data=data))
    assert "4000 bytes" in line
    assert "PNG" not in line
    assert len(line) < 200


@pytest.mark.parametrize("value", ["A" * 5000, {"init_images": ["A" * 5000]}, ["A" * 5000], ("A" * 5000,)])
def test_a_long_value_is_cut_whatever_holds_it(lines, value):
    [line] = lines("info", lambda log: log.info("sent", payload=value))
    assert len(line) < LONGEST_VALUE + 200


def test_a_key_inside_a_list_or_a_dict_does_not_reach_a_line_either(lines):
    [line] = lines("info", lambda log: log.info("sent", headers={"Authorization": "Bearer abcdefgh12345678"}))
    assert "abcdefgh" not in line
    assert "Authorization" in line


@pytest.mark.parametrize(
    ("level", "said"),
    [
        ("debug", ["debug", "info", "warning", "error"]),
        ("info", ["info", "warning", "error"]),
        ("warning", ["warning", "error"]),
        ("error", ["error"]),
    ],
)
def test_nothing_below_the_level_is_said(lines, level, said):
    def speak(log):
        for one in ("debug", "info", "warning", "error"):
            getattr(log, one)(f"this is {one}")

    assert [line.partition("this is ")[2].split('"')[0] for line in lines(level, speak)] == said


def test_a_line_has_time_level_event_and_values(lines):
    [line] = lines("info", lambda log: log.info("reply ended", frames=12, stopped=False))
    assert line.startswith("timestamp=20")
    assert 'level=info event="reply ended"' in line
    assert "frames=12" in line
    assert "stopped=false" in line


def test_a_fault_is_told_with_its_place(lines):
    def speak(log):
        try:
            1 / 0  # noqa: B018
        except ZeroDivisionError:
            log.exception("it failed")

    said = "\n".join(lines("info", speak))
    assert "ZeroDivisionError" in said
    assert "test_logs.py" in said


def test_libraries_speak_from_warnings_on():
    set_up_logs("debug")
    assert logging.getLogger("httpx2").getEffectiveLevel() >= logging.WARNING
