"""What a rule must be to come into the pack; each fault says which rule and why."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from vedette.redact.rule import Rule
from vedette.redact.rules import cost, trial
from vedette.redact.scanners.choose import imported
from vedette.redact.validators import JUDGES, REGISTRY
from vedette.redact.views import unescaped

WINDOW = 4096
_OURS = b"[secret:a1b2.0123456789abcdef] [email:ffff.fedcba9876543210]"
_CLASS = re.compile(r"\\.|\[(?:\\.|[^\]\\])*\]")
_UNBOUNDED = re.compile(r"[*+]|\{\d+,\}")
_LOOK = re.compile(r"\(\?(?:[=!]|<[=!]|>)|\\[1-9KRXhZG]")
_KIND = re.compile(r"[a-z][a-z0-9_]{1,30}")
_LICENCES = ("MIT", "Apache-2.0")
_LEAST_TRIES = 3
_SPARED = 10
"""One value in ten may be lost: some alphabets hold the very bytes that surround them (`&` in a URL)."""


def faults(rules: Iterable[Rule], *, seed: int = 1) -> list[str]:
    """Every fault of every rule; empty is good."""
    listed = list(rules)
    found = [f"{rule.id}: {fault}" for rule in listed for fault in (*_form(rule), *_patterns(rule), *_compiled(rule))]
    fit = [rule for rule in listed if not any(fault.startswith(f"{rule.id}: ") for fault in found)]
    return [*found, *cost.faults(fit), *_tried(fit, seed)]


def _form(rule: Rule) -> Iterator[str]:
    if not _KIND.fullmatch(rule.kind):
        yield f"kind {rule.kind!r} cannot stand in a token"
    if not rule.source.endswith(_LICENCES):
        yield "no source with its licence"
    if rule.validator and rule.validator not in REGISTRY:
        yield f"no validator {rule.validator!r}"
    if rule.judge and rule.judge not in JUDGES:
        yield f"no judge {rule.judge!r}"
    if max(rule.left, rule.right) > WINDOW:
        yield "window over 4 KiB"
    if rule.until and not rule.swallow:
        yield "without `swallow`, a value whose end is cut off would stand open"
    if not rule.keywords:
        yield "no keyword for the engine without a scanner"


def _patterns(rule: Rule) -> Iterator[str]:
    for name, pattern in (("core", rule.core), ("exact", rule.exact), ("until", rule.until)):
        bare = _CLASS.sub("", pattern)
        if not pattern.isascii():
            yield f"{name} is not ASCII"
        if _UNBOUNDED.search(bare):
            yield f"{name} repeats without bound: the time would not be linear"
        if _LOOK.search(pattern.replace(r"\\", "")):
            yield f"{name} looks around or back"
    exact = re.compile(rule.exact.encode())
    if exact.fullmatch(b""):
        yield "matches nothing at all"
    if rule.group == "token" and exact.search(_OURS):
        yield "matches a token of ours"


def _compiled(rule: Rule) -> Iterator[str]:
    """Refusals of Hyperscan and RE2; `re` compiled above."""
    re2, hyperscan = imported("re2"), imported("hyperscan")
    if re2 is not None:
        options = re2.Options()
        options.encoding, options.log_errors = re2.Options.Encoding.LATIN1, False
        yield from _refused("re2", re2.error, lambda: re2.compile(rule.exact.encode(), options))
    if hyperscan is not None:
        database = hyperscan.Database()
        yield from _refused(
            "hyperscan", hyperscan.error, lambda: database.compile(expressions=[rule.core.encode()], flags=[0])
        )


def _refused(name: str, fault: type[Exception], compile_: Callable[[], object]) -> Iterator[str]:
    try:
        compile_()
    except fault as error:
        yield f"{name} refuses it: {error}"


def _tried(rules: list[Rule], seed: int) -> Iterator[str]:
    """Rules whose own values are not found through core and window, that find what is none, or that have no texts."""
    by_id = {rule.id: rule for rule in rules}
    run = trial.runner()
    tried = set()
    for id_, texts in trial.tries(seed, by_id):
        tried.add(id_)
        yield from (f"{id_}: {fault}" for fault in _outcome(by_id[id_], texts, run))
    yield from (f"{id_}: no texts to try it on" for id_ in sorted(by_id.keys() - tried))


def _outcome(rule: Rule, texts: list[trial.Try], run: Callable[[Rule, str], list[tuple[str, bool]]]) -> Iterator[str]:
    good = [each for each in texts if each.value]
    bad = [each for each in texts if not each.value]
    if min(len(good), len(bad)) < _LEAST_TRIES:
        yield "fewer than three texts with, or without, a value"
    missed = [each for each in good if not any(_meant(each.value) in value for value, _ in run(rule, each.text))]
    if len(missed) * _SPARED > len(good):
        yield f"{len(missed)} of {len(good)} of its own values are not found, first in {missed[0].text[:80]!r}"
    for each in bad:
        if found := run(rule, each.text):
            yield f"finds {found[0][0][:40]!r} in {each.text[:60]!r}"


def _meant(value: str) -> str:
    """A value as the engine sees it: escapes undone."""
    return unescaped(value.encode()).data.decode("utf-8", "replace")
