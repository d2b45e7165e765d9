"""Writes trails from the format alone (docs/trail-format.md), whole or tampered with: the verifier's second opinion.

Nothing here calls the writer: hashes, canonical JSON, notes and keys are made anew, so that a fault common to writer
and verifier shows. A `Stream` is a list of `Item`s in file order; an attack is a change of that list.
"""

from __future__ import annotations

import base64
import hashlib
import json
import struct
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

TRAIL_ID = "f" * 32
PREFIX = f"vedette.local/{TRAIL_ID}"
BEGIN = 1795349012000000000
HOST = Ed25519PrivateKey.from_private_bytes(b"\x02" * 32)
WITNESS = "witness.example/one"
WITNESS_KEY = Ed25519PrivateKey.from_private_bytes(b"\x03" * 32)
HOST_KEYS = {f"{PREFIX}/host": base64.b64encode(HOST.public_key().public_bytes_raw()).decode()}


def sha(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def b64u(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def leaf(body: str) -> bytes:
    return sha(b"\x00" + body.encode())


def peaks(leaves: Sequence[bytes]) -> list[bytes]:
    """RFC 6962 by its definition: a perfect tree for each set bit of the size, the largest first."""
    found, at = [], 0
    for bit in reversed(range(len(leaves).bit_length())):
        if len(leaves) >> bit & 1:
            level = list(leaves[at : at + (1 << bit)])
            at += 1 << bit
            while len(level) > 1:
                level = [sha(b"\x01" + a + b) for a, b in zip(level[::2], level[1::2], strict=True)]
            found.append(level[0])
    return found


def root(leaves: Sequence[bytes]) -> bytes:
    found = peaks(leaves)
    top = found.pop()
    while found:
        top = sha(b"\x01" + found.pop() + top)
    return top


def seed(ordinal: int, index: int) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(sha(f"{ordinal} {index}".encode()))


def public(key: Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes_raw()


def signature(name: str, key: Ed25519PrivateKey, text: str) -> str:
    key_id = sha(name.encode() + b"\n\x01" + public(key))[:4]
    return f"\N{EM DASH} {name} {base64.b64encode(key_id + key.sign(text.encode())).decode()}\n"


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a stream. `n` is a record's number, a content's record, or a checkpoint's index."""

    sort: str  # record, content, checkpoint
    stream: str
    n: int
    body: str
    field: str = ""
    payload: bytes = b""

    @property
    def value(self) -> dict[str, Any]:
        return json.loads(self.body)

    def changed(self, **members: Any) -> Item:
        """The same with other members, canonical again."""
        body = canonical({**self.value, **members})
        made = replace(self, body=body, stream=json.loads(body)["s"])
        return replace(made, n=json.loads(body)["n"]) if self.sort == "record" else made


def content(stream: str, n: int, name: str, text: str, parts: int = 1) -> list[Item]:
    """A content field of a record, salted by its place, in so many lines."""
    salt = sha(f"{stream} {n} {name}".encode())[:16]
    payload = salt + name.encode() + b"\x00" + text.encode()
    step = -(-len(text) // parts)
    lines = [text[at : at + step] for at in range(0, len(text), step)]
    head = {"f": name, "n": n, "s": stream, "salt": b64u(salt), "v": 1, "y": "content", "k": len(lines)}
    return [
        Item("content", stream, n, canonical({**head, "i": i, "d": each}), name, payload)
        for i, each in enumerate(lines)
    ]


@dataclass(slots=True)
class Stream:
    """A stream in the making; `items` is what lies in its file."""

    ordinal: int
    every: int = 16
    prefix: str = PREFIX
    host: Ed25519PrivateKey | None = HOST
    items: list[Item] = field(default_factory=list)
    leaves: list[bytes] = field(default_factory=list)
    index: int = 0
    keys: dict[int, Ed25519PrivateKey] = field(default_factory=dict)
    twin: str = ""  # another stream of the same place has another id

    @property
    def id(self) -> str:
        return sha(f"stream {self.prefix} {self.ordinal}{self.twin}".encode()).hex()[:32]

    def key(self, index: int) -> Ed25519PrivateKey:
        return self.keys.get(index) or seed(self.ordinal, index)

    def record(self, texts: dict[str, str] | None = None, parts: int = 1, **members: Any) -> Stream:
        """Append a record with the contents `texts`; a checkpoint follows the first and each `every` further ones."""
        n = len(self.leaves)
        before = self.leaves[-1] if n else sha(b"vedette trail 1\n" + bytes.fromhex(self.id))
        envelope = {"f": "single", "k": "tool", "m": str(n * 10**9), "t": str(BEGIN + n * 10**9), "v": 1}
        envelope |= {"n": n, "p": b64u(before), "s": self.id, **members}
        for name, text in (texts or {}).items():
            made = content(self.id, n, name, text, parts)
            envelope.setdefault("c", {})[name] = [b64u(sha(b"\x10" + made[0].payload)), len(text.encode())]
            self.items += made
        body = canonical(envelope)
        self.items.append(Item("record", self.id, n, body))
        self.leaves.append(leaf(body))
        if n % self.every == 0:
            self.checkpoint()
        return self

    def note(self, index: int, *, last: bool = False, size: int | None = None, top: bytes | None = None) -> str:
        name = f"{self.prefix}/{self.id}"
        lines = [name, str(len(self.leaves) if size is None else size)]
        lines.append(base64.b64encode(top or root(self.leaves)).decode())
        if index == 0:
            lines += [f"ordinal {self.ordinal}", f"key {base64.b64encode(public(self.key(0))).decode()}"]
        if not last:
            lines.append(f"next {base64.b64encode(public(self.key(index + 1))).decode()}")
        text = "".join(f"{line}\n" for line in lines)
        signed = signature(name, self.key(index), text)
        if index == 0 and self.host is not None:
            signed += signature(f"{self.prefix}/host", self.host, text)
        return f"{text}\n{signed}"

    def line(self, index: int, note: str, tops: Sequence[bytes] | None = None) -> Item:
        found = [b64u(peak) for peak in (peaks(self.leaves) if tops is None else tops)]
        body = canonical({"f": found, "i": index, "note": note, "s": self.id, "v": 1, "y": "checkpoint"})
        return Item("checkpoint", self.id, index, body)

    def checkpoint(self, *, last: bool = False) -> Stream:
        self.items.append(self.line(self.index, self.note(self.index, last=last)))
        self.index += 1
        return self

    # Finding one's way in it.

    def at(self, sort: str, n: int, name: str = "") -> Item:
        return next(each for each in self.items if (each.sort, each.n) == (sort, n) and name in ("", each.field))

    def drop(self, *gone: Item) -> None:
        self.items = [each for each in self.items if each not in gone]

    def swap(self, old: Item, *new: Item) -> None:
        at = self.items.index(old)
        self.items[at : at + 1] = new

    def cut(self, size: int) -> None:
        """Forget all that came after the checkpoint over `size` records, without a trace."""
        self.items = [
            each for each in self.items if each.n < (size if each.sort != "checkpoint" else size // self.every + 1)
        ]


def stream(ordinal: int, records: int = 102, every: int = 16, closed: bool = True, **made: Any) -> Stream:
    """A stream as the attack matrix has it: a birth, pairs of intent and outcome with content, a close."""
    forged = Stream(ordinal, every, **made)
    birth = {"vedette.lifecycle.phase": "birth", "vedette.ordinal": ordinal}
    forged.record(k="lifecycle", a=birth)
    for n in range(1, records - 1):
        about = {"k": "tool", "e": "execute_tool weather", "a": {"gen_ai.tool.name": "weather", "number": n}}
        if n % 2:
            forged.record({"input": f'{{"city":"Zürich","n":{n}}}'}, f="intent", **about)
        else:
            forged.record({"input": f"asked {n}", "output": f"rain {n}"}, f="outcome", of=n - 1, r="ok", **about)
    if closed:
        facts = {"vedette.lifecycle.phase": "close", "vedette.lifecycle.reason": "stop"}
        forged.record(k="lifecycle", a=facts).checkpoint(last=True)
    return forged


def lines(*streams: Stream) -> list[str]:
    return [each.body for one in streams for each in one.items]


def frame(sort: int, payload: bytes, flags: int = 0) -> bytes:
    rest = struct.pack("<IBBH", len(payload), sort, flags, 0) + payload
    return struct.pack("<I", zlib.crc32(rest)) + rest


def segment(one: Stream, items: Iterable[Item] | None = None, *, number: int = 0, first: int = 0) -> bytes:
    before = one.leaves[first - 1] if first else sha(b"vedette trail 1\n" + bytes.fromhex(one.id))
    place = (bytes.fromhex(one.id), one.ordinal, number, first, BEGIN, before)
    head = struct.pack("<8sHBBI16sIIQq32s36x", b"VDTTRL1\n", 1, 1, 0, 0, *place)
    frames = [head + struct.pack("<I", zlib.crc32(head))]
    for each in one.items if items is None else items:
        if each.sort == "content":
            frames.append(frame(2, each.payload))
        else:
            frames.append(frame(1 if each.sort == "record" else 3, each.body.encode()))
    return b"".join(frames)


@dataclass(slots=True)
class Host(Stream):
    """A host log: its stream is the trail itself, its notes have no extension lines, its key does not evolve."""

    @property
    def id(self) -> str:
        return self.prefix.rpartition("/")[2]

    def note(self, index: int, *, last: bool = False, size: int | None = None, top: bytes | None = None) -> str:
        name = f"{self.prefix}/host"
        lines = [name, str(len(self.leaves) if size is None else size)]
        lines.append(base64.b64encode(top or root(self.leaves)).decode())
        text = "".join(f"{line}\n" for line in lines)
        return f"{text}\n{signature(name, self.host or HOST, text)}"

    def head(self, one: Stream, index: int, phase: str = "head", **more: Any) -> Host:
        """A head of `one`, as the keeper writes it down."""
        lines = one.at("checkpoint", index).value["note"].split("\n")
        facts = {"vedette.lifecycle.phase": phase, "vedette.head.stream": one.id, "vedette.ordinal": one.ordinal}
        facts |= {"vedette.head.size": int(lines[1]), "vedette.head.root": b64u(base64.b64decode(lines[2]))}
        facts |= {"vedette.head.index": index}
        following = [line.split(" ")[1] for line in lines if line.startswith("next ")]
        facts |= {"vedette.head.next": following[0]} if following else {}
        self.record(k="lifecycle", a=facts | more)
        return self

    def recovered(self, one: Stream, torn: bytes = b"") -> Host:
        """What a dead process left of `one`."""
        facts = {"vedette.lifecycle.phase": "recovered", "vedette.head.stream": one.id, "vedette.ordinal": one.ordinal}
        facts |= {"vedette.head.size": len(one.leaves), "vedette.head.root": b64u(root(one.leaves))}
        facts |= {"vedette.torn.bytes": len(torn), "vedette.torn.sha256": b64u(sha(torn))}
        self.record(k="lifecycle", a=facts)
        return self

    def anchored(self, seconds: int) -> str:
        """Seal it, have it witnessed at a time, and write down what the witness said; the hash of that statement."""
        self.checkpoint()
        note = self.items[-1].value["note"]
        said = {"kind": "witness", "name": WITNESS, "note": note, "token": cosigned(note, seconds)}
        text = canonical(said)
        facts = {"vedette.lifecycle.phase": "anchor", "vedette.anchor.hash": b64u(sha(text.encode()))}
        self.record({"vedette.anchor.statement": text}, k="lifecycle", a=facts)
        self.checkpoint()
        return facts["vedette.anchor.hash"]


def cosigned(note: str, seconds: int) -> str:
    """The base64 of a witness's answer: one line of a cosignature over a note (C2SP tlog-cosignature)."""
    text = note.rpartition("\n\n")[0] + "\n"
    blob = seconds.to_bytes(8, "big") + WITNESS_KEY.sign(f"cosignature/v1\ntime {seconds}\n{text}".encode())
    line = f"\N{EM DASH} {WITNESS} {base64.b64encode(witness_id() + blob).decode()}\n"
    return base64.b64encode(line.encode()).decode()


def witness_id() -> bytes:
    return sha(WITNESS.encode() + b"\n\x04" + public(WITNESS_KEY))[:4]


def witness_anchor(url: str = "https://witness.example/log") -> str:
    """The entry of VEDETTE_ANCHORS that trusts this witness."""
    key = base64.b64encode(b"\x04" + public(WITNESS_KEY)).decode()
    return f"witness:{url}#key={WITNESS}+{witness_id().hex()}+{key}"


def host(*streams: Stream, every: int = 1000) -> Host:
    """The host log of streams that were met at birth and seen at their last checkpoint before the close."""
    log = Host(0xFFFFFFFF, every)
    log.record(k="lifecycle", a={"vedette.lifecycle.phase": "birth", "vedette.log": "host"})
    for one in streams:
        log.head(one, 0).head(one, one.index - 2 if one.index > 1 else 0)
    return log


def folder(path: Path, *streams: Stream, log: Host | None = None) -> Path:
    """The same as a trail's folder, one segment a stream."""
    path.mkdir(parents=True, exist_ok=True)
    about = {"trail_id": TRAIL_ID, "origin": "vedette.local", "host_key": next(iter(HOST_KEYS.values()))}
    (path / "trail.json").write_text(json.dumps(about))
    for one in streams:
        where = path / "streams" / f"{one.ordinal:08d}"
        where.mkdir(parents=True)
        (where / "lock").touch()
        (where / "000000.seg").write_bytes(segment(one))
    if log is not None:
        (path / "host").mkdir()
        (path / "host" / "000000.seg").write_bytes(segment(log))
    return path


def exported(bodies: Iterable[str]) -> str:
    """One line of the Collector's file exporter."""
    records = [{"timeUnixNano": "1", "body": {"stringValue": each}, "attributes": []} for each in bodies]
    return json.dumps({"resourceLogs": [{"resource": {}, "scopeLogs": [{"logRecords": records}]}]})
