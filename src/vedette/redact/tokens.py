"""Tokens: `[kind:kid.16hex]`, equal for equal values, so that what was taken out can still be correlated.

The digest is the first 64 bits of HMAC-SHA-256 over the normalised value; the kind is not in it, so a secret found by
two rules has one digest. Who holds the key can invert what has little entropy: it never stands in a trail.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from vedette.redact.validators import NORMAL

_PIECE = 64 * 1024


class BadKey(ValueError):
    """A redaction key that cannot be used; the message says what to do."""


@dataclass(frozen=True, slots=True, repr=False)
class Key:
    """32 bytes and their short id, which stands in every token."""

    secret: bytes
    id: str

    def __repr__(self) -> str:
        return f"Key(id={self.id!r})"


def make_key(secret: bytes) -> Key:
    return Key(secret, hashlib.sha256(b"vedette key id\n" + secret).hexdigest()[:4])


def load_key(setting: str, folder: Path) -> Key:
    """The key that `setting` is (64 hex digits) or names (a file), else the one of `folder`, made on first use.

    Raises `BadKey` for a file that others can read or that holds no key. What is no file is not told: it may be a key
    that was pasted a digit short.
    """
    with contextlib.suppress(ValueError):
        if len(setting) == 64:
            return make_key(bytes.fromhex(setting))
    path = Path(setting).expanduser() if setting else folder / "redact.key"
    if not setting:
        _make_once(path)
    elif not os.path.exists(path):  # noqa: PTH110 - a pasted key may be too long for a name, which `Path` raises
        raise BadKey("VEDETTE_REDACT_KEY is not valid: use 64 hex digits, or a file that holds them")
    return _read(path)


def _make_once(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    scratch = path.with_name(f".{path.name}.{os.getpid()}")
    if path.exists():
        return
    descriptor = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
    try:
        os.fchmod(descriptor, 0o600)
        os.write(descriptor, os.urandom(32).hex().encode())
    finally:
        os.close(descriptor)
    with contextlib.suppress(FileExistsError):  # another process was first: its key is the one
        os.link(scratch, path)
    scratch.unlink()


def _read(path: Path) -> Key:
    try:
        found = path.stat()
        text = path.read_text().strip()
    except OSError as error:
        raise BadKey(f"VEDETTE_REDACT_KEY: {path} cannot be read ({error.strerror})") from error
    if found.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise BadKey(f"VEDETTE_REDACT_KEY: {path} can be read by others; run `chmod 600 {path}`")
    try:
        secret = bytes.fromhex(text)
    except ValueError:
        secret = b""
    if len(secret) != 32:
        raise BadKey(f"VEDETTE_REDACT_KEY: {path} must hold 64 hex digits")
    return make_key(secret)


def _keyed(secret: bytes) -> tuple[hashlib._Hash, hashlib._Hash]:
    """HMAC's inner and outer hash after the key's block (RFC 2104)."""
    block = (secret if len(secret) <= 64 else hashlib.sha256(secret).digest()).ljust(64, b"\0")
    inner, outer = (bytes(each ^ pad for each in block) for pad in (0x36, 0x5C))
    return hashlib.sha256(inner), hashlib.sha256(outer)


class Tokens:
    """Digests by one key; remembers the newest, for the same values come again and again. Forgotten at a fork."""

    def __init__(self, key: Key, most: int = 4096) -> None:
        self._key = key
        self._inner, self._outer = _keyed(key.secret)
        self._most = most
        self._known: dict[tuple[str, bytes], str] = {}
        os.register_at_fork(after_in_child=self._known.clear)

    def digest(self, kind: str, value: bytes) -> str:
        """Key id and 16 hex digits of the HMAC of what the value means, however it is spelled."""
        short = len(value) <= 1024
        known = self._known.get((kind, value)) if short else None  # 64 MB would be hashed for nothing
        if known is not None:
            return known
        normal = NORMAL.get(kind)
        plain = normal(value.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape") if normal else value
        digest = f"{self._key.id}.{self._hmac(plain).hex()}"
        if len(self._known) >= self._most:
            self._known.clear()
        if short:
            self._known[(kind, value)] = digest
        return digest

    def of_text(self, text: str) -> str:
        """The same of a long text whose spelling counts, in pieces: a copy of 64 MB costs as much as its digest."""
        inner, outer = self._inner.copy(), self._outer.copy()
        for at in range(0, len(text), _PIECE):
            inner.update(text[at : at + _PIECE].encode("utf-8", "surrogatepass"))
        outer.update(inner.digest())
        return f"{self._key.id}.{outer.digest()[:8].hex()}"

    def _hmac(self, message: bytes) -> bytes:
        """The first 64 bits of HMAC-SHA-256. `hmac.digest` takes five times as long: it hashes the key each time."""
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(message)
        outer.update(inner.digest())
        return outer.digest()[:8]

    def derived(self, purpose: str) -> bytes:
        """32 bytes for another use (RFC 5869's expand step): a digest of one use says nothing about another's."""
        return hmac.digest(self._key.secret, f"vedette {purpose}".encode() + b"\x01", "sha256")
