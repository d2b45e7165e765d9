"""The containers of a structure under the walk."""

from __future__ import annotations

from typing import Any


class Box:
    """One container; copied, and its parents with it, when something in it changes. Where it stands, by its parents."""

    __slots__ = ("_copy", "at", "below", "depth", "name", "parent", "source")

    def __init__(self, source: Any, parent: Box | None, at: Any, name: str, below: str, depth: int) -> None:
        self.source = source
        self.parent = parent
        self.at = at
        self.name = name
        self.below = below
        self.depth = depth
        self._copy: Any = None

    @property
    def is_changed(self) -> bool:
        return self._copy is not None

    @property
    def copy(self) -> Any:
        """A shallow copy, to be changed in place; made when it is first asked for."""
        if self._copy is None:
            self._copy = dict(self.source) if isinstance(self.source, dict) else list(self.source)
            if self.parent is not None:
                self.parent.copy[self.at] = self._copy
        return self._copy

    def holds(self, value: object) -> bool:
        """Whether `value` is a container that we are inside of."""
        box: Box | None = self
        while box is not None:
            if box.source is value:
                return True
            box = box.parent
        return False

    def path(self, prefix: str, at: Any) -> str:
        """A JSON pointer (RFC 6901)."""
        steps: list[Any] = []
        box = self
        while box.parent is not None:
            steps.append(at)
            box, at = box.parent, box.at
        return prefix + "".join(f"/{_step(each)}" for each in reversed(steps))


def _step(name: object) -> str:
    """One step of a JSON pointer."""
    return str(name).replace("~", "~0").replace("/", "~1")
