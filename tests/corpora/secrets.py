"""Every format of the facts, planted: in each surrounding, in each escaping."""

from __future__ import annotations

import random
from collections.abc import Iterator

from tests.corpora.sample import Sample
from tests.corpora.surroundings import ESCAPINGS, SURROUNDINGS
from vedette.redact.rules import facts
from vedette.redact.rules.samples import sample

_TAILS = ("api_key", "token", "secret_key", "access_token", "key")
_PLAIN = ("service", "backend", "billing", "worker")


def value_of(fact: facts.Fact, rng: random.Random) -> str:
    """A value as it would be copied: without quotes around it."""
    return sample(fact.parts, rng).strip("\"' ")


def name_for(fact: facts.Fact, rng: random.Random) -> str:
    """What its owner would call it: the provider's word and a tail; of a `token` format any name will do."""
    word = rng.choice(fact.words) if fact.words else rng.choice(_PLAIN)
    plain = "".join(each if each.isalnum() or each == "_" else "_" for each in word).strip("_")
    if plain != word.strip("_"):
        plain = plain if not fact.words else word
    return plain if plain.endswith(("key", "token", "secret", "_id")) else f"{plain}_{rng.choice(_TAILS)}"


def planted(seed: int, *, each: int = 1) -> Iterator[Sample]:
    """`each` values of every fact in every surrounding and escaping."""
    for fact in facts.read():
        rng = random.Random(f"{seed} {fact.id}")
        for _ in range(each):
            value, name = value_of(fact, rng), name_for(fact, rng)
            for place, surround in SURROUNDINGS.items():
                for escape, escaped in ESCAPINGS.items():
                    yield Sample(
                        escaped(surround(name, value)), rule=fact.id, source=f"{place}/{escape}", values=(value,)
                    )
