"""`make torture`: all torture tests in their long form, or with `--short` as CI runs them; one line of counts each."""

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


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.torture", description=__doc__)
    parser.add_argument("--short", action="store_true", help="as CI runs them")
    parser.add_argument("--only", choices=LONG, help="one of them")
    args = parser.parse_args()
    chosen = SHORT if args.short else LONG
    names = [args.only] if args.only else list(chosen)
    return max(_run(f"tests.torture.{name}", "--scale", str(chosen[name])) for name in names)


def _run(module: str, *options: str) -> int:
    """Each in a process of its own: they set clocks, patch system calls and fork."""
    return subprocess.run(
        [sys.executable, "-W", "ignore::DeprecationWarning", "-m", module, *options], check=False
    ).returncode


if __name__ == "__main__":
    sys.exit(main())
