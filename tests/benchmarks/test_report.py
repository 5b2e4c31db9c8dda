import pytest
from PIL import Image

from benchmarks.benchmark import Benchmark, Column
from benchmarks.report import put, section, show, table
from benchmarks.results import Result

BENCHMARK = Benchmark(
    name="relay",
    title="The relay",
    measure=lambda scope: iter(()),
    labels=("system", "load"),
    columns=(
        Column("cpu", "CPU µs", ratio=True, plot=True),
        Column("p99", "p99 ms", 1, plot=True),
        Column("never", "never measured", plot=True),
    ),
)
ROWS = (
    {"round": 1, "system": "Art Bot", "load": "steady", "cpu": 1060.0, "p99": 4.04},
    {"round": 1, "system": "Art Bot", "load": "heavy", "cpu": 20.0, "p99": None},
    {"round": 1, "system": "Node", "load": "steady", "cpu": 2120.0, "p99": 5.0},
)
RESULT = Result("relay", "2026-01-02", "abc1234", "2 cores", 1, ROWS, ("The wind was too strong.",), 0.34)
PAGE = "before\n<!-- relay -->\nold\n<!-- end of relay -->\nafter\n<!-- idle -->\nkept\n<!-- end of idle -->\n"


def test_a_table_has_medians_and_ratios():
    assert table(BENCHMARK, ROWS) == [
        "|  | load | CPU µs | ÷ Node | p99 ms |",
        "| --- | --- | ---: | ---: | ---: |",
        "| Art Bot | steady | 1,060 | 0.50 | 4.0 |",
        "| Node | steady | 2,120 | 1.00 | 5.0 |",
        "| Art Bot | heavy | 20 |  |  |",
    ]


def test_without_the_baseline_there_is_no_ratio():
    assert table(BENCHMARK, ROWS[:2])[0] == "|  | load | CPU µs | p99 ms |"


def test_nothing_measured_is_no_table():
    assert table(BENCHMARK, ()) == []


def test_a_section_says_when_where_and_what_is_missing():
    text = "\n".join(section(BENCHMARK, RESULT, has_picture=True))
    assert text.startswith("![The relay](performance/relay.png)\n\n|")
    assert "Left out: The wind was too strong." in text
    assert (
        "`make bench ONLY=relay`, 1 round, 2026-01-02, at abc1234. 2 cores. Other programs took 0.3 cores meanwhile."
        in text
    )


def test_only_what_is_between_the_marks_changes():
    changed = put(PAGE, "relay", "new \\1")
    assert changed == PAGE.replace("\nold\n", "\nnew \\1\n")
    assert put(changed, "relay", "old") == PAGE


def test_a_page_without_the_marks_is_told():
    with pytest.raises(ValueError, match="no place for start"):
        put(PAGE, "start", "new")


def test_page_and_picture_are_written(tmp_path):
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/performance.md").write_text(PAGE)
    show(tmp_path, BENCHMARK, RESULT)
    assert "| Art Bot | heavy | 20 |" in (tmp_path / "docs/performance.md").read_text()
    with Image.open(tmp_path / "docs/performance/relay.png") as picture:
        assert picture.format == "PNG"
        assert picture.width > 500
        assert picture.convert("RGB").getpixel((1, 1)) == (255, 255, 255)


def test_a_run_without_figures_has_no_picture(tmp_path):
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/performance.md").write_text(PAGE)
    show(tmp_path, BENCHMARK, Result("relay", "2026-01-02", "abc1234", "2 cores", 1, (), ("No wind.",)))
    assert "Left out: No wind." in (tmp_path / "docs/performance.md").read_text()
    assert list((tmp_path / "docs/performance").iterdir()) == []
