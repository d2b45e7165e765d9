"""Keys of encryption at rest: recipients, to whom segments are written, and the identities that open them.

A recipient is `x25519:` and 32 bytes in base64url; an identity file, 0600, holds one `x25519-secret:` a line, the old
ones too after a change of keys. Data keys are wrapped by HPKE (RFC 9180, base mode, X25519, HKDF-SHA256, AES-256-GCM),
which `cryptography` has since 47: the extra `at-rest` (docs/decisions/0030).
"""

from __future__ import annotations

import importlib
import json
import os
import stat
from collections.abc import Iterable, Sequence
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from vedette.trail.files.folder import Unavailable
from vedette.trail.format.envelope import b64u, encode, unb64u

PUBLIC, SECRET = "x25519:", "x25519-secret:"
_INFO = b"vedette at rest 1\n"

Recipients = tuple[bytes, ...]
"""Raw X25519 public keys."""


class BadIdentity(ValueError):
    """An identity file that cannot be used; the message says what to do."""


def recipients(texts: Iterable[str]) -> Recipients:
    """The public keys of `x25519:...`. `Unavailable` for anything else: nothing is written in clear instead."""
    try:
        return tuple(_key(text.strip(), PUBLIC) for text in texts)
    except ValueError as error:
        raise Unavailable(f"VEDETTE_AT_REST names a recipient that is none ({error}); nothing is written") from error


def _key(text: str, prefix: str) -> bytes:
    raw = unb64u(text.removeprefix(prefix)) if text.startswith(prefix) else b""
    if len(raw) != 32:
        raise ValueError(f"not {prefix} and 43 characters of base64url")
    return raw


@cache
def _x25519() -> Any:
    return importlib.import_module("cryptography.hazmat.primitives.asymmetric.x25519")


@cache
def _suite() -> Any:
    """Late on purpose: only encrypted trails pay for it (law 7), and only they need so new a `cryptography`."""
    try:
        hpke = importlib.import_module("cryptography.hazmat.primitives.hpke")
    except ImportError as error:
        raise Unavailable("VEDETTE_AT_REST needs cryptography 47 or newer: pip install 'vedette[at-rest]'") from error
    return hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)


def wrapped(secret: bytes, to: Recipients, about: bytes) -> bytes:
    """The payload of a key frame: `secret` for each recipient, bound to the segment that `about` names."""
    public = _x25519().X25519PublicKey.from_public_bytes
    keys = [[_name(each), b64u(_suite().encrypt(secret, public(each), info=_INFO + about))] for each in to]
    return encode({"keys": keys, "v": 1})


def _name(public: bytes) -> str:
    """The short name of a recipient in a key frame: eight bytes of its key's hash."""
    return sha256(public).hexdigest()[:16]


class Keys:
    """The identities that a reader holds. Nothing is imported, and no file read, before something has to be opened."""

    def __init__(self, secrets: Sequence[bytes] = ()) -> None:
        self._secrets = tuple(secrets)
        self._path: Path | None = None
        self._known: dict[str, Any] | None = None

    def look_in(self, path: Path | None) -> None:
        """From now on hold those of this file, read when first needed."""
        self._path, self._known = path, None

    @property
    def _by_name(self) -> dict[str, Any]:
        """Private keys by the names of their recipients. Raises `BadIdentity`."""
        if self._known is None:
            secrets = (*self._secrets, *(read_identities(self._path) if self._path else ()))
            private = [_x25519().X25519PrivateKey.from_private_bytes(each) for each in secrets]
            self._known = {_name(each.public_key().public_bytes_raw()): each for each in private}
        return self._known

    def unwrapped(self, payload: bytes, about: bytes) -> bytes | None:
        """The data key in the payload of a key frame, or None if none of these identities opens it."""
        for name, sealed in _entries(payload):
            secret = self._opened(name, sealed, about)
            if secret is not None:
                return secret
        return None

    def _opened(self, name: str, sealed: str, about: bytes) -> bytes | None:
        private = self._by_name.get(name)
        if private is None:
            return None
        invalid = importlib.import_module("cryptography.exceptions").InvalidTag
        try:
            secret: bytes = _suite().decrypt(unb64u(sealed), private, info=_INFO + about)
        except (invalid, ValueError):
            return None
        return secret if len(secret) == 32 else None


OURS = Keys()
"""The identities of this process, VEDETTE_AT_REST_KEY: what every reader uses that was given no others."""


def _entries(payload: bytes) -> list[tuple[str, str]]:
    """(recipient, wrapped key) of a key frame; none of one that is not as this format writes it."""
    try:
        found = json.loads(payload)["keys"]
        return [(str(name), str(sealed)) for name, sealed in found]
    except (ValueError, KeyError, TypeError):
        return []


def read_identities(path: Path) -> list[bytes]:
    """The identities of a file. Raises `BadIdentity` where others can read it, or it holds none."""
    try:
        mode, lines = path.stat().st_mode, path.read_text().splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadIdentity(f"VEDETTE_AT_REST_KEY: {path} cannot be read") from error
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise BadIdentity(f"VEDETTE_AT_REST_KEY: {path} can be read by others; run `chmod 600 {path}`")
    try:
        secrets = [_key(line.strip(), SECRET) for line in lines if line.strip() and not line.startswith("#")]
    except ValueError as error:
        raise BadIdentity(f"VEDETTE_AT_REST_KEY: {path}: {error}") from error
    if not secrets:
        raise BadIdentity(f"VEDETTE_AT_REST_KEY: {path} holds no identity; make one with `vedette keygen {path}`")
    return secrets


def generate() -> tuple[str, str]:
    """A new identity and its recipient, as text."""
    secret = os.urandom(32)
    public = _x25519().X25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw()
    return SECRET + b64u(secret), PUBLIC + b64u(public)
