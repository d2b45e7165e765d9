"""`vedette keygen`: an identity that opens encrypted trails, and the recipient to write to."""

from __future__ import annotations

import argparse
from pathlib import Path

from vedette.cli import UsageError
from vedette.trail.files.folder import create
from vedette.trail.files.identities import generate


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="where the identity goes; it must not be there yet")
    parser.epilog = (
        "Keep the file away from the trail: who has both can read it. VEDETTE_AT_REST_KEY names it to readers."
    )


def run(args: argparse.Namespace) -> int:
    identity, recipient = generate()
    try:
        create(args.file, f"# {recipient}\n{identity}\n".encode(), 0o600)
    except OSError as error:
        raise UsageError(f"{args.file}: {error.strerror}") from error
    print(f"VEDETTE_AT_REST={recipient}")
    return 0
