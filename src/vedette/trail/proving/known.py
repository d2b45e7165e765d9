"""What a source knows beyond its bodies: the local trail knows which writers live and which files are damaged."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

MOST_REASONS = 20


@dataclass(slots=True)
class Known:
    """Filled while a source is read; read once it is at its end.

    `host_keys`: a key's name to its base64. `unborn` are ordinals of folders that hold no record:
    of a process that died before its first one, or emptied by somebody.
    `local`: it is the trail itself, not what was shipped of it.
    `corrupt` maps a stream to the numbers that were due where a frame is damaged, `torn` are streams with a torn tail.
    """

    host_keys: dict[str, str] = field(default_factory=dict)
    live: set[str] = field(default_factory=set)
    torn: set[str] = field(default_factory=set)
    corrupt: dict[str, list[int]] = field(default_factory=dict)
    unborn: set[int] = field(default_factory=set)
    ephemeral: bool = False
    weak_disk: bool = False
    local: bool = False
    unread: int = 0
    why: list[str] = field(default_factory=list)


class Source(ABC):
    """Bodies, and what is known beside them.

    `index` are the attributes that stand beside the body yielded last; None = the source has none. `done` of `total`
    bytes (or entries; 0 = not known) are read.
    """

    def __init__(self) -> None:
        self.known = Known()
        self.index: Mapping[str, Any] | None = None
        self.done = 0
        self.total = 0

    @abstractmethod
    def __iter__(self) -> Iterator[str]: ...

    @abstractmethod
    def where(self) -> str:
        """Where the body stands that was yielded last."""

    def complain(self, reason: str) -> None:
        """The body yielded last cannot be read."""
        self.known.unread += 1
        if len(self.known.why) < MOST_REASONS:
            self.known.why.append(f"{self.where()}: {reason}")
