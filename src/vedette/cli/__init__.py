"""The `vedette` command: plain words, one-line errors, exit codes that mean something, colour only on a terminal."""

from __future__ import annotations

import argparse
import importlib
import importlib.metadata
import os
import sys
from collections.abc import Sequence
from types import ModuleType

from vedette.config import Settings, load

COMMANDS = {
    "demo": "record an example agent, show the record, prove it, and tamper with it",
    "show": "the record as a readable timeline",
    "verify": "prove that the record is whole",
    "redact": "take secrets and personal data out of a file or a pipe",
    "doctor": "what is installed, woven and reachable, and what is not",
    "config": "every setting, with the value in force",
}

EXIT_USAGE = 2


class UsageError(Exception):
    """Said in one line on standard error; exit code 2 (of `verify`: 3, no answer)."""

    code = EXIT_USAGE


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    parser = _parser()
    args = parser.parse_args(arguments)
    if args.command is None:
        parser.print_help()
        return 0
    try:
        code: int = _module(args.command).run(args)
        sys.stdout.flush()
    except UsageError as error:
        print(f"vedette {args.command}: {error}", file=sys.stderr)
        return error.code
    except BrokenPipeError:  # `vedette show | head`: the reader has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="vedette",
        description="Writes down what AI agents do: redacted, sealed, and handed to any OpenTelemetry collector.",
        epilog="To record: opentelemetry-instrument python my_agent.py",
    )
    parser.add_argument("--version", action="version", version=f"vedette {importlib.metadata.version('vedette')}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    for name, about in COMMANDS.items():
        _module(name).configure(commands.add_parser(name, help=about, description=f"{about[0].upper()}{about[1:]}."))
    return parser


def _module(name: str) -> ModuleType:
    return importlib.import_module(f"vedette.cli.{name}")


def settings() -> Settings:
    """The settings of the environment; a bad value stops the command, in one line."""
    found, problems = load()
    if problems:
        raise UsageError(str(problems[0]).partition(" (going on")[0])
    return found
