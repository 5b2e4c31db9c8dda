"""The command: `python -m benchmarks [NAME …] [--rounds N]`. Measures, writes the results, and shows them in the docs."""

from __future__ import annotations

import argparse
import resource
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks import claims, first_token, history, idle, jobs, processes, relay, start
from benchmarks.benchmark import Benchmark, LeftOut, Scope
from benchmarks.figures import Row
from benchmarks.programs import ROOT, machine_cpu_s
from benchmarks.report import show, table
from benchmarks.results import Result, load, machine, revision, save, today
from benchmarks.systems import ALL

MODULES = (relay, processes, first_token, history, jobs, claims, idle, start)
BENCHMARKS = {module.BENCHMARK.name: module.BENCHMARK for module in MODULES}
MINUTES = 12.0
"""No round but a benchmark's first begins later than this, so that all of them are done soon afterwards."""
TERMINATED = 128 + signal.SIGTERM


def main(argv: Sequence[str] | None = None) -> int:
    """Run what is asked for; the exit code: 1 when something could not be measured, 2 for a wrong command line."""
    given = _read(argv)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(TERMINATED))  # what was started ends too
    scope = Scope(tiny=given.tiny, systems=tuple(given.systems))
    until = time.monotonic() + given.minutes * 60
    left_out = 0
    for name in given.names or BENCHMARKS:
        if given.report:
            result = load(given.out, name)
        else:
            result = run(BENCHMARKS[name], scope, given.rounds or BENCHMARKS[name].rounds, until)
            save(given.out, result)
        left_out += bool(result.left_out)
        print("\n".join([*table(BENCHMARKS[name], result.rows), "", *result.left_out]), flush=True)
        show(given.out, BENCHMARKS[name], result)
    return 1 if left_out else 0


def run(benchmark: Benchmark, scope: Scope, rounds: int, until: float) -> Result:
    """So many rounds of one benchmark, or fewer where the time is over before one begins."""
    rows: list[Row] = []
    left_out: dict[str, None] = {}
    done, began, others_before = 0, time.monotonic(), _others_cpu_s()
    while done < (1 if scope.tiny else rounds) and (not done or time.monotonic() < until):
        done += 1
        print(f"{benchmark.name}: round {done} of {rounds}", file=sys.stderr, flush=True)
        try:
            for row in benchmark.measure(scope):
                rows.append({"round": done, **row})
                print(f"  {row}", file=sys.stderr, flush=True)
        except LeftOut as why:
            left_out[str(why)] = None
    others_cores = round((_others_cpu_s() - others_before) / (time.monotonic() - began), 2)
    measured = tuple(rows), tuple(left_out), others_cores
    return Result(benchmark.name, today(), revision(), machine(), done, *measured)


def _others_cpu_s() -> float:
    """What all programs of the machine have used but this one and those it started and saw the end of."""
    mine = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return machine_cpu_s() - sum(used.ru_utime + used.ru_stime for used in mine)


def _read(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[[], *BENCHMARKS], metavar="NAME", help=", ".join(BENCHMARKS))
    parser.add_argument("--rounds", type=int, help="times each is measured (1 to 3, as each needs)")
    parser.add_argument("--minutes", type=float, default=MINUTES, help=f"begin no further round later ({MINUTES:g})")
    parser.add_argument("--systems", nargs="+", choices=ALL, default=ALL, help="of these alone, by name")
    parser.add_argument("--out", type=Path, default=ROOT, help="where benchmarks/results and docs are (this checkout)")
    parser.add_argument("--tiny", action="store_true", help="one small round, to see whether it works")
    parser.add_argument("--report", action="store_true", help="measure nothing; show stored results again")
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())
