"""What the user asked for, out of a conversation: nothing of what tools, documents or the model said."""

from __future__ import annotations

from typing import Any

from vedette.redact.lineage.parsed import leaves

_MOST = 64 * 1024


def asked(messages: Any) -> list[tuple[str, str]]:
    """(JSON pointer, text) of the user's own words, oldest first; of a long conversation the newest 64 KiB."""
    base = "/gen_ai.input.messages"
    if not isinstance(messages, list):
        return [(path, text[-_MOST:]) for path, text in leaves(messages, base)]
    found: list[tuple[str, str]] = []
    room = _MOST
    for at in range(len(messages) - 1, -1, -1):
        for path, text in reversed(_texts(messages[at], f"{base}/{at}")):
            if room <= 0:
                return found[::-1]
            found.append((path, text[-room:]))
            room -= len(text)
    return found[::-1]


def _texts(message: Any, path: str) -> list[tuple[str, str]]:
    """Of a user's message the texts: its content, or its parts, as the conventions and as the providers have them."""
    if isinstance(message, str):
        return [(path, message)]
    if not isinstance(message, dict) or message.get("role", "user") != "user":
        return []
    for name in ("content", "parts"):
        told = message.get(name)
        if isinstance(told, str):
            return [(f"{path}/{name}", told)]
        if isinstance(told, list):
            return [text for at, each in enumerate(told) for text in _text(each, f"{path}/{name}/{at}")]
    return []


def _text(part: Any, path: str) -> list[tuple[str, str]]:
    if isinstance(part, str):
        return [(path, part)]
    if isinstance(part, dict) and part.get("type", "text") == "text":
        return [(f"{path}/{name}", part[name]) for name in ("content", "text") if isinstance(part.get(name), str)]
    return []
