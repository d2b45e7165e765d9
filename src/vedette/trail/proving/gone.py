"""Content that is not there, and the reason that records give for it: erased, trimmed, sealed, or kept elsewhere."""

from __future__ import annotations

from collections.abc import Iterable

from vedette.trail.proving.contents import Unmet
from vedette.trail.proving.evidence import Erasure


class Gone:
    """The erasures of one stream. `trimmed` and `sealed` collect the numbers of records that were asked for.

    `elsewhere`: by its settings, the stream's content is not in what is verified.
    """

    def __init__(self, stream: str, erased: Iterable[Erasure], *, elsewhere: bool) -> None:
        self._erasures = [each for each in erased if each.stream == stream]
        self._elsewhere = elsewhere
        self.trimmed: set[int] = set()
        self.sealed: set[int] = set()

    def fields(self, unmet: Unmet) -> list[tuple[str, str]]:
        """(field, verdict) of each field that a verdict of its own names."""
        found = ((name, self._why(unmet, name)) for name in sorted(unmet.missing - unmet.strange))
        return [(name, verdict) for name, verdict in found if verdict]

    def _why(self, unmet: Unmet, name: str) -> str:
        """A verdict; "" where the number is collected, or nothing is to be said."""
        names = {each.name for each in self._erasures if unmet.n in each.spans and each.field in ("", name)}
        if "content-erased" in names:
            return "content-erased"
        if names:
            self.trimmed.add(unmet.n)
        elif name in unmet.shut:
            self.sealed.add(unmet.n)
        elif not self._elsewhere:
            return "content-missing"
        return ""
