"""Compiling a pack for engine A, and opening what was compiled. Imported with `hyper`, never at start-up.

Cores with a literal go together; few without one cost more than all others (redaction.md 5), so groups do not mix.
"""

from __future__ import annotations

import importlib.metadata
import json
import platform
import zlib
from collections.abc import Iterable, Iterator

import hyperscan

from vedette.redact.pack import Pack
from vedette.redact.scanners.contract import GATES

FORMAT = "vedette databases 5"


def fingerprint(pack: Pack) -> str:
    """What a compiled pack depends on; its hash names the file."""
    info = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    info.compile(expressions=[b"vedette"], ids=[0], flags=[0])
    return " ".join(
        (FORMAT, pack.digest, importlib.metadata.version("hyperscan"), repr(info.info()), platform.machine())
    )


def compiled(pack: Pack) -> list[hyperscan.Database]:
    """Seconds of work for the whole pack, with the interpreter's lock released. Raises `hyperscan.HyperscanError`."""
    return [_compile(group) for group in _groups(pack)]


def _groups(pack: Pack) -> Iterable[list[tuple[bytes, int, int]]]:
    """(expression, core, flags): cores that scan well together. Each database more costs a short text half a us."""
    by_group: dict[str, list[tuple[bytes, int, int]]] = {}
    for number, (core, rules) in enumerate(pack.cores.items()):
        group = pack[rules[0]].group
        flags = hyperscan.HS_FLAG_SOM_LEFTMOST if group == "keyvalue" else 0
        name = {"pii": _shape(core), "token": "literal", "context": "literal"}.get(group, group)
        by_group.setdefault(name, []).append((core.encode(), number, flags))
    gates = [(gate, len(pack.cores) + at, hyperscan.HS_FLAG_SINGLEMATCH) for at, gate in enumerate(GATES)]
    by_group.setdefault("keyvalue", []).extend(gates)
    return by_group.values()


def _shape(core: str) -> str:
    """What a core begins with. Measured on chats, us per 10 KB: 145 cores in one database 83, in these five 40."""
    if core.startswith("(?:^|[^0-9])"):
        return "number"
    if "(?i:" in core[:32]:
        return "digit" if core.endswith(r"[0-9 .\-()/]{6}") else "word"
    if core.startswith("[0-9A-Fa-f]"):
        return "hex"
    if core.startswith(("[A-Z", "(?:AD|", "[STFGM]")):
        return "capital"
    return "digit" if core.startswith(("[0-9", "[1-", "[13]", "[2-", "[9A-Z]", "(?:[0-9")) else "word"


def _compile(group: list[tuple[bytes, int, int]]) -> hyperscan.Database:
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    expressions, ids, flags = zip(*group, strict=True)
    database.compile(expressions=list(expressions), ids=list(ids), flags=list(flags))
    return database


def dumped(pack: Pack, databases: list[hyperscan.Database]) -> bytes:
    """A line that says what is where, then the databases, each deflated: opened one by one, never all at once."""
    raws = [hyperscan.dumpb(database) for database in databases]
    parts = [_deflated(raw) for raw in raws]
    sizes = [(len(part), len(raw)) for part, raw in zip(parts, raws, strict=True)]
    head = {"cores": list(pack.cores.values()), "sizes": sizes}
    return json.dumps(head, separators=(",", ":")).encode() + b"\n" + b"".join(parts)


def _deflated(raw: bytes) -> bytes:
    """Without a checksum: whoever keeps the whole hashes it."""
    packer = zlib.compressobj(9, wbits=-zlib.MAX_WBITS)
    return packer.compress(raw) + packer.flush()


def parts(blob: bytes) -> tuple[list[list[int]], Iterator[bytes]]:
    """The rules of each core, and each database as hyperscan writes it. Raises `ValueError` or `zlib.error`."""
    at = blob.index(b"\n") + 1
    told = json.loads(blob[:at])
    return told["cores"], _inflated(blob, at, told["sizes"])


def _inflated(blob: bytes, at: int, sizes: list[tuple[int, int]]) -> Iterator[bytes]:
    """Into a buffer of the right size at once: growing it costs as much as inflating."""
    for size, raw in sizes:
        yield zlib.decompress(blob[at : at + size], wbits=-zlib.MAX_WBITS, bufsize=raw)
        at += size


def opened(blob: bytes) -> tuple[list[list[int]], list[hyperscan.Database]]:
    """The rules of each core, and the databases. Raises also `HyperscanError`, for what this machine cannot run."""
    cores, raws = parts(blob)
    return cores, [hyperscan.loadb(raw, hyperscan.HS_MODE_BLOCK) for raw in raws]
