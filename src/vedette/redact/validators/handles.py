"""Names that people take on machines."""

from __future__ import annotations

_ROLES = frozenset(
    """root admin administrator user username test guest anonymous none null nobody default postgres mysql oracle sa
    ubuntu ec2-user system service demo example true false str string required optional the and for with from name
    not your you can may must should will has are was and or to is in field value type password login""".split()
)


def handle(text: str) -> bool:
    """A name somebody chose: no role, no word of a manual."""
    return text.lower() not in _ROLES
