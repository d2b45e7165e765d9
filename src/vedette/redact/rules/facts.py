"""Reading the facts: one row one format, with what we know better laid over what was carried over."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from vedette.redact.rule import Tier
from vedette.redact.rules.parts import Parts, parse

FOLDER = Path(__file__).parent / "facts"
_FILES = ("secret-formats.jsonl", "more.jsonl")
_NOUNS = (
    ("password", ("password", "passphrase", "credential", "basic auth")),
    ("webhook", ("webhook",)),
    ("host", ("host", "domain", "url", "instance", "subdomain", "endpoint")),
    ("id", (" id", "identifier", "username", "account name", "cloud name", "address", "sid", "token name")),
    ("secret", ("secret",)),
    ("token", ("token", "pat", "jwt", "cookie", "session")),
)
_PUBLIC = ("public", "publishable", "pub key", "pub api")
_DIGIT_NAMES = {"0": "zero", "1": "one", "2": "two", "3": "three", "4": "four", "7": "seven", "9": "nine"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One format of one provider. `words` stand before the value; `tier` is what the row's name allows."""

    id: str
    kind: str
    group: str
    words: tuple[str, ...]
    parts: Parts
    entropy: float
    validator: str
    tier: Tier
    source: str


def read() -> list[Fact]:
    """Every usable fact, sorted by id. Raises `ValueError` naming the row that cannot be read."""
    laid_over = {row["id"]: row for row in rows("corrections.jsonl")}
    facts = []
    for carried in (row for name in _FILES for row in rows(name)):
        row = carried | laid_over.get(carried["id"], {})
        if row["class"] == "generic" or row.get("left_out"):
            continue
        try:
            facts.append(_fact(row))
        except (ValueError, KeyError) as error:
            raise ValueError(f"{row['id']}: {error}") from error
    return _told_apart(sorted(facts, key=lambda each: each.id))


def _told_apart(facts: list[Fact]) -> list[Fact]:
    """Ids are for ever in labels: of rows that share one, the later ones get a number."""
    seen: dict[str, int] = {}
    apart = []
    for fact in facts:
        seen[fact.id] = count = seen.get(fact.id, 0) + 1
        apart.append(fact if count == 1 else replace(fact, id=f"{fact.id}#{count}"))
    return apart


def rows(name: str) -> list[dict[str, Any]]:
    """The rows of a file of facts; blank lines and lines that begin with `#` are none."""
    lines = (FOLDER / name).read_text(encoding="ascii").splitlines()
    return [json.loads(line) for line in lines if line.strip() and not line.startswith("#")]


def _fact(row: dict[str, Any]) -> Fact:
    noun = _noun(row["name"].lower())
    return Fact(
        id=row["id"],
        kind=row.get("kind") or kind(row["provider"], noun),
        group=row["class"],
        words=words(row),
        parts=parse(row["value"], fold=row["case"] == "any"),
        entropy=float(row.get("entropy", 0)),
        validator=row.get("validator", ""),
        tier=row.get("tier") or ("redact" if noun in ("id", "host", "public") else "alert"),
        source=f"{row['source']} {row['licence']}",
    )


def _noun(name: str) -> str:
    if any(each in name for each in _PUBLIC):
        return "public"
    padded = f" {name} "
    return next((noun for noun, marks in _NOUNS if any(mark in padded for mark in marks)), "key")


def kind(provider: str, noun: str) -> str:
    """The word in the token: what the provider is called and what the thing is, at most 30 characters."""
    plain = "".join(each if each.isalnum() else "_" for each in provider.lower()).strip("_")
    plain = _DIGIT_NAMES.get(plain[:1], plain[:1]) + plain[1:]
    return f"{plain[: 29 - len(noun)].rstrip('_')}_{noun}"


def words(row: dict[str, Any]) -> tuple[str, ...]:
    """The context words, without those that stand inside another one."""
    given = sorted({each.strip().lower() for each in row.get("context", ())})
    return tuple(each for each in given if not any(each != other and each in other for other in given))
