"""Each benchmark once, small, with everything it starts: whether it works and its figures can be true; never how good they are."""

import json
from pathlib import Path

import pytest

from benchmarks.__main__ import BENCHMARKS, main
from benchmarks.results import load

PAGE = Path(__file__).parents[2] / "docs/performance.md"
IN_ORDER = (("p50_ms", "p99_ms"), ("both_ms", "both_p99_ms"), ("first_ms", "first_p99_ms"), ("serves_s", "can_paint_s"))
MUST_BE_NOTHING = ("wrong", "watcher_wrong", "twice", "never")
MAY_BE_NOTHING = (*MUST_BE_NOTHING, "pinged", "cpu_percent", "cpu_ms", "cpu_us", "kb_some", "kb_many", "added_ms")


@pytest.mark.long
@pytest.mark.parametrize("name", BENCHMARKS)
def test_a_benchmark_runs_and_its_figures_can_be_true(name, tmp_path, capsys):
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/performance.md").write_text(PAGE.read_text())
    code = main([name, "--tiny", "--out", str(tmp_path)])
    result = load(tmp_path, name)
    assert code == bool(result.left_out)
    assert result.rows or result.left_out
    for row in result.rows:
        plausible(row)
    first = BENCHMARKS[name].labels[0]
    assert all(f"| {row[first]} |" in capsys.readouterr().out for row in result.rows[:1])
    assert result.date in (tmp_path / "docs/performance.md").read_text()


def plausible(row):
    for key, value in row.items():
        if isinstance(value, int | float):
            assert value > 0 or (value == 0 and key in MAY_BE_NOTHING) or key.endswith(("_cores", "added_ms")), (
                key,
                row,
            )
    for less, more in IN_ORDER:
        if less in row and more in row:
            assert row[less] <= row[more], row
    assert [key for key in MUST_BE_NOTHING if row.get(key)] == []
    if "open" in row:
        assert row["open"] == row["still_open"]


def test_every_benchmark_has_its_place_in_the_page():
    text = PAGE.read_text()
    assert len(BENCHMARKS) >= 8
    for name in BENCHMARKS:
        assert text.count(f"<!-- {name} -->") == text.count(f"<!-- end of {name} -->") == 1


def test_stored_results_are_shown_again_without_measuring(tmp_path, capsys):
    row = {"round": 1, "system": "Node", "serves_s": 0.25, "cpu_s": 0.5, "memory_mb": 70}
    stored = {"benchmark": "start", "date": "2026-01-02", "revision": "abc", "machine": "2 cores", "rounds": 1}
    (tmp_path / "benchmarks/results").mkdir(parents=True)
    (tmp_path / "benchmarks/results/start.json").write_text(json.dumps(stored | {"rows": [row], "left_out": []}))
    assert main(["start", "--report", "--out", str(tmp_path)]) == 0
    assert "| Node | 0.25 |" in capsys.readouterr().out
    assert (tmp_path / "docs/performance/start.png").is_file()


@pytest.mark.parametrize("wrong", [["nothing"], ["relay", "--rounds", "few"], ["--systems", "PHP"]])
def test_a_wrong_command_line_is_refused(wrong, capsys):
    with pytest.raises(SystemExit) as stopped:
        main(wrong)
    assert stopped.value.code == 2
    assert "usage:" in capsys.readouterr().err
