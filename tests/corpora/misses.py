"""What looks like a secret and is none: wrong length, wrong alphabet, placeholders, hashes, UUIDs, git ids."""

from __future__ import annotations

import hashlib
import random
import uuid
from collections.abc import Iterator

from tests.corpora.sample import Sample
from tests.corpora.secrets import value_of
from vedette.redact.rules import facts
from vedette.redact.rules.derive import keywords
from vedette.redact.rules.parts import widths

_NEUTRAL = (
    "see {value} in the changelog",
    '{{"build": "{value}", "status": "green"}}',
    "artifact {value} was uploaded",
    "checksum={value}",
    "ref: {value}\n",
)


def near(seed: int) -> Iterator[Sample]:
    """Near misses of every format, in places that do not call them secret."""
    for fact in facts.read():
        rng = random.Random(f"{seed} miss {fact.id}")
        for kind, value in _spoiled(fact, rng):
            yield Sample(rng.choice(_NEUTRAL).format(value=value), rule=fact.id, source=kind)


def _spoiled(fact: facts.Fact, rng: random.Random) -> Iterator[tuple[str, str]]:
    value = value_of(fact, rng)
    if fact.group == "token":
        short = min(len(value) * 2 // 3, widths(fact.parts)[0] - 3)
        yield "too short", value[: max(short, 4)]
        yield "wrong alphabet", value[: max(short // 2, 4)] + "\xa7 " + value[-max(short // 2, 4) :]
        literal = max(keywords(fact.parts), key=len)
        yield "placeholder", value[: max(value.lower().find(literal), 0) + len(literal)] + "x" * 24
        yield "prefix alone", f"{literal}..."
    else:
        word = rng.choice(fact.words)
        yield "git id", f"{word} at {hashlib.sha1(value.encode()).hexdigest()}"
        yield "uuid", f"{word} request {uuid.UUID(int=rng.getrandbits(128), version=4)}"
        yield "hash", f"{word} image sha256:{hashlib.sha256(value.encode()).hexdigest()}"
        yield "name alone", f"{word}_api_key from the vault"
