"""`make torture`: all torture tests in their long form, or with `--short` as CI runs them; one line of counts each.

python -m tests.torture T9 T18 --minutes 10    two of them, as far as ten minutes go, each
python -m tests.torture fuzz --scale 100000
"""

from __future__ import annotations

import argparse
import subprocess
import sys

SHORT = {
    "kills": 200,
    "torn": 500,
    "faults": 6,
    "outages": 1,
    "forks": 50,
    "clocks": 1,
    "contents": 1,
    "shipkill": 7,
    "storm": 5_000,
    "soak": 60,
    "drain": 20_000,
    "erasing": 12,
}
LONG = {
    "kills": 10_000,
    "torn": 3_000,
    "faults": 60,
    "outages": 1_000,
    "forks": 10_000,
    "clocks": 20,
    "contents": 3,
    "shipkill": 1_000,
    "storm": 50_000,
    "soak": 600,
    "drain": 200_000,
    "erasing": 1_000,
    "fuzz": 10_000_000,
}
"""`fuzz` runs short as tests/unit/trail/test_fuzz.py."""

NUMBERS = {
    "T3": "erasing",
    "T9": "kills",
    "T10": "torn",
    "T11": "faults",
    "T12": "outages",
    "T13": "forks",
    "T14": "clocks",
    "T15": "contents",
    "T17": "fuzz",
    "T18": "shipkill",
    "T19": "storm",
    "T20": "soak",
    "T21": "drain",
}
"""Those of the requirements. T16 is tests/unit/trail/test_attacks.py and tests/e2e/test_real_stores.py."""


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.torture", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("tests", nargs="*", metavar="TEST", help=f"{', '.join(LONG)}, or T9 to T21 (default: all)")
    parser.add_argument("--short", action="store_true", help="as CI runs them")
    parser.add_argument("--minutes", type=float, help="for each, instead of its scale")
    parser.add_argument("--scale", type=int, help="how much of each")
    args = parser.parse_args()
    chosen = SHORT if args.short else LONG
    names = [NUMBERS.get(each.upper(), each) for each in args.tests] or list(chosen)
    if unknown := [each for each in names if each not in LONG]:
        parser.error(f"there is no test {unknown[0]!r}: {', '.join(LONG)}")
    return max(_run(each, _size(args, chosen.get(each, LONG[each]))) for each in names)


def _size(args: argparse.Namespace, scale: int) -> list[str]:
    limit = ["--minutes", str(args.minutes)] if args.minutes else []
    return [*limit, "--scale", str(args.scale)] if args.scale else limit or ["--scale", str(scale)]


def _run(name: str, options: list[str]) -> int:
    """Each in a process of its own: they set clocks, patch system calls and fork."""
    command = [sys.executable, "-W", "ignore::DeprecationWarning", "-m", f"tests.torture.{name}", *options]
    return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
