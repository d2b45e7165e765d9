"""Walking values, not JSON text: an escaped newline glues itself to a secret, a decoded one does not.

Strings that hold JSON are decoded, masked inside and written again, up to three levels; URLs are masked in their user
part, query and fragment; a secret's name masks its value whatever it says. Fail closed: what is too large, too deep or
cannot be read is withheld, with size and digest, and counted.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote_plus

from vedette.event import Label
from vedette.redact import keynames
from vedette.redact.engine import TOKEN
from vedette.redact.tokens import Tokens
from vedette.redact.validators import card

MAX_TEXT = 1024 * 1024
MAX_DEPTH = 64
MAX_NODES = 100_000
LEVELS = 3

_JSON_START = re.compile(r'\s*[{\["]')
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]{1,20}://[^\s\"'<>]+")
_SCHEMA = frozenset({"type", "$ref", "anyOf", "enum", "description", "oneOf", "allOf"})

Found = tuple[str, tuple[tuple[str, str], ...]]
"""A redacted text and the (kind, digest) pairs taken out of it."""


class Walk:
    """One pass over one value. `labels` and `withheld` tell what was done; the texts themselves are asked of `text`."""

    def __init__(self, text: Callable[[str], Found], tokens: Tokens, remember: Callable[[str], None]) -> None:
        self._text = text
        self._tokens = tokens
        self._remember = remember
        self._nodes = 0
        self.labels: list[Label] = []
        self.withheld = 0

    def value(self, value: Any, key: str = "", path: str = "", depth: int = 0, levels: int = LEVELS) -> Any:
        """The redacted likeness of `value`: same shape, same types, but for what is taken out."""
        self._nodes += 1
        if depth > MAX_DEPTH or self._nodes > MAX_NODES:
            return self._withhold("depth" if depth > MAX_DEPTH else "nodes", "")
        if isinstance(value, str):
            return self.string(value, key, path, levels)
        if isinstance(value, bytes | bytearray):
            return self._bytes(bytes(value), key, path, levels)
        if isinstance(value, dict):
            return self._dict(value, key, path, depth, levels)
        if isinstance(value, list | tuple):
            return self._list(value, key, path, depth, levels)
        if isinstance(value, bool | float) or value is None:
            return value
        return self._number(value, key, path) if isinstance(value, int) else self._withhold("type", "")

    def _dict(self, value: dict[Any, Any], key: str, path: str, depth: int, levels: int) -> dict[Any, Any]:
        named = value.get("name", value.get("key"))
        if isinstance(named, str) and "value" in value and len(value) <= 4:
            value = {**value, "value": self.value(value["value"], named, f"{path}/value", depth + 1, levels)}
        below = keynames.is_secret(key) and not _SCHEMA & value.keys() if key else False
        result = {}
        for name, each in value.items():
            text = name if isinstance(name, str) else str(name)
            shown = self._text(text)[0] if isinstance(name, str) else name
            result[shown] = self.value(each, key if below else text, f"{path}/{_pointer(text)}", depth + 1, levels)
        return result

    def _list(self, value: Any, key: str, path: str, depth: int, levels: int) -> Any:
        if len(value) == 2 and isinstance(value[0], str) and isinstance(value[1], str) and keynames.is_secret(value[0]):
            walked = [value[0], self.string(value[1], value[0], f"{path}/1", levels)]
        else:
            walked = [self.value(each, key, f"{path}/{at}", depth + 1, levels) for at, each in enumerate(value)]
        return walked if isinstance(value, list) else tuple(walked)

    def _bytes(self, value: bytes, key: str, path: str, levels: int) -> str:
        try:
            return self.string(value.decode(), key, path, levels)
        except UnicodeDecodeError:
            return self._withhold("binary", value.hex())

    def _number(self, value: int, key: str, path: str) -> Any:
        text = str(value) if -(10**40) < value < 10**40 else ""
        if (key and keynames.normal(key) in keynames.NUMBERS) or (
            len(text) >= 12 and card(text) and self._text(text)[1]
        ):
            return self._take("card" if len(text) >= 12 else "secret", text, path)
        return value

    def string(self, value: str, key: str = "", path: str = "", levels: int = LEVELS) -> str:
        if not value or TOKEN.fullmatch(value):
            return value
        if len(value) > MAX_TEXT:
            return self._withhold("size", value)
        if key and keynames.is_secret(key) and not placeholder(value):
            return self._secret(value, key, path)
        if levels and _JSON_START.match(value):
            decoded = self._json(value, key, path, levels)
            if decoded is not None:
                return decoded
        if (key and keynames.is_url(key)) or "://" in value:
            value = _URL.sub(lambda match: self.url(match.group(), path), value)
        return self.free(value, path)

    def free(self, value: str, path: str) -> str:
        """Free text: the rules, and nothing else."""
        redacted, found = self._text(value)
        self.labels += [Label(kind, digest, path) for kind, digest in found]
        return redacted

    def _json(self, value: str, key: str, path: str, levels: int) -> str | None:
        """The text with its JSON masked inside; None if it is none. Untouched JSON keeps its very bytes."""
        try:
            decoded = json.loads(value)
        except (ValueError, RecursionError):
            return None
        if not isinstance(decoded, dict | list | str):
            return None
        walked = self.value(decoded, key, path, 1, levels - 1)
        return value if walked == decoded else json.dumps(walked, ensure_ascii=False, separators=(",", ":"))

    def _secret(self, value: str, key: str, path: str) -> str:
        """A value under a secret's name. Of an Authorization header the scheme stays, of cookies the names."""
        plain = keynames.normal(key)
        if plain.endswith("authorization"):
            scheme, blank, rest = value.partition(" ")
            return (
                f"{scheme}{blank}{self._take('authorization', rest, path)}"
                if rest
                else self._take("authorization", value, path)
            )
        if plain.endswith("cookie"):
            return "; ".join(self._cookie(each, path) for each in value.split("; "))
        self._remember(value)
        return self._take("password" if "pass" in plain or plain == "pwd" else "secret", value, path)

    def _cookie(self, pair: str, path: str) -> str:
        name, sign, value = pair.partition("=")
        attribute = name.lower() in ("path", "domain", "expires", "max-age", "samesite", "version")
        return pair if not sign or attribute else f"{name}={self._take('cookie', value, path)}"

    def url(self, url: str, path: str = "") -> str:
        """User part, query values and fragment; scheme, host and path as they are, but for what the rules find."""
        before, mark, fragment = url.partition("#")
        before, question, query = before.partition("?")
        scheme, slashes, rest = before.partition("://")
        login, at, host = rest.partition("/")[0].rpartition("@")
        if at:
            user, colon, password = login.partition(":")
            hidden = (
                f"{user}:{self._take('url_password', password, path)}" if colon else self._take("url_login", user, path)
            )
            before = f"{scheme}{slashes}{hidden}@{host}{rest[len(login) + 1 + len(host) :]}"
        query = "&".join(self._parameter(each, path) for each in query.split("&")) if query else ""
        if "=" in fragment:
            fragment = "&".join(self._parameter(each, path) for each in fragment.split("&"))
        return f"{before}{question}{query}{mark}{fragment}"

    def _parameter(self, pair: str, path: str) -> str:
        name, sign, value = pair.partition("=")
        if not sign or not value or TOKEN.fullmatch(value):
            return pair
        plain = unquote_plus(value)
        if keynames.is_secret_query(name):
            self._remember(plain)
            return f"{name}={self._take('secret', plain, path)}"
        redacted = self.free(plain, path)
        return pair if redacted == plain else f"{name}={redacted}"

    def _take(self, kind: str, value: str, path: str) -> str:
        if not value or TOKEN.fullmatch(value) or placeholder(value):
            return value
        digest = self._tokens.digest(kind, value)
        self.labels.append(Label(kind, digest, path))
        return f"[{kind}:{digest}]"

    def _withhold(self, reason: str, value: str) -> str:
        self.withheld += 1
        digest = self._tokens.digest("withheld", value) if value else "0"
        return f"[withheld:{reason}:{len(value)}:{digest}]"


def placeholder(value: str) -> bool:
    """What hides nothing: stars, templates, our own words for it."""
    return not value.strip("*") or value[:1] + value[-1:] in ("<>",) or value.startswith(("${", "{{", "[withheld:"))


def _pointer(name: str) -> str:
    """One step of a JSON pointer (RFC 6901)."""
    return name.replace("~", "~0").replace("/", "~1") if "~" in name or "/" in name else name
