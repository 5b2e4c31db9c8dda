"""The command: `python -m benchmarks [NAME …] [--rounds N]`. Measures, writes the results, and shows them in the docs."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks import claims, first_token, history, idle, jobs, processes, relay, start
from benchmarks.benchmark import Benchmark, LeftOut, Scope
from benchmarks.figures import Row
from benchmarks.programs import ROOT
from benchmarks.report import show, table
from benchmarks.results import Result, load, machine, revision, save, today
from benchmarks.systems import ALL

MODULES = (relay, processes, first_token, history, jobs, claims, idle, start)
BENCHMARKS = {module.BENCHMARK.name: module.BENCHMARK for module in MODULES}
ROUNDS = 3
TERMINATED = 128 + signal.SIGTERM


def main(argv: Sequence[str] | None = None) -> int:
    """Run what is asked for; the exit code: 1 when something could not be measured, 2 for a wrong command line."""
    given = _read(argv)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(TERMINATED))  # what was started ends too
    scope = Scope(tiny=given.tiny, systems=tuple(given.systems))
    names = given.names or list(BENCHMARKS)
    left_out = 0
    for name in names:
        result = run(BENCHMARKS[name], scope, given.rounds) if not given.report else load(given.out, name)
        if not given.report:
            save(given.out, result)
        left_out += bool(result.left_out)
        print("\n".join([*table(BENCHMARKS[name], result.rows), "", *result.left_out]), flush=True)
        show(given.out, BENCHMARKS[name], result)
    return 1 if left_out else 0


def run(benchmark: Benchmark, scope: Scope, rounds: int) -> Result:
    """So many rounds of one benchmark."""
    rows: list[Row] = []
    left_out: dict[str, None] = {}
    rounds = 1 if scope.tiny else min(rounds, benchmark.rounds)
    for number in range(1, rounds + 1):
        print(f"{benchmark.name}: round {number} of {rounds}", file=sys.stderr, flush=True)
        try:
            for row in benchmark.measure(scope):
                rows.append({"round": number, **row})
                print(f"  {row}", file=sys.stderr, flush=True)
        except LeftOut as why:
            left_out[str(why)] = None
    return Result(benchmark.name, today(), revision(), machine(), rounds, tuple(rows), tuple(left_out))


def _read(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[[], *BENCHMARKS], metavar="NAME", help=", ".join(BENCHMARKS))
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"times each is measured ({ROUNDS})")
    parser.add_argument("--systems", nargs="+", choices=ALL, default=ALL, help="of these alone, by name")
    parser.add_argument("--out", type=Path, default=ROOT, help="where benchmarks/results and docs are (this checkout)")
    parser.add_argument("--tiny", action="store_true", help="one small round, to see whether it works")
    parser.add_argument("--report", action="store_true", help="measure nothing; show stored results again")
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())
