"""The `vedette` command: plain words, one-line errors, exit codes that mean something, colour only on a terminal."""

from __future__ import annotations

import argparse
import codecs
import importlib
import importlib.metadata
import io
import json
import os
import sys
from collections.abc import Sequence
from types import ModuleType
from typing import Any, NoReturn

from vedette.config import Settings, load
from vedette.trail.files.identities import OURS, BadIdentity

COMMANDS = {
    "demo": "record an example agent, show the record, prove it, and tamper with it",
    "show": "the record as a readable timeline",
    "verify": "prove that the record is whole",
    "status": "how the trail stands: streams, what waits, gaps, keeper, anchors",
    "keeper": "keep the host log, which bounds what can be cut off unseen",
    "ship": "carry the trail to the collector, also what dead processes left",
    "erase": "destroy content of a user, a session or a record; the proof stays whole",
    "retention": "what is kept until when, and legal holds",
    "keygen": "a key for trails that are encrypted at rest",
    "redact": "take secrets and personal data out of a file or a pipe",
    "doctor": "what is installed, woven and reachable, and what is not",
    "config": "every setting, with the value in force",
}

_ASCII = {"\u2192": ">", "\u2190": "<", "\u25a0": "#", "\u2717": "x", "\u00b7": "-", "\u2026": "~"}
"""Our own marks, each as wide as before."""

EXIT_USAGE = 2
EXIT_NO_ANSWER = 3


class UsageError(Exception):
    """Said in one line on standard error; the exit code is that of the command's parser."""


class _Parser(argparse.ArgumentParser):
    """Wrong usage is one line and a hint. `code` is 2, but 3 for `verify`, whose 2 says that a record is broken."""

    code = EXIT_USAGE

    def error(self, message: str) -> NoReturn:
        message = message.replace("argument one of these: invalid choice: ", "there is no command ")
        self.exit(self.code, f"{self.prog}: {message} (`{self.prog} --help`)\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    _speak_any_encoding()
    try:
        code = _run(_parser(), arguments)
        sys.stdout.flush()
    except BrokenPipeError:  # `vedette show | head`: the reader has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130
    return code


def _run(parser: argparse.ArgumentParser, arguments: Sequence[str] | None) -> int:
    args, unknown = parser.parse_known_args(arguments)
    if unknown:
        args.parser.error(f"unrecognized arguments: {' '.join(unknown)}")
    if args.command is None:
        parser.print_help()
        return 0
    try:
        found = settings()
        OURS.look_in(found.at_rest_key)
        if args.command != "doctor":  # which tells of them all
            _refuse(found)
        code: int = _module(args.command).run(args)
    except BrokenPipeError:
        raise
    except (UsageError, BadIdentity, OSError) as error:
        return _failed(args.command, error)
    return code


def _refuse(found: Settings) -> None:
    """What is not valid though it looks so stops a command too."""
    told = next(_module("given").refused(found), None)
    if told is not None:
        raise UsageError(told)


def _failed(command: str, error: UsageError | BadIdentity | OSError) -> int:
    told = f"{error.filename}: {error.strerror}" if isinstance(error, OSError) and error.filename else str(error)
    print(f"vedette {command}: {told}", file=sys.stderr)
    return exit_code(command)


def exit_code(command: str) -> int:
    """What a command that cannot do its work ends with."""
    return EXIT_NO_ANSWER if command == "verify" else EXIT_USAGE


def _speak_any_encoding() -> None:
    """Where the terminal has no such character, a plainer one is written, or its escape, instead of failing."""
    codecs.register_error("vedette.plain", _plain)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="vedette.plain")


def _plain(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = error.object[error.start : error.end]
    return "".join(_ASCII.get(each, ascii(each)[1:-1]) for each in lacking), error.end


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="vedette",
        usage="vedette [-h] [--version] COMMAND ...",
        description="Writes down what AI agents do: redacted, sealed, and handed to any OpenTelemetry collector.",
        epilog="To record: opentelemetry-instrument python my_agent.py",
    )
    parser.set_defaults(parser=parser)
    parser.add_argument("--version", action="version", version=f"vedette {importlib.metadata.version('vedette')}")
    commands = parser.add_subparsers(dest="command", title="commands", metavar="one of these", prog="vedette")
    for name, about in COMMANDS.items():
        command = commands.add_parser(name, help=about, description=f"{about[0].upper()}{about[1:]}.")
        command.code = exit_code(name)
        command.set_defaults(parser=command)
        _module(name).configure(command)
    return parser


def _module(name: str) -> ModuleType:
    return importlib.import_module(f"vedette.cli.{name}")


def settings() -> Settings:
    """The settings of the environment; a bad value stops the command, in one line."""
    found, problems = load()
    if problems:
        raise UsageError(str(problems[0]).partition(" (going on")[0])
    return found


def as_json(value: Any) -> str:
    """One line of JSON: in the characters that standard output has, and escaped where it is a terminal to write on."""
    utf8 = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
    return json.dumps(value, ensure_ascii=sys.stdout.isatty() or not utf8)
