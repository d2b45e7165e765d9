"""`make bench`: what Vedette costs, against the same program without it and against a hand-written floor.

Rounds of the variants take turns in one process, so that a machine whose speed drifts cannot fool a ratio. Times are
CPU time per call, the median of the rounds: of the host's thread (what a user waits for) and of the whole process with
the flush (what a machine pays).
"""

from __future__ import annotations

import argparse
import json
import sys

from tests.bench import costs, startup


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=7, help="rounds of each variant")
    parser.add_argument("--only", help="one workload, by name")
    parser.add_argument("--skip-startup", action="store_true")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    rows = costs.measure(args.rounds, args.only)
    print(json.dumps(rows) if args.json else costs.table(rows))
    if not args.skip_startup and not args.only:
        print(startup.table(startup.measure(args.rounds)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
