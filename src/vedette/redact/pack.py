"""The pack: the rules that ship, by number, each read when it is first needed.

The file holds one rule a line (`rules/forge` makes it); a rule's number is its line. Reading 1,200 rules takes longer
than opening the compiled databases, so nothing reads them all but what compiles them.
"""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Sequence
from importlib import resources

from vedette.redact.rule import Rule, loads

FILE = "pack.jsonl"


class Pack:
    """Rules by number. Raises `ValueError` or `TypeError` when a line that is asked for is no rule."""

    def __init__(self, text: str) -> None:
        self._lines = text.splitlines()
        self._rules: list[Rule | None] = [None] * len(self._lines)
        self.digest = hashlib.sha256(text.encode()).hexdigest()

    def __len__(self) -> int:
        return len(self._lines)

    def __getitem__(self, number: int) -> Rule:
        rule = self._rules[number]
        if rule is None:
            (rule,) = loads(self._lines[number])
            self._rules[number] = rule
        return rule

    @functools.cached_property
    def cores(self) -> dict[str, list[int]]:
        """Each core with the numbers of the rules that share it, in the order of the first of them."""
        shared: dict[str, list[int]] = {}
        for number in range(len(self)):
            shared.setdefault(self[number].core, []).append(number)
        return shared


@functools.lru_cache(maxsize=1)
def shipped() -> Pack:
    """The pack of this distribution."""
    return Pack((resources.files("vedette.redact") / FILE).read_text("ascii"))


def of(rules: Sequence[Rule]) -> Pack:
    """A pack of a user's own rules."""
    return Pack("\n".join(json.dumps(_row(rule)) for rule in rules))


def _row(rule: Rule) -> dict[str, object]:
    return {name: getattr(rule, name) for name in Rule.__slots__}
