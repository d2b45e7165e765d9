"""Compiling a pack for engine A, and opening what was compiled. Imported with `hyper`, never at start-up.

Cores with a literal go together; few without one cost more than all others (redaction.md 5), so groups do not mix,
and what a gate can stand for is scanned behind it (`gates`).
"""

from __future__ import annotations

import importlib.metadata
import json
import platform
import zlib
from collections.abc import Iterable, Iterator
from typing import Any

import hyperscan

from vedette.redact.pack import Pack
from vedette.redact.rule import Rule
from vedette.redact.scanners.contract import GATES
from vedette.redact.scanners.gates import BOUNDARY, DIGITS, DIGITS_REACH, STARTS_REACH
from vedette.redact.scanners.hyper import Part

FORMAT = "vedette databases 6"

Pattern = tuple[bytes, int, int]
"""Expression, core, flags."""


def fingerprint(pack: Pack) -> str:
    """What a compiled pack depends on; its hash names the file."""
    info = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    info.compile(expressions=[b"vedette"], ids=[0], flags=[0])
    return " ".join(
        (FORMAT, pack.digest, importlib.metadata.version("hyperscan"), repr(info.info()), platform.machine())
    )


def compiled(pack: Pack) -> list[Part]:
    """Seconds of work for the whole pack, with the interpreter's lock released. Raises `hyperscan.HyperscanError`."""
    groups = _groups(pack)
    count = len(pack.cores)
    questions = [(each, count + at, hyperscan.HS_FLAG_SINGLEMATCH) for at, each in enumerate(GATES)]
    ends = [(core, number, 0) for core, number, _ in groups["keyvalue"]]
    digits = [(DIGITS, count + len(GATES), 0)]
    made = [
        _part(groups["literal"]),
        _part(groups["word"] + ends + questions, ends, groups["keyvalue"], STARTS_REACH),
        _part(groups["shape"] + digits, digits, groups["digits"], DIGITS_REACH),
    ]
    return [part for part in made if part is not None]


def _part(
    group: list[Pattern],
    gates: Iterable[Pattern] = (),
    behind: list[Pattern] | None = None,
    reach: tuple[int, int] = (0, 0),
) -> Part | None:
    """None where nothing is looked for."""
    if behind:
        return Part(_compile(group), frozenset(number for _, number, _ in gates), _compile(behind), reach)
    gated = {number for _, number, _ in gates}
    group = [each for each in group if each[1] not in gated]
    return Part(_compile(group)) if group else None


def _groups(pack: Pack) -> dict[str, list[Pattern]]:
    """Cores that scan well together. Each pass more costs a short text a us."""
    groups: dict[str, list[Pattern]] = {"literal": [], "word": [], "shape": [], "keyvalue": [], "digits": []}
    for number, (core, rules) in enumerate(pack.cores.items()):
        name = _group(core, [pack[rule] for rule in rules])
        flags = hyperscan.HS_FLAG_SOM_LEFTMOST if name == "keyvalue" else 0
        groups[name].append((core.encode(), number, flags))
    return groups


def _group(core: str, rules: list[Rule]) -> str:
    """Secrets have literals, personal data have words or nothing but a shape, behind no letter or digit."""
    if all(rule.gate == "digits" for rule in rules):
        return "digits"
    if rules[0].group == "keyvalue":
        return "keyvalue"
    if rules[0].group != "pii":
        return "literal"
    return "shape" if core.startswith(BOUNDARY) else "word"


def _compile(group: list[Pattern]) -> hyperscan.Database:
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    expressions, ids, flags = zip(*group, strict=True)
    database.compile(expressions=list(expressions), ids=list(ids), flags=list(flags))
    return database


def dumped(pack: Pack, made: list[Part]) -> bytes:
    """A line that says what is where, then the databases, each deflated: opened one by one, never all at once."""
    raws = [hyperscan.dumpb(database) for part in made for database in (part.database, part.behind) if database]
    parts = [_deflated(raw) for raw in raws]
    sizes = [(len(part), len(raw)) for part, raw in zip(parts, raws, strict=True)]
    gates = [(sorted(part.gates), part.reach) for part in made]
    head = {"cores": list(pack.cores.values()), "gates": gates, "sizes": sizes}
    return json.dumps(head, separators=(",", ":")).encode() + b"\n" + b"".join(parts)


def _deflated(raw: bytes) -> bytes:
    """Without a checksum: whoever keeps the whole hashes it."""
    packer = zlib.compressobj(9, wbits=-zlib.MAX_WBITS)
    return packer.compress(raw) + packer.flush()


def inflated(blob: bytes) -> tuple[dict[str, Any], Iterator[bytes]]:
    """What the line says, and each database as hyperscan writes it. Raises `ValueError` or `zlib.error`."""
    at = blob.index(b"\n") + 1
    told = json.loads(blob[:at])
    return told, _inflated(blob, at, told["sizes"])


def _inflated(blob: bytes, at: int, sizes: list[tuple[int, int]]) -> Iterator[bytes]:
    """Into a buffer of the right size at once: growing it costs as much as inflating."""
    for size, raw in sizes:
        yield zlib.decompress(blob[at : at + size], wbits=-zlib.MAX_WBITS, bufsize=raw)
        at += size


def opened(blob: bytes) -> tuple[list[list[int]], list[Part]]:
    """The rules of each core, and the databases. Raises also `HyperscanError`, for what this machine cannot run."""
    told, raws = inflated(blob)
    databases = (hyperscan.loadb(raw, hyperscan.HS_MODE_BLOCK) for raw in raws)
    made = [
        Part(next(databases), frozenset(gates), next(databases) if gates else None, (before, after))
        for gates, (before, after) in told["gates"]
    ]
    return told["cores"], made
