"""Results as tables and pictures, put into docs/performance.md between marks; the words around them stay as they are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from benchmarks.benchmark import Benchmark, Column
from benchmarks.figures import Row, groups, middle, ratio, shown
from benchmarks.plots import draw
from benchmarks.results import Result

PAGE = Path("docs/performance.md")
PICTURES = Path("docs/performance")


def show(out: Path, benchmark: Benchmark, result: Result) -> None:
    """Draw the picture, and write the table into its place in the page, where there is such a page."""
    picture = out / PICTURES / f"{benchmark.name}.png"
    picture.parent.mkdir(parents=True, exist_ok=True)
    has_picture = draw(benchmark, result.rows, picture)
    page = out / PAGE
    if page.is_file():
        text = "\n".join(section(benchmark, result, has_picture=has_picture))
        page.write_text(put(page.read_text(), benchmark.name, text))


def put(page: str, name: str, text: str) -> str:
    """The page with this text between the marks of that name. Raises ValueError when it has no such marks."""
    begin, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
    found = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
    if not found.search(page):
        raise ValueError(f"The page has no place for {name}: {begin} … {end}")
    return found.sub(lambda _: f"{begin}\n{text}\n{end}", page)


def section(benchmark: Benchmark, result: Result, *, has_picture: bool) -> list[str]:
    """What stands between the marks: picture, table, what is missing, when and on what it was measured."""
    picture = [f"![{benchmark.title}]({PICTURES.name}/{benchmark.name}.png)", ""] if has_picture else []
    missing = [f"Left out: {sentence}\n" for sentence in result.left_out]
    rounds = "1 round" if result.rounds == 1 else f"medians of {result.rounds} rounds"
    busy = result.others_cores
    others = "" if busy is None else f" Other programs took {busy:.1f} cores meanwhile."
    return [
        *picture,
        *table(benchmark, result.rows),
        "",
        *missing,
        f"<sub>`make bench ONLY={benchmark.name}`, {rounds}, {result.date}, at {result.revision}. {result.machine}.{others}</sub>",
    ]


def table(benchmark: Benchmark, rows: Sequence[Row]) -> list[str]:
    """Markdown: a line for each thing measured, medians over the rounds, ratios beside what is compared."""
    if not rows:
        return []
    heads: list[str] = [label if number else "" for number, label in enumerate(benchmark.labels)]
    columns = [column for column in benchmark.columns if any(column.key in row for row in rows)]
    for column in columns:
        heads += [column.head, f"÷ {benchmark.baseline}"] if _compares(benchmark, column, rows) else [column.head]
    marks = ["---" if number < len(benchmark.labels) else "---:" for number in range(len(heads))]
    return [
        _line(heads),
        _line(marks),
        *(_line(_cells(benchmark, columns, rows, one)) for one in _things(benchmark, rows)),
    ]


def _things(benchmark: Benchmark, rows: Sequence[Row]) -> list[tuple[str, ...]]:
    """Those that differ in the first label alone stand together."""
    found = groups(rows, benchmark.labels)
    order = {rest: number for number, rest in enumerate(dict.fromkeys(one[1:] for one in found))}
    return sorted(found, key=lambda one: order[one[1:]])


def _cells(benchmark: Benchmark, columns: Sequence[Column], rows: Sequence[Row], thing: tuple[str, ...]) -> list[str]:
    labels = dict(zip(benchmark.labels, thing, strict=True))
    cells = list(thing)
    for column in columns:
        cells.append(shown(middle(rows, labels, column.key), column.digits))
        if _compares(benchmark, column, rows):
            to = {benchmark.labels[0]: benchmark.baseline}
            cells.append(shown(ratio(rows, labels, column.key, to), 2))
    return cells


def _compares(benchmark: Benchmark, column: Column, rows: Sequence[Row]) -> bool:
    return column.ratio and any(row[benchmark.labels[0]] == benchmark.baseline for row in rows)


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"
