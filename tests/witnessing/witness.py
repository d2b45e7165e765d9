"""A witness (C2SP tlog-witness) that checks what it is shown: signature, old size, consistency proof (RFC 6962, 2.1.4).

Nothing of Vedette is used: it is the protocol read a second time.
"""

from __future__ import annotations

import base64
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from tests import trail_forge as forge
from tests.witnessing.serving import Reply, served


@dataclass
class Witness:
    """`logs` maps an origin to the public key of its log; `seen` to size and root of what was cosigned last."""

    logs: dict[str, bytes] = field(default_factory=dict)
    seen: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    asked: list[int] = field(default_factory=list)

    def answer(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Reply:
        if (method, path) != ("POST", "/log/add-checkpoint"):
            return Reply(404)
        head, _, note = body.decode().partition("\n\n")
        text, _, signatures = note.rpartition("\n\n")
        lines = text.split("\n")
        first, *proof = head.split("\n")
        old = int(first.removeprefix("old "))
        self.asked.append(old)
        origin, size, root = lines[0], int(lines[1]), base64.b64decode(lines[2])
        status = self._status(origin, signatures, f"{text}\n")
        if status != 200:
            return Reply(status)
        if old > size or len(proof) > 63:
            return Reply(400)
        return self._judge(origin, note, (old, size), root, [base64.b64decode(each) for each in proof])

    def _status(self, origin: str, signatures: str, text: str) -> int:
        key = self.logs.get(origin)
        if key is None:
            return 404
        for line in signatures.split("\n")[:-1]:
            dash, name, blob = line.split(" ")
            try:
                Ed25519PublicKey.from_public_bytes(key).verify(base64.b64decode(blob)[4:], text.encode())
            except InvalidSignature:
                continue
            if (dash, name) == ("\N{EM DASH}", origin):
                return 200
        return 403

    def _judge(self, origin: str, note: str, sizes: tuple[int, int], root: bytes, proof: Sequence[bytes]) -> Reply:
        old, size = sizes
        known, before = self.seen.get(origin, (0, b""))
        if old != known:
            return Reply(409, f"{known}\n".encode(), {"content-type": "text/x.tlog.size"})
        if old == size and root != before:
            return Reply(409)
        if not consistent(old, size, before, root, proof):
            return Reply(422)
        self.seen[origin] = (size, root)
        return Reply(200, base64.b64decode(forge.cosigned(note, int(time.time()))))


def consistent(old: int, size: int, before: bytes, root: bytes, proof: Sequence[bytes]) -> bool:
    """RFC 9162, section 2.1.4.2."""
    if old in (0, size):
        return not proof
    path = list(proof)
    if old & (old - 1) == 0:
        path.insert(0, before)
    if not path:
        return False
    fn, sn = old - 1, size - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = path[0]
    for each in path[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            fr, sr = forge.sha(b"\x01" + each + fr), forge.sha(b"\x01" + each + sr)
            while fn and not fn & 1:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = forge.sha(b"\x01" + sr + each)
        fn, sn = fn >> 1, sn >> 1
    return (fr, sr, sn) == (before, root, 0)


@contextmanager
def witness() -> Iterator[tuple[Witness, str]]:
    """The witness, and its entry in VEDETTE_ANCHORS."""
    made = Witness()
    with served(made.answer) as url:
        yield made, forge.witness_anchor(f"{url}/log")
