"""The pictures: for each figure that is to be seen, a panel of bars with their numbers, Art Bot in colour."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from benchmarks.benchmark import Benchmark, Column
from benchmarks.figures import Row, groups, middle, shown
from benchmarks.systems import ARTBOT

INK, QUIET, LINE, PAPER = "#1f2430", "#6b7280", "#e5e7eb", "#ffffff"
OURS, OTHERS = "#e4572e", "#b6bdc9"
PANEL_IN, BAR_IN, HEAD_IN = 3.3, 0.27, 0.62
"""Inches: a panel's width, a bar's share of its height, and its title."""
DPI = 110
LOG_FROM = 30.0
"""Bars that differ by more than this factor are drawn on a logarithmic scale, which their panel says."""


def draw(benchmark: Benchmark, rows: Sequence[Row], path: Path) -> bool:
    """Write a PNG; False when there is nothing to draw."""
    columns = [column for column in benchmark.columns if column.plot and any(row.get(column.key) for row in rows)]
    blocks = list(dict.fromkeys(one[1:] for one in groups(rows, benchmark.labels)))
    if not columns:
        return False
    bars = [[one for one in groups(rows, benchmark.labels) if one[1:] == block] for block in blocks]
    heights = [HEAD_IN + BAR_IN * len(block) for block in bars]
    figure = Figure(figsize=(PANEL_IN * len(columns), sum(heights)), layout="constrained", facecolor=PAPER)
    with mpl.rc_context({"font.size": 8.5, "font.family": "DejaVu Sans", "text.color": INK}):
        axes = figure.subplots(len(blocks), len(columns), squeeze=False, height_ratios=heights)
        for across, column in enumerate(columns):
            for down, block in enumerate(blocks):
                title = column.head.replace("`", "") + (f" · {', '.join(block)}" if block else "")
                _panel(axes[down][across], title, bars[down], benchmark, rows, column, named=across == 0)
        figure.savefig(path, dpi=DPI)
    return True


def _panel(
    axes: Axes, title: str, things: Sequence[tuple[str, ...]], benchmark: Benchmark, rows: Sequence[Row],
    column: Column, *, named: bool,
) -> None:  # fmt: skip
    values = [middle(rows, dict(zip(benchmark.labels, thing, strict=True)), column.key) for thing in things]
    lengths = [value or 0.0 for value in values]
    places = range(len(things))
    ours = [benchmark.labels[0] != "system" or thing[0].startswith(ARTBOT) for thing in things]
    axes.barh(places, lengths, color=[OURS if mine else OTHERS for mine in ours], height=0.68)
    logarithmic = _spread(lengths) > LOG_FROM
    if logarithmic:
        axes.set_xscale("log")
        axes.set_xlim(min(value for value in lengths if value) / 3, max(lengths) * 4)
    else:
        axes.set_xlim(0, max(lengths) * 1.22 or 1)
    for place, value in zip(places, values, strict=True):
        label = f" {shown(value, column.digits) or '–'}"
        axes.text(max(value or 0.0, axes.get_xlim()[0]), place, label, va="center", color=INK)
    axes.set_title(title + (" (log)" if logarithmic else ""), loc="left", fontsize=8.5, color=QUIET)
    axes.set_yticks(places, [thing[0] for thing in things] if named else [""] * len(things))
    axes.invert_yaxis()
    axes.tick_params(length=0, labelcolor=INK)
    axes.xaxis.set_visible(False)
    axes.set_facecolor(PAPER)
    axes.spines[["top", "right", "bottom"]].set_visible(False)
    axes.spines["left"].set_color(LINE)


def _spread(values: Sequence[float]) -> float:
    some = [value for value in values if value > 0]
    return max(some) / min(some) if some else 1.0
