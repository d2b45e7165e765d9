"""`@vedette.tool`: whole records of every kind of function, and a function that stays what it was."""

from __future__ import annotations

import asyncio
import inspect
import pickle
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from dirty_equals import IsStr
from tests.trails import records
from tests.unit.capture.noted import recorded

import vedette

MAIL = IsStr(regex=r"\[email:[0-9a-f.]{21}\]")


@vedette.tool
def lookup(name: str, *, deep: bool = False) -> dict[str, Any]:
    """The number of a customer.

    Slow when `deep`.
    """
    return {"number": 4711, "mail": f"{name}@example.org"}


@vedette.tool
async def fetch(name: str) -> str:
    return f"{name}, fetched"


@vedette.tool
def stream(count: int) -> Iterator[str]:
    for each in range(count):
        yield f"part {each}, "


@vedette.tool
async def astream(count: int) -> AsyncIterator[dict[str, int]]:
    for each in range(count):
        yield {"part": each}


@vedette.tool(name="mail.send", description="Send a mail.")
def send(to: str) -> None:
    raise ConnectionError(f"no route to {to}")


def expected(name: str, arguments: object, **more: Any) -> list[dict[str, Any]]:
    """Intent and outcome of one call."""
    facts = {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": name, "gen_ai.tool.type": "function"}
    about = more.pop("about", None)
    facts |= {"gen_ai.tool.description": about} if about else {}
    given = {"gen_ai.tool.call.arguments": arguments}
    result = more.pop("result", None)
    answer = {"gen_ai.tool.call.result": result} if result is not None else {}
    intent = {"k": "tool", "f": "intent", "e": name, "a": facts, "c": given}
    outcome = {"k": "tool", "f": "outcome", "e": name, "r": "ok", "a": facts, "c": {**given, **answer}}
    return [intent, {**outcome, **more}]


def test_a_function(tmp_path: Path) -> None:
    assert recorded(tmp_path, lambda: lookup("ada")) == expected(
        "lookup",
        {"name": "ada"},
        about="The number of a customer.",
        result={"number": 4711, "mail": MAIL},
        q={"email": 1},
    )


def test_a_coroutine_function(tmp_path: Path) -> None:
    told = recorded(tmp_path, lambda: asyncio.run(fetch("ada")))
    assert told == expected("fetch", {"name": "ada"}, result="ada, fetched")


def test_a_generator(tmp_path: Path) -> None:
    told = recorded(tmp_path, lambda: list(stream(2)))
    assert told == expected("stream", {"count": 2}, result="part 0, part 1, ")


def test_an_async_generator(tmp_path: Path) -> None:
    async def drain() -> list[dict[str, int]]:
        return [each async for each in astream(2)]

    told = recorded(tmp_path, lambda: asyncio.run(drain()))
    assert told == expected("astream", {"count": 2}, result='{"part":0}\n{"part":1}\n')


def test_a_failure(tmp_path: Path) -> None:
    def work() -> None:
        with pytest.raises(ConnectionError, match=r"no route to ada@example\.org"):
            send("ada@example.org")

    intent, outcome = recorded(tmp_path, work)
    assert (intent["q"], intent["c"]) == ({"email": 1}, {"gen_ai.tool.call.arguments": {"to": MAIL}})
    assert (outcome["e"], outcome["r"], outcome["q"]) == ("mail.send", "error", {"email": 2})
    assert outcome["a"]["error.type"] == "ConnectionError"
    assert outcome["a"]["gen_ai.tool.description"] == "Send a mail."
    assert outcome["c"]["vedette.error.message"] == IsStr(regex=r"no route to \[email:[0-9a-f.]{21}\]")


def test_a_stream_that_is_left(tmp_path: Path) -> None:
    def work() -> None:
        parts = stream(5)
        assert next(parts) == "part 0, "
        parts.close()

    _, outcome = recorded(tmp_path, work)
    assert (outcome["r"], outcome["c"]["gen_ai.tool.call.result"]) == ("abandoned", "part 0, ")


def test_a_stream_that_has_no_end_is_kept_up_to_a_limit(tmp_path: Path) -> None:
    @vedette.tool
    def flood() -> Iterator[str]:
        for _ in range(300):
            yield "x" * 10_000

    _, outcome = recorded(tmp_path, lambda: [None for _ in flood()])
    assert outcome["a"]["vedette.body.truncated"] is True
    assert 500_000 < len(outcome["c"]["gen_ai.tool.call.result"]) < 550_000


def test_a_secret_split_over_the_items_of_a_stream_is_one(tmp_path: Path) -> None:
    token = "ghp_" + "a1B2c3D4e5F6" * 3

    @vedette.tool
    def leak() -> Iterator[str]:
        yield from (token[:10], token[10:20], token[20:])

    _, outcome = recorded(tmp_path, lambda: list(leak()))
    assert outcome["q"] == {"github_token": 1}


class Desk:
    @vedette.tool
    def answer(self, text: str) -> str:
        return text.upper()


def test_a_method_is_told_without_itself(tmp_path: Path) -> None:
    assert recorded(tmp_path, lambda: Desk().answer("yes")) == expected("answer", {"text": "yes"}, result="YES")


def test_a_static_and_a_class_method_whichever_mark_stands_first(tmp_path: Path) -> None:
    class Desk:
        @vedette.tool
        @staticmethod
        def weigh(parcel: str) -> int:
            return len(parcel)

        @classmethod
        @vedette.tool
        def name(cls) -> str:
            return cls.__name__

        @vedette.tool
        @classmethod
        def named(cls, title: str) -> str:
            return f"{title} {cls.__name__}"

    def work() -> None:
        assert (Desk().weigh("abc"), Desk.name(), Desk().named("the")) == (3, "Desk", "the Desk")

    told = [each for each in recorded(tmp_path, work) if each["f"] == "outcome"]
    assert [(each["e"], each["c"]["gen_ai.tool.call.arguments"]) for each in told] == [
        ("weigh", {"parcel": "abc"}),
        ("name", {}),
        ("named", {"title": "the"}),
    ]


def test_a_number_of_any_length(tmp_path: Path) -> None:
    @vedette.tool
    def power(base: int, exponent: int) -> int:
        return int(base**exponent)

    def work() -> None:
        assert power(10, 5000).bit_length() == 16610
        assert power(10, 2) == 100

    told = [each["c"]["gen_ai.tool.call.result"] for each in recorded(tmp_path, work) if each["f"] == "outcome"]
    assert told == [{"type": "int", "bits": 16610}, "100"]


def test_tools_nest(tmp_path: Path) -> None:
    @vedette.tool
    def outer() -> object:
        return lookup("ada")

    recorded(tmp_path, outer)
    found = {each.envelope["e"]: each.envelope for each in records(tmp_path, phase="outcome")}
    assert found["lookup"]["a"]["vedette.parent.id"] == found["outer"]["a"]["vedette.event.id"]
    assert found["lookup"]["tr"] == found["outer"]["tr"]


def test_the_function_stays_what_it_was() -> None:
    assert lookup("ada") == {"number": 4711, "mail": "ada@example.org"}
    assert str(inspect.signature(lookup)) == "(name: 'str', *, deep: 'bool' = False) -> 'dict[str, Any]'"
    assert lookup.__doc__ is not None and lookup.__doc__.startswith("The number of a customer.")
    assert (lookup.__name__, lookup.__module__) == ("lookup", __name__)
    assert inspect.iscoroutinefunction(fetch) and inspect.isgeneratorfunction(stream)
    assert inspect.isasyncgenfunction(astream)
    assert pickle.loads(pickle.dumps(lookup)) is lookup


def test_a_wrong_call_is_the_callers_own_error(tmp_path: Path) -> None:
    def work() -> None:
        with pytest.raises(TypeError, match="unexpected keyword argument 'nome'"):
            lookup(nome="ada")  # type: ignore[call-arg]  # the mistake is the point

    assert recorded(tmp_path, work)[-1]["r"] == "error"
