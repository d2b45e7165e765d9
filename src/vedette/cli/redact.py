"""`vedette redact`: the same engine as a filter for files and pipes. Exit code 0, or 1 where something was withheld."""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import BinaryIO

from vedette.cli import UsageError, selftest, settings
from vedette.cli.paint import Paint
from vedette.cli.progress import Progress
from vedette.event import Label
from vedette.redact import BadKey, Change, LivePolicy, Redactor, engine_name, load_key, prepare
from vedette.redact.persons import Nameless, Spacy, Unavailable

CHUNK = 64 * 1024


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", nargs="?", default="-", metavar="FILE", help="what to redact; `-`: standard input")
    parser.add_argument("--explain", action="store_true", help="on standard error: which rule took what, and how often")
    parser.add_argument("--json", action="store_true", help="one object a line: the text, then what was taken out")
    parser.add_argument("--names", action="store_true", help="names of persons too, by a language model: vedette[ner]")
    parser.add_argument("--selftest", action="store_true", help="measure recall, false alerts and speed, here and now")


def run(args: argparse.Namespace) -> int:
    prepare()
    redactor = _redactor()
    if args.selftest:
        return selftest.run(redactor)
    stream = Filter(redactor)
    names = _names(redactor) if args.names else None
    with _opened(args.file) as source, Progress(_size(args.file)) as progress:
        pieces = stream.pieces(source, progress)
        for piece in names.pieces(pieces) if names else pieces:
            _write(piece, as_json=args.json)
    stream.labels += names.labels if names else ()
    if args.json:
        print(json.dumps({"taken": _rows(stream.labels), "withheld": stream.withheld, "engine": engine_name()}))
    if args.explain:
        _explain(stream)
    return 1 if stream.withheld else 0


def _redactor() -> Redactor:
    found = settings()
    if found.redact == "off":
        raise UsageError("VEDETTE_REDACT=off: nothing would be redacted")

    def changed(change: Change) -> None:
        if change.refused:
            raise UsageError(f"VEDETTE_REDACT_CONFIG: {change.path}: {change.refused}")

    policy = LivePolicy(Path(found.redact_config).expanduser(), changed) if found.redact_config else None
    if policy is not None:
        policy()
    try:
        return Redactor(found.redact, load_key(found.redact_key, found.trail), policy)
    except (BadKey, OSError) as error:
        raise UsageError(str(error)) from error


def _names(redactor: Redactor) -> Nameless:
    try:
        return Nameless(Spacy(), redactor.texts.tokens)
    except Unavailable as error:
        raise UsageError(str(error)) from error


class Filter:
    """Bytes in, redacted bytes out. Lines that are JSON are judged as JSON, all between them as one text."""

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor
        self._stream = redactor.stream()
        self.labels: list[Label] = []
        self.withheld = 0

    def pieces(self, source: BinaryIO, progress: Progress) -> Iterator[bytes]:
        """What may be written by now, as it comes."""
        while line := source.readline(CHUNK):
            progress.advance(len(line))
            if line[:1] in (b"{", b"[") and line.endswith(b"\n"):
                yield self._close()
                self._stream = self._redactor.stream()
                yield self._stream.feed_bytes(line)
                yield self._close()
                self._stream = self._redactor.stream()
            else:
                yield self._stream.feed_bytes(line)
        yield self._close()

    def _close(self) -> bytes:
        rest = self._stream.close_bytes()
        self.labels += self._stream.labels
        self.withheld += self._stream.withheld
        return rest


def _opened(file: str) -> BinaryIO | nullcontext[BinaryIO]:
    if file == "-":
        return nullcontext(sys.stdin.buffer)
    try:
        return Path(file).open("rb")
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}") from error


def _size(file: str) -> int:
    """Bytes to come, 0 where that is not known."""
    return Path(file).stat().st_size if file != "-" and Path(file).is_file() else 0


def _write(piece: bytes, *, as_json: bool) -> None:
    if piece and as_json:
        print(json.dumps({"text": piece.decode("utf-8", "replace")}, ensure_ascii=False))
    elif piece:
        sys.stdout.buffer.write(piece)


def _rows(labels: list[Label]) -> list[dict[str, object]]:
    """Each rule with the kind and the tier of what it took, the most frequent first."""
    counts = Counter((label.rule, label.kind, label.tier) for label in labels)
    distinct = {(label.rule, label.kind, label.tier, label.digest) for label in labels}
    values = Counter(each[:3] for each in distinct)
    return [
        {"rule": rule, "kind": kind, "tier": tier, "count": count, "values": values[(rule, kind, tier)]}
        for (rule, kind, tier), count in counts.most_common()
    ]


def _explain(stream: Filter) -> None:
    paint = Paint()
    for row in _rows(stream.labels):
        style = "yellow" if row["tier"] == "alert" else "dim"
        tier = paint(style, f"{row['tier']:<6}")
        told = f"{row['count']:>7}  {tier}  {row['kind']:<24} {row['rule']:<44} {row['values']} distinct"
        print(told, file=sys.stderr)
    print(f"{len(stream.labels)} taken out, {stream.withheld} withheld, engine {engine_name()}", file=sys.stderr)
