"""JSON as it comes: by the quick parser where there is one, cut off at its end, or with only its end left.

Nothing here raises. Bytes that are not UTF-8 and lone surrogates become U+FFFD or `?`: they could not be written down.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import cache
from typing import Any

from vedette import late
from vedette.capture.protocols.tolerant import Json, obj

_TOKEN = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*(?:"|\\?\Z)|[\[\]{}]|,[-+.\deE,\s]*', re.DOTALL)
_HALF_ESCAPE = re.compile(rb"\\(?:u[0-9a-fA-F]{0,3})?\Z")
_CLOSER = {b"{": b"}", b"[": b"]"}
_ENDING = re.compile(r'(?<!\\)"(usage|finish_reason|stop_reason|model)"\s*:\s*')
_DECODER = json.JSONDecoder()


def parsed(text: bytes | str | None) -> Any:
    """The value, or None where it is no JSON."""
    if not text:
        return None
    try:
        return _loads()(text)
    except ValueError:
        return _patiently(text)


@cache
def _loads() -> Callable[[bytes | str], Any]:
    """The quick parser, if it is installed; asked for with the first body, on the line, never at start-up."""
    try:
        loads: Callable[[bytes | str], Any] = late.module("orjson").loads
    except ImportError:
        return _patiently
    return loads


def _patiently(text: bytes | str) -> Any:
    """By the standard library, which takes what clients take: NaN, lone surrogates."""
    text = text if isinstance(text, str) else text.decode("utf-8-sig", "replace")
    try:
        value = json.loads(text)
        if "\\ud" in text or "\\uD" in text:
            value = json.loads(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))
    except (ValueError, RecursionError):  # no JSON; nested deeper than any answer is
        return None
    return value


def text_of(value: Any) -> str:
    """Arguments and the like: text as it is, structure as JSON, null as nothing."""
    if value is None or isinstance(value, str):
        return value or ""
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    except RecursionError:
        return ""


def salvaged(cut: bytes) -> Any:
    """What stands in a document whose end is missing: open strings, lists and objects are closed where they break off.

    A number at the break is given up, for digits of it may be missing. Linear in the length, whatever the nesting.
    """
    opened: list[bytes] = []
    keep, text_end = 0, -1
    for match in _TOKEN.finditer(cut):
        token = match[0]
        text_end = match.end() if token.startswith(b'"') else -1
        if token in (b"[", b"{"):
            opened.append(_CLOSER[token])
        elif token in (b"]", b"}") and opened:
            opened.pop()
        if text_end < 0:
            keep = match.end() if token in b"[]{}" else match.start() + token.rindex(b",")
    open_text, whole_text = _HALF_ESCAPE.sub(b"", cut) + b'"', cut[:text_end]
    ends = (open_text, whole_text, cut[:keep]) if text_end >= 0 else (cut[:keep],)
    values = (parsed(end + b"".join(reversed(opened))) for end in ends)
    return next((value for value in values if value is not None), None)


def endings(tail: bytes) -> Json:
    """Usage, finish reason and model out of the end of a document whose beginning is lost; the last of each counts."""
    text = tail.decode("utf-8", "replace")
    found: Json = {}
    for match in _ENDING.finditer(text):
        try:
            found[match[1]], _ = _DECODER.raw_decode(text, match.end())
        except (ValueError, RecursionError):
            continue
    return found


def document(body: bytes, tail: bytes = b"") -> Json | None:
    """The object that a body holds; of a cut one what is there. None if it is no object."""
    value = None if tail else parsed(body)
    if value is None:
        value = salvaged(body)
    if not tail:
        return value if isinstance(value, dict) else None
    return {**endings(tail), **obj(value)} or None
