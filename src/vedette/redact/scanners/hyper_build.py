"""Compiling a pack for engine A, and opening what was compiled. Imported with `hyper`, never at start-up.

Cores with a literal go together; few without one cost more than all others (redaction.md 5), so groups do not mix. A
group is cut where compiling it whole takes longer than its parts and scanning does not gain.
"""

from __future__ import annotations

import importlib.metadata
import json
import platform
from collections.abc import Iterator

import hyperscan

from vedette.redact.pack import Pack
from vedette.redact.scanners.contract import GATES

MOST = {"token": 600, "context": 420, "keyvalue": 100, "pii": 200}
"""Cores in one database, by the group of the first rule that has them."""

FORMAT = "vedette databases 1"


def fingerprint(pack: Pack) -> str:
    """What a compiled pack depends on; its hash names the file."""
    info = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    info.compile(expressions=[b"vedette"], ids=[0], flags=[0])
    return " ".join(
        (FORMAT, pack.digest, importlib.metadata.version("hyperscan"), str(info.info()), platform.machine())
    )


def compiled(pack: Pack) -> list[hyperscan.Database]:
    """Seconds of work for the whole pack, with the interpreter's lock released. Raises `hyperscan.HyperscanError`."""
    return [_compile(group) for group in _groups(pack)]


def _groups(pack: Pack) -> Iterator[list[tuple[bytes, int, int]]]:
    """(expression, core, flags): the cores of each group, cut to size, and the gates with the last."""
    by_group: dict[str, list[tuple[bytes, int, int]]] = {name: [] for name in MOST}
    for number, (core, rules) in enumerate(pack.cores.items()):
        by_group[pack[rules[0]].group].append((core.encode(), number, 0))
    gates = [(gate, len(pack.cores) + at, hyperscan.HS_FLAG_SINGLEMATCH) for at, gate in enumerate(GATES)]
    by_group["pii"] += gates
    for name, cores in by_group.items():
        parts = -(-len(cores) // MOST[name])
        yield from (cores[at::parts] for at in range(parts))


def _compile(group: list[tuple[bytes, int, int]]) -> hyperscan.Database:
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    expressions, ids, flags = zip(*group, strict=True)
    database.compile(expressions=list(expressions), ids=list(ids), flags=list(flags))
    return database


def dumped(pack: Pack, databases: list[hyperscan.Database]) -> bytes:
    """A line that says what is where, then the databases."""
    blobs = [hyperscan.dumpb(database) for database in databases]
    head = {"cores": list(pack.cores.values()), "sizes": [len(blob) for blob in blobs]}
    return json.dumps(head, separators=(",", ":")).encode() + b"\n" + b"".join(blobs)


def opened(blob: bytes) -> tuple[list[list[int]], list[hyperscan.Database]]:
    """The rules of each core, and the databases. Raises `ValueError` or `HyperscanError` for anything else."""
    head, _, rest = blob.partition(b"\n")
    told = json.loads(head)
    databases, at = [], 0
    for size in told["sizes"]:
        databases.append(hyperscan.loadb(rest[at : at + size], hyperscan.HS_MODE_BLOCK))
        at += size
    return told["cores"], databases
