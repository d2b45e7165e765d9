"""Sentences with personal data: of every row of our own facts, and of the examples of the rules written by hand."""

from __future__ import annotations

import random
from collections.abc import Iterator

from tests.corpora.sample import Sample
from vedette.redact.rules import checked, examples, facts, personal

_SENTENCES = (
    "Please update my file, the {word} is {value}, and call back.",
    '{{"customer": "4711", "{word}": "{value}", "open": true}}',
    "{word}: {value}\n",
    "> {word} {value}\nThanks",
)
_NUMBERS = ("Is {value} still right?", "we have {value} on file", '"{value}"', "({value})")


def own(seed: int, *, each: int = 2) -> Iterator[Sample]:
    """Values whose check digits hold, in sentences; weak ones beside one of their words."""
    for row in facts.rows("pii.jsonl"):
        rng = random.Random(f"{seed} {row['id']}")
        parts, words = personal.shape(row), row.get("context")
        for _ in range(each):
            value = checked.value(parts, row["validator"], rng)
            for sentence in _SENTENCES if words else _NUMBERS:
                text = sentence.format(word=rng.choice(words) if words else "", value=value)
                yield Sample(text, rule=row["id"], source="own", values=(value,))


def by_hand(seed: int) -> Iterator[Sample]:
    """The examples of the rules written by hand: with a value, and without."""
    for id_, (good, bad) in examples.EXAMPLES.items():
        rng = random.Random(f"{seed} {id_}")
        for template in (*good, *bad):
            text, value = examples.filled(template, rng)
            yield Sample(text, rule=id_, source="by hand", values=(value,) if value else ())
