"""Whole values under a secret's name. Of an Authorization header the scheme stays, of cookies the names."""

from __future__ import annotations

import base64
import binascii

from vedette.redact import keynames
from vedette.redact.span import TOKEN
from vedette.redact.texts import Taken, Texts
from vedette.redact.validators import placeholder

_COOKIE_WORDS = frozenset({"path", "domain", "expires", "max-age", "samesite", "version", "priority"})


class Masking:
    """Gives the new text and what was taken; nothing is taken from a placeholder or from a mark of ours."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts

    def mask(self, value: str, name: str) -> tuple[str, list[Taken]]:
        plain = keynames.normal(name)
        if plain.endswith("authorization"):
            return self._authorization(value)
        if plain.endswith("cookie"):
            return self._cookies(value)
        return self._whole(keynames.kind(name), value, name)

    def _whole(self, kind: str, value: str, name: str = "") -> tuple[str, list[Taken]]:
        raw = value.encode("utf-8", "surrogatepass")
        if not value.strip() or TOKEN.fullmatch(raw) or placeholder(value):
            return value, []
        self._texts.memory.add([(raw, kind, 0)])
        text, taken = self._texts.take(kind, raw, name)
        return text, [] if taken is None else [taken]

    def _authorization(self, value: str) -> tuple[str, list[Taken]]:
        scheme, blank, rest = value.partition(" ")
        if not rest:
            return self._whole("authorization", value)
        if scheme.lower() == "basic":
            return self._basic(scheme, rest)
        text, taken = self._whole("authorization", rest)
        return f"{scheme}{blank}{text}", taken

    def _basic(self, scheme: str, rest: str) -> tuple[str, list[Taken]]:
        """The digest is that of the password, so that it is found again wherever else it stands."""
        try:
            _, colon, password = base64.b64decode(rest, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError, ValueError):
            password = colon = ""
        if not colon or not password:
            text, taken = self._whole("authorization", rest)
        else:
            text, taken = self._whole("password", password)
        return f"{scheme} {text}", taken

    def _cookies(self, value: str) -> tuple[str, list[Taken]]:
        pieces, all_taken = [], []
        for pair in value.split("; "):
            name, sign, held = pair.partition("=")
            if sign and name.lower() not in _COOKIE_WORDS:
                text, taken = self._whole("cookie", held)
                all_taken += taken
                pieces.append(f"{name}={text}")
            else:
                pieces.append(pair)
        return "; ".join(pieces), all_taken
