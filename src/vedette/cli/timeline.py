"""One line a record: when, what, how long, how it ended, what was taken out. Nested as the operations were."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator
from typing import Any

from vedette.cli.paint import Paint, duration, size
from vedette.trail.reading import Record

Envelope = dict[str, Any]

_MARKS = {
    "inference": ("cyan", "model"),
    "tool": ("magenta", "tool"),
    "agent": ("blue", "agent"),
    "retrieval": ("blue", "search"),
    "exchange": ("cyan", "http"),
    "process": ("magenta", "process"),
    "connection": ("cyan", "socket"),
    "input": ("green", "user"),
    "output": ("green", "answer"),
    "auth": ("yellow", "auth"),
    "change": ("yellow", "change"),
    "finding": ("red", "finding"),
    "lifecycle": ("dim", "trail"),
}
_ENDS = {"ok": "", "error": "red", "denied": "yellow", "cancelled": "yellow", "abandoned": "yellow", "unknown": "dim"}
_DEEPEST = 6


class Timeline:
    """Turns records into lines."""

    def __init__(self, paint: Paint, *, width: int = 110, content: bool = True) -> None:
        self._paint = paint
        self._width = width
        self._content = content
        self._depth: dict[str, int] = {}

    def lines(self, envelope: Envelope, content: dict[str, str]) -> list[str]:
        """The record's line, and a line for what was said, if anything was."""
        depth = self._nest(envelope)
        style, mark = _MARKS.get(envelope["k"], ("dim", envelope["k"]))
        told = [self._when(envelope), f"{'  ' * depth}{self._paint(style, f'{mark:<8}')}", self._what(envelope)]
        told += [each for each in (self._ending(envelope), self._measure(envelope), self._taken(envelope)) if each]
        lines = ["  ".join(told)]
        said = self._said(envelope, content) if self._content else ""
        return [*lines, self._paint("dim", f"{' ' * 14}{'  ' * depth}{said}")] if said else lines

    def whole(self, records: Iterable[Record], *, everything: bool = False) -> Iterator[str]:
        """All lines, by when operations began: an agent's run stands before what it did.

        An intent is told by its outcome; one without is shown as what it is, something that was under way.
        """
        ordered = sorted(records, key=lambda record: int(record.envelope.get("b", record.envelope["t"])))
        answered = {(each.envelope["s"], each.envelope["of"]) for each in ordered if "of" in each.envelope}
        for record in ordered:
            envelope = record.envelope
            is_open = envelope["f"] == "intent" and (envelope["s"], envelope["n"]) not in answered
            if is_open:
                yield from self._under_way(record)
            elif everything or (envelope["f"] != "intent" and envelope["k"] != "lifecycle"):
                yield from self.lines(envelope, record.content)

    def _under_way(self, record: Record) -> list[str]:
        line, *rest = self.lines(record.envelope, record.content)
        return [f"{line}  {self._paint('yellow', 'under way, no outcome')}", *rest]

    def _nest(self, envelope: Envelope) -> int:
        facts = envelope.get("a", {})
        depth = min(self._depth.get(facts.get("vedette.parent.id", ""), -1) + 1, _DEEPEST)
        if facts.get("vedette.event.id"):
            self._depth[facts["vedette.event.id"]] = depth
        return depth

    def _when(self, envelope: Envelope) -> str:
        at = int(envelope.get("b") or envelope["t"])
        clock = time.strftime("%H:%M:%S", time.localtime(at // 10**9))
        return self._paint("dim", f"{clock}.{at // 10**6 % 1000:03d}")

    def _what(self, envelope: Envelope) -> str:
        facts = envelope.get("a", {})
        kind = envelope["k"]
        if kind == "exchange":
            return f"{facts.get('http.request.method', '')} {_short(facts.get('url.full', ''), 60)}"
        if kind == "lifecycle":
            reason = facts.get("vedette.lifecycle.reason") or facts.get("vedette.why", "")
            return f"{facts.get('vedette.lifecycle.phase', '')} {reason}".strip()
        if kind == "finding":
            return f"{self._paint('bold', envelope.get('e', ''))} ({facts.get('vedette.finding.severity', '')})"
        if kind == "inference":
            return f"{envelope.get('e', '')} @ {facts.get('server.address', '')}"
        return str(envelope.get("e", ""))

    def _ending(self, envelope: Envelope) -> str:
        result = envelope.get("r", "")
        style = _ENDS.get(result, "")
        status = envelope.get("a", {}).get("http.response.status_code", "")
        if not style:
            return str(status) if envelope["k"] == "exchange" else ""
        told = f"{result} {envelope.get('a', {}).get('error.type', '')}".strip()
        return self._paint(style, f"{status} {told}".strip() if envelope["k"] == "exchange" else told)

    def _measure(self, envelope: Envelope) -> str:
        facts = envelope.get("a", {})
        told = [duration(envelope.get("d", 0))]
        if facts.get("gen_ai.usage.input_tokens") is not None:
            told.append(f"{facts['gen_ai.usage.input_tokens']} -> {facts.get('gen_ai.usage.output_tokens', 0)} tokens")
        elif facts.get("http.response.body.size") and envelope["k"] == "exchange":
            told.append(size(facts["http.response.body.size"]))
        return self._paint("dim", ", ".join(each for each in told if each))

    def _taken(self, envelope: Envelope) -> str:
        taken = ", ".join(f"{count} {kind}" for kind, count in envelope.get("q", {}).items())
        return self._paint("yellow", f"[redacted: {taken}]") if taken else ""

    def _said(self, envelope: Envelope, content: dict[str, str]) -> str:
        """What was said, in one line: the last words in, the first words out."""
        kind = envelope["k"]
        if kind == "inference":
            told = [_last(content.get("gen_ai.input.messages", "")), _last(content.get("gen_ai.output.messages", ""))]
        elif kind == "tool":
            told = [content.get("gen_ai.tool.call.arguments", ""), content.get("gen_ai.tool.call.result", "")]
        elif kind in ("input", "output"):
            told = [_last(content.get(f"gen_ai.{kind}.messages", ""))]
        else:
            told = [content.get("vedette.finding.message", "") or content.get("vedette.error.message", "")]
        half = (self._width - 20) // max(len([each for each in told if each]), 1)
        return " -> ".join(_short(each, half) for each in told if each)


def _last(messages: str) -> str:
    """The text of the last message, or what it asks for."""
    try:
        parts = json.loads(messages)[-1]["parts"]
        return " ".join(_part(part) for part in parts)
    except (ValueError, LookupError, TypeError):
        return ""


def _part(part: dict[str, Any]) -> str:
    if part.get("type") == "tool_call":
        return f"{part.get('name')}({json.dumps(part.get('arguments'), ensure_ascii=False)})"
    if part.get("type") == "tool_call_response":
        return str(part.get("response"))
    return str(part.get("content", part.get("type", "")))


def _short(text: object, most: int) -> str:
    flat = " ".join(str(text).split())
    return flat if len(flat) <= most else f"{flat[: most - 1]}\N{HORIZONTAL ELLIPSIS}"
