"""How a text speaks: as an instruction to an agent, in the imperative, and of which effects (detection.md 2.1, 2.3).

General phrases only: no address, string or tool of any benchmark.
"""

from __future__ import annotations

import re

from vedette.names import EFFECTS

_FAMILIES = (
    r"\b(?:ignore|forget|disregard|override)\b.{0,40}\b(?:previous|prior|above|earlier|all|your)\b.{0,30}"
    r"\b(?:instruction|prompt|message|rule|task|command)",
    r"\b(?:important|urgent|critical)\b.{0,12}(?:message|instruction|notice|request|!!)|!!!+",
    r"</?(?:information|important|instruction|system|inst|task|admin)[^>]{0,20}>|\[/?inst\]",
    r"#{2,}\s*(?:instruction|system|task)|(?:^|\n)\s*(?:system|assistant)\s*:",
    r"\bbefore you (?:can )?(?:solve|continue|proceed|do|answer|start)|\bbefore (?:solving|continuing|proceeding)",
    r"\b(?:do|perform|execute|carry out|complete) the following\b|\bfollow(?:ing)? (?:these|this|the) (?:step|instruc)",
    r"\byou (?:must|need to|have to|are required to|should now)\b|\bmake sure (?:that )?you\b",
    r"\b(?:new|additional|real|actual|updated|next) (?:task|instruction|objective|goal)s?\b",
    r"\b(?:ai|language) (?:model|assistant|agent)\b|\b(?:gpt|claude|gemini|llama|mistral|copilot|chatgpt)\b",
    r"\b(?:do not|don't|never) (?:tell|inform|mention|show|notify|alert)\b.{0,20}\b(?:user|anyone|them|him|her)",
    r"\bthe task (?:that )?(?:i|we) (?:gave|give|asked)|\bas (?:i|we) (?:told|asked) you",
    r"\btodo\s*:",
)
_INSTRUCTION = re.compile("|".join(f"(?:{family})" for family in _FAMILIES), re.IGNORECASE)
_VERBS = (
    "send|forward|transfer|post|upload|visit|delete|remove|invite|share|change|update|download|run|execute|reply|"
    "reserve|book|pay|wire|email|mail|add|create|open|click|call|publish|submit"
)
_IMPERATIVE = re.compile(
    r"(?:^|[.!?:;\n]\s*|[-*]\s+|\b(?:please|first|then|next|now|also|can you|could you|and)\s+)" + rf"(?:{_VERBS})\b",
    re.IGNORECASE,
)
_WORDS = {
    "pay": "pay|transfer|send money|wire|refund|bill|invoice|transaction|rent|purchase|buy",
    "mail": "e-?mail|mail|forward|reply|send",
    "chat": "message|dm|chat|channel|tell|send|say|notify|slack",
    "web": "visit|browse|open|website|web ?page|site|url|link|download|search|article",
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
_EFFECT = [re.compile(rf"\b(?:{_WORDS[name]})", re.IGNORECASE) for name in EFFECTS]


def is_instruction(text: str) -> bool:
    """Whether it reads as if it spoke to an agent."""
    return _INSTRUCTION.search(text) is not None


def is_imperative(text: str) -> bool:
    """Whether a sentence of it begins with a verb of doing."""
    return _IMPERATIVE.search(text) is not None


def effects(text: str) -> int:
    """Which effects a request speaks of, as bits in the order of `names.EFFECTS`."""
    return sum(1 << at for at, pattern in enumerate(_EFFECT) if pattern.search(text))
