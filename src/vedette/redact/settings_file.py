"""The user's own YAML: further rules, allow lists, names and what is done with what is found.

    rules:                              # one pattern each; its first group, if any, is the value
      - {id: acme-key, kind: acme_key, pattern: 'acme_[0-9a-f]{32}', tier: alert, entropy: 3.0}
    actions: {email: mask, "pii:*": token}      # by kind or by rule id, with globs
    keys: {employee_number: drop, trace_id: keep}   # by the name a value stands under
    names: {secret: [wachtwort], plain: [session_token_count]}
    allow: [sha256 of a value that is no secret, in hex]

Guarantee: a file is taken whole or refused whole, with its line and the reason. PyYAML is imported when a file is read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from vedette.redact import keynames
from vedette.redact.pack import of
from vedette.redact.policy import ACTIONS, Policy
from vedette.redact.rule import Rule
from vedette.redact.scanners.choose import imported

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:\-]{0,63}")
_KIND = re.compile(r"[a-z][a-z0-9_]{1,30}")
_DIGEST = re.compile(r"(?:sha256:)?([0-9a-fA-F]{64})")
_LEFT, _RIGHT = 1024, 1024


class BadFile(ValueError):
    """Why a file is refused, with the line it is about."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(f"line {line}: {reason}")


def read(text: str) -> Policy:
    """The policy that a file asks for. Raises `BadFile`."""
    yaml = imported("yaml")
    if yaml is None:
        raise BadFile(1, "PyYAML is not installed; run `pip install vedette[config]`")
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise BadFile(mark.line + 1 if mark else 1, getattr(error, "problem", None) or "this is no YAML") from None
    return _policy(root) if root is not None else Policy()


def _policy(root: Any) -> Policy:
    given: dict[str, Any] = {}
    for name, node, line in _items(root):
        if name not in _PARTS:
            raise BadFile(line, f"{name!r} is not one of {', '.join(_PARTS)}")
        given |= _PARTS[name](node)
    return Policy(**given)


def _items(node: Any) -> Iterator[tuple[str, Any, int]]:
    """(name, node, line) of a mapping."""
    if node.id != "mapping":
        raise BadFile(_line(node), "a mapping is expected here")
    for key, value in node.value:
        yield _word(key), value, _line(key)


def _line(node: Any) -> int:
    return int(node.start_mark.line) + 1


def _word(node: Any) -> str:
    if node.id != "scalar":
        raise BadFile(_line(node), "a plain value is expected here")
    return str(node.value)


def _list(node: Any) -> list[Any]:
    if node.id != "sequence":
        raise BadFile(_line(node), "a list is expected here")
    return list(node.value)


def _action(node: Any) -> str:
    action = _word(node)
    if action not in ACTIONS:
        raise BadFile(_line(node), f"{action!r} is not one of {', '.join(ACTIONS)}")
    return action


def _actions(node: Any) -> dict[str, Any]:
    """A name with a colon, or with a dash, is a rule's; a kind has neither."""
    named = {name: _action(each) for name, each, _ in _items(node)}
    rules = {name: action for name, action in named.items() if ":" in name or "-" in name}
    return {"rules": rules, "kinds": {name: action for name, action in named.items() if name not in rules}}


def _keys(node: Any) -> dict[str, Any]:
    return {"keys": {keynames.normal(name): _action(each) for name, each, _ in _items(node)}}


def _names(node: Any) -> dict[str, Any]:
    given: dict[str, Any] = {}
    for name, each, line in _items(node):
        if name not in ("secret", "plain"):
            raise BadFile(line, f"{name!r} is not one of secret, plain")
        found = frozenset(keynames.normal(_word(word)) for word in _list(each))
        given["named" if name == "secret" else "unnamed"] = found
    return given


def _allow(node: Any) -> dict[str, Any]:
    digests = set()
    for each in _list(node):
        match = _DIGEST.fullmatch(_word(each))
        if match is None:
            raise BadFile(_line(each), "a SHA-256 in hex is expected, never the value itself")
        digests.add(bytes.fromhex(match.group(1)))
    return {"allowed": frozenset(digests)}


def _rules(node: Any) -> dict[str, Any]:
    rules = [_rule(each) for each in _list(node)]
    return {"extra": of(rules)} if rules else {}


def _rule(node: Any) -> Rule:
    given = {name: (each, line) for name, each, line in _items(node)}
    for name, (_, line) in given.items():
        if name not in ("id", "kind", "pattern", "tier", "entropy"):
            raise BadFile(line, f"{name!r} is not one of id, kind, pattern, tier, entropy")
    for name in ("id", "pattern"):
        if name not in given:
            raise BadFile(_line(node), f"a rule needs {name!r}")
    id_ = _matching(given["id"][0], _ID, "letters, digits, `_`, `.`, `:` and `-`")
    kind = _matching(given["kind"][0], _KIND, "lower-case letters, digits and `_`") if "kind" in given else "own_secret"
    pattern, groups = _pattern(given["pattern"][0])
    tier = _word(given["tier"][0]) if "tier" in given else "redact"
    if tier not in ("redact", "alert"):
        raise BadFile(given["tier"][1], f"{tier!r} is not one of redact, alert")
    return Rule(
        id=id_,
        kind=kind,
        group="token",
        core=pattern,
        exact=pattern,
        value=min(groups, 1),
        left=_LEFT,
        right=_RIGHT,
        entropy=_number(given["entropy"][0]) if "entropy" in given else 0.0,
        tier="alert" if tier == "alert" else "redact",
        source="user",
    )


def _matching(node: Any, shape: re.Pattern[str], allowed: str) -> str:
    word = _word(node)
    if not shape.fullmatch(word):
        raise BadFile(_line(node), f"{word!r}: only {allowed}")
    return word


def _number(node: Any) -> float:
    try:
        return float(_word(node))
    except ValueError:
        raise BadFile(_line(node), "a number is expected here") from None


def _pattern(node: Any) -> tuple[str, int]:
    """A pattern that every engine reads, that is bounded and that needs something to be there."""
    text = _word(node)
    line = _line(node)
    if not text.isascii():
        raise BadFile(line, "patterns are over ASCII; write other characters as \\\\xNN")
    if re.search(r"\(\?(?:[=!<>(|]|P=)|\\[1-9]|[*+}]\+", text):
        raise BadFile(line, "no look-around, back-reference or possessive repeat: not every engine has them")
    if re.search(r"(?<!\\)(?:\*|\+|\{[0-9]*,\})", re.sub(r"\[(?:\\.|[^\]\\])+\]", "c", text)):
        raise BadFile(line, "repeats must be bounded: write {1,64} for +")
    try:
        compiled = re.compile(text.encode())
    except re.error as error:
        raise BadFile(line, f"not a regular expression: {error.msg}") from None
    if compiled.search(b"") is not None:
        raise BadFile(line, "the pattern matches nothing at all")
    return text, compiled.groups


_PARTS: dict[str, Callable[[Any], dict[str, Any]]] = {
    "rules": _rules,
    "actions": _actions,
    "keys": _keys,
    "names": _names,
    "allow": _allow,
}
