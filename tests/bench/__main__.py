"""`make bench`: what Vedette costs, against the same program without it and against a hand-written floor.

Rounds of the variants take turns in one process, so that a machine whose speed drifts cannot fool a ratio. Times are
CPU time per call, the median of the rounds: of the host's thread (what a user waits for) and of the whole process with
the flush (what a machine pays).
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from typing import Any

from tests.bench import costs, startup, steps


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=7, help="rounds of each variant")
    parser.add_argument("--only", help="one workload, by name")
    parser.add_argument("--skip-startup", action="store_true")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    found: dict[str, Any] = {}
    with costs.asked() as url:
        found["calls"] = costs.measure(url, args.rounds, args.only)
        if not args.only:
            found["steps"] = steps.measure(url)
    if not args.skip_startup and not args.only:
        found["startup"] = startup.measure(args.rounds)
    tables: dict[str, Callable[[Any], str]] = {"calls": costs.table, "steps": steps.table, "startup": startup.table}
    print(json.dumps(found) if args.json else "\n".join(tables[name](each) for name, each in found.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
