"""Trying a rule on texts made from its own fact: what must be found is, through core, window and exact pattern."""

from __future__ import annotations

import random
from collections.abc import Callable, Container, Iterator
from typing import NamedTuple

from vedette.redact.exact import Exact, made, name_before
from vedette.redact.rule import Rule
from vedette.redact.rules import checked, examples, facts, personal
from vedette.redact.rules.parts import widths
from vedette.redact.scanners.choose import imported
from vedette.redact.scanners.gates import DIGITS, DIGITS_REACH, windows
from vedette.redact.searches import searcher
from vedette.redact.span import Span
from vedette.redact.views import unescaped


class Try(NamedTuple):
    """A text, and the value that must be taken out of it; empty where nothing may be."""

    text: str
    value: str


_PLACES = (
    "{name} is {value} today", '{{"{name}": "{value}"}}', '{{\\"{name}\\": \\"{value}\\"}}', "export {name}={value}",
    "?a=1&{name}={value}&b=2", "{name}: {value}\r\n", "({name}: [{value}])", "\u7528{name}\uff1a{value}\uff0c",
)  # fmt: skip
_BARE = (
    " {value} ",
    '"{value}"',
    "({value})",
    "\n{value}\n",
    "<b>{value}</b>",
    "\u7528{value}\uff0c",
    "a,{value},b",
    "\\n{value}\\n",
)
_NAMES = ("key", "token", "id")


def tries(seed: int, wanted: Container[str]) -> Iterator[tuple[str, list[Try]]]:
    """For each wanted fact, and each wanted rule written by hand: its id, and texts with and without a value."""
    for fact in facts.read():
        if fact.id in wanted:
            yield fact.id, list(_of_fact(fact, random.Random(f"{seed} {fact.id}")))
    for row in facts.rows("pii.jsonl"):
        if row["id"] in wanted:
            yield row["id"], list(_of_row(row, random.Random(f"{seed} {row['id']}")))
    for id_, (good, bad) in examples.EXAMPLES.items():
        if id_ in wanted:
            rng = random.Random(f"{seed} {id_}")
            yield id_, [Try(*examples.filled(each, rng)) for each in (*good, *bad)]


def _of_fact(fact: facts.Fact, rng: random.Random) -> Iterator[Try]:
    for _ in range(2):
        value = checked.value(fact.parts, "", rng).strip("\"' ")
        if fact.group == "token":
            yield from (Try(place.format(value=value), value) for place in _BARE)
        else:
            name = f"{rng.choice(fact.words)}_{rng.choice(_NAMES)}"
            yield from (Try(place.format(name=name, value=value), value) for place in _PLACES)
    short = value[: max(widths(fact.parts)[0] - 3, 2)]
    word = fact.words[0] if fact.words else "see"
    yield from (
        Try(text, "") for text in (f"{word} {short[: len(short) // 2]}\xa7", f"{word} build 1.2.3", "no secret here")
    )


def _of_row(row: dict[str, object], rng: random.Random) -> Iterator[Try]:
    parts = personal.shape(row)
    words = row.get("context")
    for _ in range(3):
        value = checked.value(parts, str(row["validator"]), rng)
        lead = f"{rng.choice(words)}: " if isinstance(words, list) else ""
        yield from (Try(place.format(value=lead + value), value) for place in (" {value} ", '"{value}"', "({value})"))
    yield from (Try(text, "") for text in ("nothing personal", f"x{value}x", "1.2.3 and 4"))


def runner() -> Callable[[Rule, str], list[tuple[str, bool]]]:
    """How to run one rule over a text: the values it takes out, and whether it would alert. Needs hyperscan."""
    search = searcher(imported("re2"))
    known: dict[str, tuple[Callable[[bytes], list[Place]], Exact]] = {}
    digits = _scan(DIGITS, begins=False)

    def run(rule: Rule, text: str) -> list[tuple[str, bool]]:
        if rule.id not in known:
            known[rule.id] = _scan(rule.core.encode(), begins=rule.group == "keyvalue"), made(0, rule, search)
        scan, exact = known[rule.id]
        data = unescaped(text.encode()).data
        places = scan(data)
        if rule.gate:
            around = windows((end for end, _ in digits(data)), DIGITS_REACH, len(data))
            places = [each for each in places if any(low < each[0] <= high for low, high in around)]
        spans: list[Span | None] = [exact.span(data, end, start, name_before(data, start)) for end, start in places]
        return [(data[span.start : span.end].decode("utf-8", "replace"), span.alert) for span in spans if span]

    return run


Place = tuple[int, int]
"""(end, start) of a core; the start of one whose rule begins there."""


def _scan(pattern: bytes, *, begins: bool) -> Callable[[bytes], list[Place]]:
    hyperscan = imported("hyperscan")
    assert hyperscan is not None  # noqa: S101  # the lint runs where engines are developed
    database = hyperscan.Database()
    database.compile(expressions=[pattern], flags=[hyperscan.HS_FLAG_SOM_LEFTMOST if begins else 0])

    def scan(data: bytes) -> list[Place]:
        hits: set[Place] = set()
        database.scan(data, match_event_handler=lambda _i, start, end, _f, _c: hits.add((end, start)))
        return sorted(hits)

    return scan
