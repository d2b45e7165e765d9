"""The proof of one record: written by `vedette verify --proof S-N`, checked by `vedette verify PROOF --host-key`."""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Callable, Iterable
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from vedette.cli import UsageError
from vedette.cli.paint import Paint
from vedette.trail.format.merkle import leaf_hash
from vedette.trail.format.notes import public_key
from vedette.trail.proving.leaves import leaf_of
from vedette.trail.proving.proof import NoProof, Proof, check_proof, prove, read
from vedette.trail.proving.verdicts import plain
from vedette.trail.proving.verify import Examined

MAX_FILE = 512 * 1024 * 1024
_NAME = re.compile(r"([0-9a-f]{32})-(\d{1,16})")
_BEGIN = b'{"body":'


def is_proof(name: str) -> bool:
    """Whether a file is a proof: it begins as no other source does."""
    path = Path(name)
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(len(_BEGIN)) == _BEGIN


def write(found: Examined, name: str, again: Callable[[], Iterable[str]]) -> int:
    """Print the proof of record `S-N`. The source is read `again` for the one body that is wanted."""
    place = _NAME.fullmatch(name)
    if not place:
        raise UsageError("--proof takes STREAM-NUMBER, as in log.record.uid")
    stream, n = place[1], int(place[2])
    weighed = found.judge.of(stream)
    if weighed is None:
        raise UsageError(f"stream {stream} is not here")
    try:
        proof = prove(weighed, n, Finder(found, again), found.judge.of(weighed.trail.rpartition("/")[2]))
    except NoProof as error:
        raise UsageError(f"record {name}: {error}") from error
    print(proof.line())
    return 0


class Finder:
    """Bodies of records that were verified: the one of its number with its leaf. Each reads the source once more."""

    def __init__(self, found: Examined, again: Callable[[], Iterable[str]]) -> None:
        self._found = found
        self._again = again

    def __call__(self, stream: str, n: int) -> str:
        weighed = self._found.judge.of(stream)
        leaves = {leaf_of(each) for each in weighed.evidence.leaves.at(n)} if weighed else set()
        marks = (f'"n":{n},', f'"s":"{stream}"')
        for body in self._again():
            if all(mark in body for mark in marks) and leaf_hash(body.encode("utf-8", "replace")) in leaves:
                return body
        raise NoProof("it is not here a second time: a proof needs a source that can be read twice")


def check(name: str, args: argparse.Namespace) -> int:
    """Say whether a file proves its record under the pinned host key."""
    if not args.host_key:
        raise UsageError("a proof is checked against a pinned key: give --host-key")
    if Path(name).stat().st_size > MAX_FILE:
        raise UsageError(f"{name}: larger than 512 MiB")
    try:
        proof = read(Path(name).read_text())
        envelope, verdicts = check_proof(proof, public_key(args.host_key))
    except (NoProof, UnicodeDecodeError) as error:
        raise UsageError(f"{name}: {error}") from error
    told = [str(each) for each in verdicts]
    print(json.dumps(_about(proof, envelope, told)) if args.json else _sentence(proof, envelope, told))
    return 2 if told else 0


def _about(proof: Proof, envelope: dict[str, Any], told: list[str]) -> dict[str, Any]:
    last = proof.notes[-1]
    return {
        "grade": "broken" if told else "whole",
        "exit_code": 2 if told else 0,
        "verdicts": told,
        "stream": proof.stream,
        "n": proof.n,
        "origin": last.origin,
        "size": last.size,
        "checkpoint": len(proof.notes) - 1,
        "envelope": envelope,
    }


def _sentence(proof: Proof, envelope: dict[str, Any], told: list[str]) -> str:
    paint = Paint()
    name = f"record {proof.n} of stream {plain(proof.stream)[:8]}"
    if told:
        head = f"{paint('red', 'BROKEN')}  This does not prove {name}."
        return "\n".join([head, *(f"  ✗ {each}" for each in told)])
    last = proof.notes[-1]
    lines = [
        f"{paint('green', 'PROVEN')}  {name[0].upper()}{name[1:]} is as it was signed.",
        f"  {plain(str(envelope.get('k', '')))} {plain(str(envelope.get('e', '')))}  {_when(envelope.get('t'))}",
        f"  sealed by checkpoint {len(proof.notes) - 1}, over {last.size:,} records, of {plain(last.origin)}",
    ]
    return "\n".join(lines)


def _when(text: object) -> str:
    try:
        return datetime.fromtimestamp(int(str(text)) / 10**9, timezone.utc).strftime("%Y-%m-%d %H:%M:%S UTC")
    except (ValueError, OverflowError, OSError):
        return ""
