"""Walking values: one pass lays every text of a structure side by side, one scan judges them, and what changes is put
in its place.

Nothing recurses, so depth is no fault. What is not changed is the very object that came in. A text stands beside its
name, as in JSON, so that rules which need a name see it; texts are apart by a separator that ends any value.
Fail closed: what is too large, too deep, in a circle or of an unknown type is withheld, with a reason, and counted.
"""

from __future__ import annotations

from typing import Any

from vedette.event import Label
from vedette.redact import keynames
from vedette.redact.boxes import Box
from vedette.redact.guises import as_mapping, named_pair, secrets_in_list
from vedette.redact.leaves import Leaves
from vedette.redact.masking import Masking
from vedette.redact.span import TOKEN
from vedette.redact.strings import LEVELS
from vedette.redact.texts import MAX_TEXT, Taken, Texts

MAX_CALL = 4 * 1024 * 1024
MAX_DEPTH = 200
MAX_NODES = 100_000

_SCHEMA = frozenset({"type", "$ref", "anyOf", "enum", "description", "oneOf", "allOf"})
_LEAST_DIGITS = 10**8


class Walk:
    """One pass over one value or one Call. `labels` and `withheld` tell what was done."""

    def __init__(self, texts: Texts, levels: int = LEVELS) -> None:
        self._texts = texts
        self._levels = levels
        self._policy = policy = texts.policy()
        self._is_secret = policy.is_secret if policy.named or policy.unnamed else keynames.is_secret
        self._masking = Masking(texts)
        self._size = 0
        self._nodes = 0
        self.labels: list[Label] = []
        self.withheld = 0

    def value(self, value: Any, key: str = "", path: str = "") -> Any:
        """The redacted likeness of `value`: same shape, same types, but for what is taken out."""
        root = Box([value], None, 0, key, "", 0)
        verdicts = self._texts.verdicts(self._policy) if self._levels else None
        self._leaves = Leaves(self._texts, self._note, self._inside if self._levels else None, verdicts)
        self._changed = False
        self._path = path
        self._waiting: list[tuple[Box, Any]] = []
        self._tuples: list[tuple[Box, Any, Box]] = []
        self._put(root, 0, value, key, self._secret_name(key, value))
        while self._waiting:
            self._enter(*self._waiting.pop())
        changed = self._leaves.scan()
        self.withheld += self._leaves.withheld
        if not changed and not self._changed:
            return value
        for box, at, inner in reversed(self._tuples):
            if inner.is_changed:
                box.copy[at] = tuple(inner.copy)
        return root.copy[0]

    def string(self, value: str, key: str = "", path: str = "") -> str:
        return str(self.value(value, key, path))

    def _secret_name(self, name: str, value: Any) -> str:
        """`name` if whatever stands under it is masked; a JSON schema only describes what will."""
        if not name or not self._is_secret(name):
            return ""
        return "" if isinstance(value, dict) and _SCHEMA & value.keys() else name

    def _enter(self, box: Box, value: Any) -> None:
        """See to all that a container holds."""
        if isinstance(value, dict):
            pair = named_pair(value)
            for name, each in value.items():
                key = name if isinstance(name, str) else ""
                if pair and key in ("value", "Value"):
                    key = pair
                self._put(box, name, each, key, box.below or self._secret_name(key, each))
            return
        secret = {at: (name, start) for at, name, start in secrets_in_list(value, self._is_secret)}
        for at, each in enumerate(value):
            name, start = secret.get(at, ("", 0))
            if start and isinstance(each, str):
                self._mask(box, at, each[start:], name, each[:start])
            else:
                self._put(box, at, each, name or box.name, box.below or name)

    def _put(self, box: Box, at: Any, value: Any, name: str, below: str) -> None:
        """See to one value; `below` is the secret's name that it stands under, if it does."""
        self._nodes += 1
        if isinstance(value, str):
            if value:
                self._text(box, at, value, name, below)
        elif value is None or isinstance(value, bool | float):
            return
        elif isinstance(value, int):
            self._integer(box, at, value, name, below)
        elif isinstance(value, bytes | bytearray):
            self._bytes(box, at, bytes(value), name, below)
        else:
            self._container(box, at, value, name, below)

    def _text(self, box: Box, at: Any, value: str, name: str, below: str) -> None:
        self._size += len(value)
        if len(value) > MAX_TEXT or self._size > MAX_CALL:
            self._size -= len(value)
            self._withhold(box, at, "size", value.encode("utf-8", "surrogatepass"))
        elif below or (self._policy.keys and self._policy.of_key(name)):
            self._mask(box, at, value, below or name, "")
        elif value[0] != "[" or not TOKEN.fullmatch(value.encode("utf-8", "surrogatepass")):
            self._leaves.add(box, at, name, value)

    def _integer(self, box: Box, at: Any, value: int, name: str, below: str) -> None:
        if below and keynames.normal(below) in keynames.NUMBERS:
            self._mask(box, at, str(value), below, "")
        elif not -_LEAST_DIGITS < value < _LEAST_DIGITS and value.bit_length() <= 128:
            self._leaves.add(box, at, name, str(value))

    def _bytes(self, box: Box, at: Any, value: bytes, name: str, below: str) -> None:
        try:
            box.copy[at] = text = value.decode()
        except UnicodeDecodeError:
            self._withhold(box, at, "binary", value)
            return
        self._changed = True
        if text:
            self._text(box, at, text, name, below)

    def _container(self, box: Box, at: Any, value: Any, name: str, below: str) -> None:
        fields = None
        if not isinstance(value, dict | list | tuple):
            fields = as_mapping(value)
            if fields is None:
                self._withhold(box, at, "type", b"")
                return
            value = fields
        reason = "depth" if box.depth >= MAX_DEPTH else "nodes" if self._nodes + len(value) > MAX_NODES else ""
        if box.holds(value):
            reason = "cycle"
        if reason:
            self._withhold(box, at, reason, b"")
            return
        inner = Box(value, box, at, name, below, box.depth + 1)
        if fields is not None:
            box.copy[at], self._changed = inner.copy, True
        elif isinstance(value, tuple):
            self._tuples.append((box, at, inner))
        self._waiting.append((inner, value))

    def _mask(self, box: Box, at: Any, value: str, name: str, before: str) -> None:
        text, taken = self._masking.mask(value, name)
        if text != value:
            self._changed = True
            box.copy[at] = before + text
            for each in taken:
                self._note(each, box, at)

    def _withhold(self, box: Box, at: Any, reason: str, value: bytes) -> None:
        self.withheld += 1
        self._changed = True
        box.copy[at] = self._texts.withheld(reason, value)

    def _note(self, taken: Taken, box: Box, at: Any) -> None:
        self.labels.append(taken.at(box.path(self._path, at)))

    def _inside(self, value: Any, box: Box, at: Any) -> Any:
        """What a string of JSON holds, walked by itself."""
        inner = Walk(self._texts, self._levels - 1)
        walked = inner.value(value, "", box.path(self._path, at))
        self.labels += inner.labels
        self.withheld += inner.withheld
        return walked
