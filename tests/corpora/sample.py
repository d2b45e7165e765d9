"""One labelled text."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Sample:
    """A text and where its values stand: character offsets and kinds. `rule` names what it was made from."""

    text: str
    spans: tuple[tuple[int, int, str], ...] = ()
    rule: str = ""
    source: str = ""
    values: tuple[str, ...] = field(default=(), repr=False)
    """What must not be read afterwards, as it stands in the text."""
