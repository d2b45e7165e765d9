"""How a test names a misbehaviour: `retry-429;times=2,gzip`, in the header `x-standin` or after `/x/` in the path."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from vedette.cli.standin.wire import Request

PREFIX = re.compile(r"/x/([^/?]+)")


@dataclass(frozen=True)
class Case:
    """One misbehaviour, its options, and how often the same request met it before (0 the first time)."""

    name: str
    options: dict[str, str]
    attempt: int = 0

    def number(self, key: str, default: int) -> int:
        """An option as a whole number."""
        return int(self.options.get(key, default))


def spelled(request: Request) -> str:
    """The misbehaviours a request asks for, as spelled; empty for none."""
    found = PREFIX.match(request.target)
    return found.group(1) if found else request.headers.get("x-standin", "")


def straight(request: Request) -> Request:
    """The request as a well-behaved server would see it: without the path prefix."""
    return replace(request, target=PREFIX.sub("", request.target, count=1))


def parse(spelling: str, attempt: int) -> tuple[Case, ...]:
    """The cases of a spelling."""
    return tuple(_case(one.strip(), attempt) for one in spelling.split(",") if one.strip())


def _case(spelling: str, attempt: int) -> Case:
    name, *options = spelling.split(";")
    return Case(name, dict(option.split("=", 1) for option in options), attempt)
