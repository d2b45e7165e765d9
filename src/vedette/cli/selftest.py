"""`vedette redact --selftest`: what this installation finds and how fast, on texts made from the formats it knows.

Each format's own sample in several surroundings and escapings. All from a seed; nothing that looks like a live key is
stored.
"""

from __future__ import annotations

import json
import random
import statistics
import time
from collections.abc import Callable, Iterator
from urllib.parse import quote

from vedette.cli.paint import Paint
from vedette.redact import Redactor, engine_name
from vedette.redact.rules import facts
from vedette.redact.rules.samples import sample

_PROSE = "the quick brown fox jumps over the lazy dog and then some more words follow here. "
PLACES: dict[str, Callable[[str, str], str]] = {
    "prose": lambda name, value: f"Please use {name}: {value} and tell nobody.",
    "json": lambda name, value: json.dumps({name: value, "count": 3}),
    "json in json": lambda name, value: json.dumps({"arguments": json.dumps({name: value})}),
    "json, three deep": lambda name, value: json.dumps({"a": json.dumps({"b": json.dumps({name: value})})}),
    "shell": lambda name, value: f"export {name.upper()}='{value}'",
    "url": lambda name, value: f"https://api.example.com/v1?{name}={quote(value, safe='')}&page=2",
    "header": lambda name, value: f"X-{name}: {value}\r\nAccept: */*\r\n",
    "brackets": lambda name, value: f"({name}=[{value}])",
    "beside CJK": lambda name, value: f"{name}\uff1a{value}\u3002",
}


def run(redactor: Redactor, *, most: int = 4000) -> int:
    """Print the table; exit code 0 if recall is at least .99."""
    paint = Paint()
    print(f"engine        {engine_name()}")
    found = total = 0
    for place, (hits, count) in sorted(_recall(redactor, most).items()):
        found, total = found + hits, total + count
        print(f"recall        {place:<18} {hits / count:.4f}  ({hits} of {count})")
    style = "green" if found >= 0.99 * total else "red"
    print(paint(style, f"recall        {'all':<18} {found / total:.4f}  ({found} of {total})"))
    for name, value in _speeds(redactor):
        print(f"{name:<32} {value}")
    return 0 if found >= 0.99 * total else 1


def _samples(most: int) -> Iterator[tuple[str, str]]:
    """(name, value) of every format that is known by its looks, and of those known by their name."""
    rng = random.Random(20261125)
    for fact in facts.read()[:most]:
        word = fact.words[0] if fact.words else "service"
        plain = "".join(each if each.isalnum() else "_" for each in word).strip("_")
        yield f"{plain}_api_key", sample(fact.parts, rng).strip("\"' ")


def _recall(redactor: Redactor, most: int) -> dict[str, tuple[int, int]]:
    """By place: values gone, and values planted."""
    counts = {place: (0, 0) for place in PLACES}
    for name, value in _samples(most):
        for place, made in PLACES.items():
            out = redactor.text(made(name, value))
            hits, count = counts[place]
            counts[place] = hits + (value not in out), count + 1
    return counts


def _speeds(redactor: Redactor) -> Iterator[tuple[str, str]]:
    for size in (1024, 10240):
        texts = [_text(seed, size) for seed in range(100)]
        yield f"redact {size // 1024} KB, clean", f"{_median(redactor.text, texts):.1f} us"
    megabyte = _text(1, 1_000_000)
    yield "redact 1 MB, clean", f"{1e6 / _median(redactor.text, [megabyte] * 5):.0f} MB/s"


def _text(seed: int, size: int) -> str:
    words = _PROSE.split()
    return " ".join(random.Random(seed).choices(words, k=size // 4))[:size]


def _median(work: Callable[[str], object], texts: list[str]) -> float:
    """Microseconds of one call."""
    times = []
    for text in texts:
        began = time.perf_counter()
        work(text)
        times.append(time.perf_counter() - began)
    return statistics.median(times) * 1e6
