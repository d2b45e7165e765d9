"""Fingerprints of five words in a row, by which a text is known again in any wrapping (detection.md 3).

A fingerprint is Python's own hash of the five words under a secret: SipHash, keyed anew by each process, mixed with a
seed from the redaction key. It is equal within a process only, and nothing of it is ever written.
"""

from __future__ import annotations

from itertools import repeat

from vedette.redact.lineage.views import CAP, layers, unescaped
from vedette.redact.lineage.words import plain

WORDS = 5
_SAMPLED = 64 * 1024
_ONE_IN = 8


def of_result(text: bytes, seed: int) -> set[int]:
    """Of a text as it is, without the backslashes of JSON in JSON."""
    return _of(unescaped(unescaped(text[:CAP])), seed)


def of_outbound(body: bytes, seed: int) -> set[int]:
    """Of a body and of everything it may be wrapped in, two layers deep."""
    found: set[int] = set()
    for view in layers(body):
        found |= _of(view, seed)
    return found


def _of(text: bytes, seed: int) -> set[int]:
    """Above 64 KiB one in eight, chosen by what they say, so that both sides choose the same."""
    words = plain(text)
    hashed = map(hash, zip(repeat(seed), words, words[1:], words[2:], words[3:], words[4:], strict=False))
    return {each for each in hashed if each % _ONE_IN == 0} if len(text) > _SAMPLED else set(hashed)
