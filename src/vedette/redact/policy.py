"""What is done with what is found: a token unless the user's configuration says otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from vedette.redact import keynames
from vedette.redact.pack import Pack

ACTIONS = ("token", "mask", "hash", "drop", "keep")


@dataclass(frozen=True, slots=True)
class Policy:
    """Frozen; a new file makes a new one.

    `kinds` and `rules` map globs to actions, `keys` normalised key names; a rule's word counts before a kind's.
    `allowed` holds SHA-256 digests of values that are no secret, `named` and `unnamed` key names that are, and are not,
    secret.
    """

    kinds: Mapping[str, str] = field(default_factory=dict)
    rules: Mapping[str, str] = field(default_factory=dict)
    keys: Mapping[str, str] = field(default_factory=dict)
    allowed: frozenset[bytes] = frozenset()
    named: frozenset[str] = frozenset()
    unnamed: frozenset[str] = frozenset()
    extra: Pack | None = None

    @property
    def is_plain(self) -> bool:
        """Whether everything found becomes a token."""
        return not (self.kinds or self.rules or self.allowed)

    def action(self, kind: str, rule: str) -> str:
        for given, name in ((self.rules, rule), (self.kinds, kind)):
            for glob, action in given.items():
                if fnmatchcase(name, glob):
                    return action
        return "token"

    def of_key(self, name: str) -> str | None:
        """The action for whatever stands under this key; None where its content decides."""
        return self.keys.get(keynames.normal(name)) if self.keys else None

    @property
    def ends(self) -> frozenset[bytes] | None:
        """The last two letters of all names that are secret; None where they may be any."""
        return None if self.named else keynames.ENDS

    def is_secret(self, name: str) -> bool:
        """Whether the value under this name is masked whatever it says."""
        if self.named or self.unnamed:
            plain = keynames.normal(name)
            if plain in self.unnamed:
                return False
            if plain in self.named:
                return True
        return keynames.is_secret(name)


def mark(action: str, kind: str, digest: str, value: bytes) -> str:
    """What stands in a value's place."""
    if action == "mask":
        last = value[-4:].decode("ascii", "replace") if len(value) >= 12 else ""
        return f"[{kind}:****{last if last.isalnum() and last.isascii() else ''}]"
    if action == "hash":
        return f"[{kind}:#{digest.rpartition('.')[2]}]"
    return "" if action == "drop" else f"[{kind}:{digest}]"
