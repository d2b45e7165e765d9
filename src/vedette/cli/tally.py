"""What a timeline adds up to: operations, tokens, findings, redactions, and what went wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from vedette.cli.glance import Glance
from vedette.cli.line import MARKS
from vedette.cli.paint import duration

_WORDS = {
    "inference": "model call",
    "exchange": "http exchange",
    "output": "answer",
    "input": "user input",
    "auth": "auth attempt",
}
_ENDS = {"error": "failed"}
_SEVERITIES = ("critical", "high", "medium", "low")


class Tally:
    """Counts records; `lines` tells of them."""

    def __init__(self) -> None:
        self._kinds: Counter[str] = Counter()
        self._severities: Counter[str] = Counter()
        self._results: Counter[str] = Counter()
        self._taken: Counter[str] = Counter()
        self._tokens = [0, 0]
        self._first = self._last = 0

    def add(self, record: Glance) -> None:
        """Count one operation; lifecycle records are none."""
        if record.kind == "lifecycle":
            return
        self._kinds[record.kind] += 1
        self._taken.update(record.taken)
        if record.kind == "finding":
            self._severities[record.fact("vedette.finding.severity")] += 1
        self._results["under way" if record.phase == "intent" else record.result] += 1
        for index, name in enumerate(("input", "output")):
            count = record.facts.get(f"gen_ai.usage.{name}_tokens", 0)
            self._tokens[index] += count if isinstance(count, int) else 0
        self._first = min(self._first or record.began_ns, record.began_ns)
        self._last = max(self._last, record.began_ns + record.duration_ns)

    def lines(self) -> Iterator[str]:
        """One to three lines."""
        kinds = [_number(count, _WORDS.get(kind) or MARKS.get(kind, ("", kind))[1]) for kind, count in self._common()]
        took = duration(self._last - self._first)
        yield f"{', '.join(kinds) or 'no operation'}{f' in {took}' if took else ''}"
        more = [f"{self._tokens[0]:,} \N{RIGHTWARDS ARROW} {self._tokens[1]:,} tokens"] if any(self._tokens) else []
        more += [f"redacted {counted(self._taken)}"] if self._taken else []
        if more:
            yield ", ".join(more)
        wrong = [f"{self._severities[each]} {each} finding" for each in _SEVERITIES if self._severities[each]]
        wrong += [
            f"{count} {_ENDS.get(result, result)}"
            for result, count in self._results.items()
            if result not in ("ok", "")
        ]
        if wrong:
            yield ", ".join(wrong)

    def _common(self) -> list[tuple[str, int]]:
        return [(kind, count) for kind, count in self._kinds.most_common() if kind != "finding"]


def counted(counts: Mapping[str, int]) -> str:
    """`2 email, 1 secret`, the most first."""
    return ", ".join(f"{count} {kind}" for kind, count in sorted(counts.items(), key=lambda each: -each[1]))


def _number(count: int, word: str) -> str:
    plural = "es" if word.endswith(("s", "ch")) else "s"
    return f"{count:,} {word}{plural if count != 1 else ''}"
