"""Sealed content (`VEDETTE_CONTENT=sealed`): what is shipped can be read only with keys that stay on this host.

Guarantee: once the key of a session is destroyed, what backends hold of its content is noise, and the salts, without
which nobody can test a guess against a commitment, are part of it. Keys lie in `seals/`, 0600, one for each session of
each user (a stream stands for a session that has no name); who copies that folder copies the power to read.
A body is sealed under a key of its own, derived from its place: the nonce may be fixed, and a retry is the same bytes.
"""

from __future__ import annotations

import fcntl
import hmac
import json
import os
import struct
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from vedette.trail.files.folder import make, replace, sync_folder
from vedette.trail.files.rest import aead
from vedette.trail.format.content import PART, parts
from vedette.trail.format.envelope import b64u, encode

USED_TO = 3600
"""Seconds to which the time of a key's last use is known."""

_NONCE = bytes(12)


@dataclass(frozen=True, slots=True, repr=False)
class Seal:
    """The key of one session of one user; `session` is a stream's id where there was none. Pseudonyms, never names."""

    id: str
    user: str
    session: str
    key: str

    @property
    def about(self) -> dict[str, Any]:
        """Like an envelope, for whom a hold would have to cover."""
        return {"s": self.session, "w": {"user": self.user, "session": self.session}}

    def one_time(self, stream: str, n: int, field: str) -> bytes:
        """The key of one content field of one record."""
        about = b"vedette seal 1\n" + bytes.fromhex(stream) + struct.pack("<Q", n) + field.encode()
        return hmac.digest(bytes.fromhex(self.key), about, "sha256")


class Seals:
    """The keys of one trail directory. Thread-safe, and safe beside other processes."""

    def __init__(self, trail: Path) -> None:
        self._folder = trail / "seals"
        self._known: dict[tuple[str, str], Seal] = {}
        self._by_id: dict[str, Seal | None] = {}

    # Sealing.

    def bodies(self, envelope: Mapping[str, Any], field: str, payload: bytes) -> list[str]:
        """The lines that carry one content payload of a record."""
        stream, n = str(envelope["s"]), int(envelope["n"])
        seal = self._of(envelope)
        sealed = aead()[0](seal.one_time(stream, n, field)).encrypt(_NONCE, payload, None)
        head = {"f": field, "key": seal.id, "n": n, "s": stream, "v": 1, "y": "sealed"}
        room = PART - len(encode({**head, "d": "", "i": 10**6, "k": 10**6}))
        pieces = parts(b64u(sealed), room)
        return [encode({**head, "d": each, "i": i, "k": len(pieces)}).decode() for i, each in enumerate(pieces)]

    def _of(self, envelope: Mapping[str, Any]) -> Seal:
        """The key of a record's session, made when it is first needed. One that was destroyed is never used again."""
        who = envelope.get("w", {})
        subject = (str(who.get("user", "")), str(who.get("session", "")) or str(envelope["s"]))
        seal = self._known.get(subject)
        if seal is None or not self._in_use(seal):
            seal = self._known[subject] = self._found_or_made(*subject)
        return seal

    def _in_use(self, seal: Seal) -> bool:
        """Whether the key is still there. Its file's time tells, to the hour, when it was used last."""
        path = self._folder / seal.id
        try:
            if time.time() - path.stat().st_mtime > USED_TO:
                os.utime(path)
        except FileNotFoundError:
            return False
        return True

    def _found_or_made(self, user: str, session: str) -> Seal:
        make(self._folder)
        with self._alone():
            for seal in self:
                if (seal.user, seal.session) == (user, session) and self._in_use(seal):
                    return seal
            seal = Seal(os.urandom(8).hex(), user, session, os.urandom(32).hex())
            replace(self._folder / seal.id, json.dumps(asdict(seal)).encode(), 0o600)
            return seal

    @contextmanager
    def _alone(self) -> Iterator[None]:
        descriptor = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    # Opening.

    def open(self, key_id: str, stream: str, n: int, field: str, sealed: bytes) -> bytes | None:
        """The content payload; None where its key is not here. `ValueError` if it is not what was sealed."""
        if key_id not in self._by_id:
            self._by_id[key_id] = _read(self._folder / key_id) if _is_id(key_id) else None
        seal = self._by_id[key_id]
        if seal is None:
            return None
        aesgcm, invalid = aead()
        try:
            payload: bytes = aesgcm(seal.one_time(stream, n, field)).decrypt(_NONCE, sealed, None)
        except invalid as error:
            raise ValueError("not what was sealed") from error
        return payload

    # Keeping and destroying.

    def __iter__(self) -> Iterator[Seal]:
        """All keys."""
        paths = sorted(self._folder.iterdir()) if self._folder.is_dir() else []
        found = (_read(path) for path in paths if _is_id(path.name))
        yield from (seal for seal in found if seal is not None)

    def used_ns(self, seal: Seal) -> int:
        """Until when the key was used at most, in wall-clock ns; 0 if it is gone."""
        path = self._folder / seal.id
        return path.stat().st_mtime_ns + USED_TO * 10**9 if path.exists() else 0

    def destroy(self, seal: Seal) -> None:
        """Overwrite the key and remove it. All that was sealed with it can be read no more, wherever it lies."""
        path = self._folder / seal.id
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except FileNotFoundError:
            return
        try:
            os.pwrite(descriptor, bytes(os.fstat(descriptor).st_size), 0)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        path.unlink(missing_ok=True)
        sync_folder(self._folder)


def _is_id(name: str) -> bool:
    return len(name) == 16 and not set(name) - set("0123456789abcdef")


def _read(path: Path) -> Seal | None:
    """A key file; None if it is gone, or was being destroyed."""
    try:
        found = json.loads(path.read_bytes())
        return Seal(**{name: str(found[name]) for name in ("id", "user", "session", "key")})
    except (OSError, ValueError, TypeError, KeyError):
        return None
