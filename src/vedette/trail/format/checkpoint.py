"""Checkpoints: signed statements of a stream's size and root, as C2SP signed notes (signed-note, tlog-checkpoint).

The note's body is origin, size, base64 root and extension lines; each checkpoint names, by its `next` line, the key
that must sign the following one, and the key that signed it is dropped: who takes the current key cannot touch what
was sealed before. Erasure of keys in CPython is best effort: the reference is dropped, nothing more is claimed.
"""

from __future__ import annotations

import base64
import hashlib
import importlib
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Protocol

from vedette.trail.format.envelope import b64u, encode

ED25519 = 1


class Signer(Protocol):
    """An Ed25519 private key of `cryptography`."""

    def sign(self, data: bytes, /) -> bytes: ...
    def public_key(self) -> Any: ...


@cache
def _ed25519() -> Any:
    """Late on purpose: `cryptography` costs 15-29 ms, paid by the line thread with its first record (law 7).

    Asked for once: a KeyboardInterrupt inside `import_module` can leave that module's lock in disorder (Python 3.10).
    """
    return importlib.import_module("cryptography.hazmat.primitives.asymmetric.ed25519")


def signer(seed: bytes) -> Signer:
    key: Signer = _ed25519().Ed25519PrivateKey.from_private_bytes(seed)
    return key


def new_signer() -> Signer:
    return signer(os.urandom(32))


def public_bytes(key: Signer) -> bytes:
    raw: bytes = key.public_key().public_bytes_raw()
    return raw


@cache
def _invalid() -> type[Exception]:
    error: type[Exception] = importlib.import_module("cryptography.exceptions").InvalidSignature
    return error


def verifies(public: bytes, signature: bytes, data: bytes) -> bool:
    """Whether `signature` over `data` is that of the Ed25519 public key `public`."""
    invalid = _invalid()
    try:
        _ed25519().Ed25519PublicKey.from_public_bytes(public).verify(signature, data)
    except (invalid, ValueError):
        return False
    return True


def key_id(name: str, public: bytes) -> bytes:
    """First four bytes of SHA-256 over name, LF, the algorithm byte and the public key (C2SP signed-note)."""
    return hashlib.sha256(name.encode() + b"\n" + bytes([ED25519]) + public).digest()[:4]


@dataclass(frozen=True, slots=True)
class Named:
    """A key under the name that stands on its signature line."""

    name: str
    key: Signer

    def line(self, text: str) -> str:
        blob = key_id(self.name, public_bytes(self.key)) + self.key.sign(text.encode())
        return f"\N{EM DASH} {self.name} {base64.b64encode(blob).decode()}\n"


def note(origin: str, size: int, root: bytes, extensions: Sequence[str], signers: Sequence[Named]) -> str:
    """A whole signed note: body, blank line, one signature line a signer."""
    text = "".join(f"{line}\n" for line in (origin, str(size), base64.b64encode(root).decode(), *extensions))
    return text + "\n" + "".join(each.line(text) for each in signers)


def checkpoint_line(stream: str, index: int, signed: str, peaks: Sequence[bytes]) -> bytes:
    """The note with its frontier, as the one line of canonical JSON that travels."""
    return encode(
        {"f": [b64u(peak) for peak in peaks], "i": index, "note": signed, "s": stream, "v": 1, "y": "checkpoint"}
    )


class Signing(Protocol):
    """What signs the checkpoints of a stream, at one of them. Never changed: `after` is that of the next one."""

    @property
    def index(self) -> int: ...
    def sign(self, size: int, root: bytes, *, last: bool = False) -> str: ...
    def after(self) -> Signing: ...


@dataclass(frozen=True, slots=True)
class HostKey:
    """The host log's one key. It does not evolve: verifiers pin it, and anchors do what evolution would."""

    host: Named
    index: int = 0

    def after(self) -> HostKey:
        return replace(self, index=self.index + 1)

    def sign(self, size: int, root: bytes, *, last: bool = False) -> str:
        """Without extension lines: witnesses see these notes. There is no last one."""
        return note(self.host.name, size, root, (), [self.host])


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of a stream at one checkpoint: the one that signs it and the one that it announces. Never changed.

    `name` is the origin of its notes; `host`, if it lies here, certifies checkpoint 0.
    """

    name: str
    host: Named | None
    ordinal: int
    index: int
    current: Signer
    following: Signer

    @classmethod
    def first(cls, name: str, host: Named | None, ordinal: int) -> Keys:
        return cls(name, host, ordinal, 0, new_signer(), new_signer())

    def after(self) -> Keys:
        """The keys of the next checkpoint: the reference to the one that signed is dropped."""
        return replace(self, index=self.index + 1, current=self.following, following=new_signer())

    def sign(self, size: int, root: bytes, *, last: bool = False) -> str:
        """The note of this checkpoint. `last` announces no key: nothing can follow, whoever holds what is left."""
        lines = []
        signers = [Named(self.name, self.current)]
        if self.index == 0:
            lines += [f"ordinal {self.ordinal}", f"key {_b64(public_bytes(self.current))}"]
            signers += [self.host] if self.host else []
        if not last:
            lines.append(f"next {_b64(public_bytes(self.following))}")
        return note(self.name, size, root, lines, signers)


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()
