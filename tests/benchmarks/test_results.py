import re

import pytest

from benchmarks.results import Result, load, machine, revision, save, today

RESULT = Result(
    "idle", "2026-01-02", "abc1234", "2 cores", 1, ({"round": 1, "system": "Node", "open": None},), ("Why.",)
)


def test_a_result_is_read_as_it_was_written(tmp_path):
    save(tmp_path, RESULT)
    assert load(tmp_path, "idle") == RESULT
    assert (tmp_path / "benchmarks/results/idle.json").read_text().startswith('{\n  "benchmark": "idle"')


def test_a_later_run_takes_its_place(tmp_path):
    save(tmp_path, Result("idle", "2025-01-01", "", "", 3, ()))
    save(tmp_path, RESULT)
    assert load(tmp_path, "idle") == RESULT


def test_what_was_never_run_cannot_be_shown(tmp_path):
    with pytest.raises(FileNotFoundError):
        load(tmp_path, "idle")


def test_where_it_ran():
    assert re.match(r"\d+ cores? \(.+\), \d+ GB, Linux \S+, Python 3\.\S+ \(flask-socketio \S+,", machine())
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", today())
    assert "\n" not in revision()
