"""How a text speaks: as an instruction to an agent, in the imperative, and of which effects (detection.md 2.1, 2.3).

General phrases only: no address, string or tool of any benchmark. A family is searched for only where one of its own
words stands, so that calm prose costs no more than a few look-ups.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from vedette.names import EFFECTS
from vedette.redact.lineage.words import encoded, spoken

_FAMILIES = (
    (
        "ignore forget disregard override",
        r"(?:ignore|forget|disregard|override)\W{1,3}(?:\w{1,20}\W{1,3}){0,5}?"
        r"(?:previous|prior|above|earlier|all|your)\W{1,3}(?:\w{1,20}\W{1,3}){0,4}?"
        r"(?:instruction|prompt|message|rule|task|command)",
    ),
    ("important urgent critical", r"(?:important|urgent|critical)\b.{0,12}?(?:message|instruction|notice|request|!!)"),
    (
        "information important instruction system inst task admin",
        r"</?(?:information|important|instruction|system|inst|task|admin)[^>]{0,20}>|\[/?inst\]",
    ),
    ("instruction instructions system task tasks", r"##\s{0,8}(?:instruction|system|task)"),
    ("system assistant", r"(?:^|\n)\s{0,8}(?:system|assistant)\s{0,8}:"),
    ("before", r"before (?:you (?:can )?(?:solve|continue|proceed|do|answer|start)|(?:solv|continu|proceed)ing)"),
    ("following", r"(?:do|perform|execute|carry out|complete) the following\b"),
    ("follow following", r"follow(?:ing)? (?:these|this|the) (?:step|instruc)"),
    ("must need have required should", r"you (?:must|need to|have to|are required to|should now)\b"),
    ("sure", r"make sure (?:that )?you\b"),
    (
        "task tasks instruction instructions objective objectives goal goals",
        r"\b(?:new|additional|real|actual|updated|next) (?:task|instruction|objective|goal)s?\b",
    ),
    ("ai language", r"\b(?:ai|language) (?:model|assistant|agent)\b"),
    ("gpt claude gemini llama mistral copilot chatgpt", ""),
    (
        "tell inform mention show notify alert",
        r"\b(?:do not|don't|never) (?:tell|inform|mention|show|notify|alert)\b.{0,20}?"
        r"\b(?:user|anyone|them|him|her)",
    ),
    ("gave give asked", r"the task (?:that )?(?:i|we) (?:gave|give|asked)"),
    ("told asked", r"\bas (?:i|we) (?:told|asked) you"),
    ("todo", r"todo\s{0,8}:"),
)
_BY_WORD: dict[bytes, list[re.Pattern[str]]] = {}
for _words, _pattern in _FAMILIES:
    for _word in _words.split():
        _BY_WORD.setdefault(_word.encode(), []).append(re.compile(_pattern))
_TELLING = frozenset(_BY_WORD)
_VERBS = frozenset(
    b"send forward transfer post upload visit delete remove invite share change update download run execute reply "
    b"reserve book pay wire email mail add create open click call publish submit".split()
)
_LEADS = frozenset(b". please first then next now also and".split())
_ASKED = frozenset(b"can could".split())
_WORDS = {
    "pay": "pay|transfer|send money|wire|refund|bill|invoice|transaction|rent|purchase|buy",
    "mail": "email|mail|forward|reply|send",
    "chat": "message|dm|chat|channel|tell|send|say|notify|slack",
    "web": "visit|browse|open|website|webpage|web page|site|url|link|download|search|article",
    "post": "post|publish|upload|tweet|submit",
    "invite": "invite|invitation|participant|add|join|attend",
    "remove": "remove|kick|exclude|drop|take out",
    "delete": "delete|erase|remove|clean|trash|purge",
    "cancel": "cancel|call off|abort",
    "create": "create|make|write|new|schedule|add|set up|generate|book|plan",
    "reschedule": "reschedule|move|postpone|shift|change",
    "append": "append|add|extend|write",
    "share": "share|give access|access|permission|send",
    "reserve": "reserve|reservation|book|hotel|restaurant|rent|flight",
    "password": "password|passcode|credential|pin",
    "profile": "profile|address|name|phone|account|user info|personal",
    "update": "update|change|modify|edit|adjust|correct|set",
}
_ALL = [(form, 1 << EFFECTS.index(name)) for name, forms in _WORDS.items() for form in forms.split("|")]
_PHRASED = [(form, bit) for form, bit in _ALL if " " in form]
_BEGINNINGS: dict[bytes, list[tuple[bytes, int]]] = {}
for _form, _bit in _ALL:
    _BEGINNINGS.setdefault(encoded(_form[:2]), []).append((encoded(_form), _bit))
_MOST_KNOWN = 8_192
_known: dict[bytes, int] = {}


class Speech(NamedTuple):
    """`instruction`: it reads as if it spoke to an agent. `imperative`: a sentence of it begins with a verb of doing,
    or asks for one."""

    instruction: bool
    imperative: bool


def speech(text: str) -> Speech:
    words = spoken(text)
    return Speech("!!!" in text or _is_instruction(text, _TELLING.intersection(words)), _is_imperative(words))


def effects(text: str) -> int:
    """Which effects a request speaks of, as bits in the order of `names.EFFECTS`."""
    low, found = text.lower(), 0
    for word in set(spoken(text)):
        bits = _known.get(word)
        found |= _begun(word) if bits is None else bits
    for phrase, bit in _PHRASED:
        if phrase in low:
            found |= bit
    return found


def _is_instruction(text: str, telling: frozenset[bytes]) -> bool:
    if not telling:
        return False
    low = text.lower()
    return any(pattern.search(low) for word in telling for pattern in _BY_WORD[word])


def _is_imperative(words: list[bytes]) -> bool:
    if _VERBS.isdisjoint(words):
        return False
    words = [b"", b".", *words]
    return any(
        words[at - 1] in _LEADS or (words[at - 1] == b"you" and words[at - 2] in _ASKED)
        for at, word in enumerate(words)
        if word in _VERBS
    )


def _begun(word: bytes) -> int:
    """The effects that a word speaks of by how it begins: `pay` and `payment`. Remembered, bounded."""
    found = 0
    for form, bit in _BEGINNINGS.get(word[:2], ()):
        if word.startswith(form):
            found |= bit
    if len(_known) >= _MOST_KNOWN:
        _known.clear()
    _known[word] = found
    return found
