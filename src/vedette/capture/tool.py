"""`@vedette.tool`: a hand-written tool, recorded like one of a framework's."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Mapping
from typing import Any, TypeVar, overload

from vedette.capture.freeze import freeze
from vedette.capture.seam import Args, Facts, Seam
from vedette.capture.shapes import wrap
from vedette.event import Kind

F = TypeVar("F", bound=Callable[..., Any])

_RESULT = "gen_ai.tool.call.result"
_LONGEST = 512 * 1024
"""Characters of a generator's items that are kept."""


@overload
def tool(function: F) -> F: ...
@overload
def tool(*, name: str = "", description: str = "") -> Callable[[F], F]: ...
def tool(function: Any = None, *, name: str = "", description: str = "") -> Any:
    """Mark a function, coroutine function, generator or async generator as a tool of the agent's.

    Its intent, with the arguments, is on disk before it runs; its result, items or error follow. The function stays
    what it was: same signature, same kind, picklable by name.
    """

    def mark(marked: F) -> F:
        if isinstance(marked, staticmethod | classmethod):
            return type(marked)(mark(marked.__func__))
        return wrap(_seam(marked, name, description), marked, method=False)  # type: ignore[return-value]  # of the same shape

    return mark if function is None else mark(function)


def _seam(function: Callable[..., Any], name: str, description: str) -> Seam:
    signature = inspect.signature(function)
    named = function if hasattr(function, "__qualname__") else type(function)  # an object that can be called
    known = name or named.__name__
    about = description or (inspect.getdoc(function) or "").partition("\n")[0]

    def request(args: Args) -> Facts:
        given = _given(signature, args)
        return {
            "gen_ai.operation.name": "execute_tool",
            "gen_ai.tool.name": known,
            "gen_ai.tool.type": "function",
            "gen_ai.tool.description": about or None,
            "gen_ai.tool.call.arguments": {key: value for key, value in given.items() if key not in ("self", "cls")},
        }

    return Seam(
        target=f"{named.__module__}:{named.__qualname__}",
        kind=Kind.TOOL,
        name=lambda _: known,
        request=request,
        response=lambda _, result: {"gen_ai.tool.call.result": result},
        chunk=_item,
    )


def _given(signature: inspect.Signature, args: Args) -> Mapping[str, Any]:
    """The arguments by name; where they do not fit the signature, which the host is about to be told, as given."""
    try:
        return signature.bind_partial(*args.args, **args.kwargs).arguments
    except TypeError:
        return {**{str(place): value for place, value in enumerate(args.args)}, **args.kwargs}


def _item(facts: dict[str, Any], item: Any) -> None:
    """What a generator gives, piece by piece: text is joined, anything else is a line of JSON; up to `_LONGEST`."""
    told = facts.get(_RESULT, "")
    if len(told) > _LONGEST:
        facts["vedette.body.truncated"] = True
    elif isinstance(item, str):
        facts[_RESULT] = told + item
    else:
        facts[_RESULT] = f"{told}{_line(item)}\n"


def _line(item: Any) -> str:
    frozen = freeze(item)
    if isinstance(frozen, bytes):
        return frozen.decode("utf-8", "replace")
    return frozen if isinstance(frozen, str) else json.dumps(frozen)
