"""What the model says when a case asks for it, in every dialect."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tests.standin.case import Case

from vedette.cli.standin import refusal, text, tool, tools
from vedette.cli.standin.turn import Reply

PARIS = tool("weather", {"city": "Paris"}, id="call_paris")
ROME = tool("weather", {"city": "Rome"}, id="call_rome")
MULTIBYTE = "Grüße aus 北京, heiter 🌤 bis wolkig"
SEPARATED = "one\u2028two\u2029three\u0085four"  # lines to str.splitlines, one line to SSE and ndjson
MEBIBYTE = 1 << 20

TURNS: Mapping[str, Callable[[Case], Reply]] = {
    "text": lambda case: text("All is well."),
    "tool": lambda case: PARIS,
    "two-tools": lambda case: tools(PARIS, ROME),
    "reasoning": lambda case: text("Forty-two.", reasoning="Six times nine, in base thirteen."),
    "cached": lambda case: text("All is well.", cached=1024),
    "refusal": lambda case: refusal("I cannot help with that."),
    "multibyte": lambda case: text(MULTIBYTE),
    "raw-separators": lambda case: text(SEPARATED),
    "huge-json": lambda case: text("x" * case.number("size", 50 * MEBIBYTE)),  # also as one line of a stream
    "many-events": lambda case: text("word " * case.number("count", 200_000)),
    **{
        f"tool-{name}": lambda case: tools(PARIS, ROME)
        for name in (
            "index-missing",
            "index-zero",
            "interleaved",
            "id-late",
            "arguments-object",
            "arguments-invalid",
            "empty-first",
        )
    },
}
