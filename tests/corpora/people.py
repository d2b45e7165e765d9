"""Sentences with personal data: of every row of our own facts and, where installed, of PyPI `presidio-evaluator`."""

from __future__ import annotations

import importlib
import importlib.util
import random
from collections.abc import Iterator

from tests.corpora.sample import Sample
from vedette.redact.rules import checked, examples, facts, personal

_STRUCTURED = frozenset("CREDIT_CARD PHONE_NUMBER IBAN_CODE EMAIL_ADDRESS US_SSN IP_ADDRESS US_DRIVER_LICENSE".split())
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


def presidio(seed: int, count: int) -> list[Sample]:
    """Sentences of its template generator with the spans of structured entities; empty where it is not installed."""
    if importlib.util.find_spec("presidio_evaluator") is None:
        return []
    generator = importlib.import_module("presidio_evaluator.data_generator")
    faker = generator.PresidioSentenceFaker("en_US", lower_case_ratio=0.05, random_seed=seed)
    return [_sample(each) for each in faker.generate_new_fake_sentences(count)]


def _sample(sentence: object) -> Sample:
    text: str = sentence.full_text  # type: ignore[attr-defined]  # a class of the package, which may not be here
    spans = tuple((each.start_position, each.end_position, each.entity_type) for each in sentence.spans)  # type: ignore[attr-defined]  # likewise
    values = tuple(text[start:end] for start, end, kind in spans if kind in _STRUCTURED)
    return Sample(text, spans=spans, rule="presidio", source="presidio-evaluator", values=values)
