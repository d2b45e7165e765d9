"""The containers of a structure under the walk."""

from __future__ import annotations

from typing import Any


class Box:
    """A shallow copy of one container, to be changed in place; where it stands, by a chain of its parents."""

    __slots__ = ("at", "below", "copy", "depth", "name", "parent", "source")

    def __init__(self, copy: Any, parent: Box | None, at: Any, name: str, below: str, depth: int) -> None:
        self.copy = copy
        self.parent = parent
        self.at = at
        self.name = name
        self.below = below
        self.depth = depth
        self.source: object = None

    def open(self, at: Any, value: Any, name: str, below: str) -> Box:
        """The box of a container that stands at `at` in this one."""
        copy = dict(value) if isinstance(value, dict) else list(value)
        inner = Box(copy, self, at, name, below, self.depth + 1)
        inner.source = value
        self.copy[at] = copy
        return inner

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
