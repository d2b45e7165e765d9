"""Texts that came before are not judged again, and nothing is less redacted for it."""

import random
import string
from typing import Any

from tests.unit.redact.conftest import KEY

from vedette.event import Actor, Call, Kind
from vedette.redact import Redactor
from vedette.redact.memory import Memory
from vedette.redact.policy import Policy
from vedette.redact.scanners.choose import Engine
from vedette.redact.verdicts import LONGEST, MOST, Verdict, Verdicts
from vedette.redact.walk import Walk

RNG = random.Random(20)
BARE = "".join(RNG.choices(string.ascii_letters + string.digits, k=24))
MAIL = "ann.other@example.org"


class Nothing:
    """A scanner that sees nothing but a gate."""

    name = "nothing"

    def hits(self, data: bytes) -> list[tuple[int, int, int]]:
        return [(10**6, 0, 0)]


def walked(redactor: Redactor, value: Any) -> tuple[Any, list[tuple[str, str]]]:
    walk = Walk(redactor.texts)
    return walk.value(value), sorted((label.kind, label.path) for label in walk.labels)


def scans(redactor: Redactor, value: Any) -> int:
    """How many texts the engine is given for a value."""
    texts, count = redactor.texts, 0
    finder = texts.finder()
    find = finder.find

    def counted(data: bytes, depth: int = 2) -> Any:
        nonlocal count
        count += 1
        return find(data, depth)

    finder.find = counted  # type: ignore[method-assign] - only counts, then is put back
    try:
        redactor.value(value)
    finally:
        finder.find = find  # type: ignore[method-assign]
    return count


def test_a_text_that_came_before_is_not_scanned_and_becomes_the_same(redactor: Redactor) -> None:
    value = {"model": "gpt-5", "messages": [{"role": "user", "content": f"write to {MAIL} about it"}]}
    redactor.text("a text, so that an engine is chosen")
    first = walked(redactor, value)
    assert scans(redactor, value) == 0
    assert walked(redactor, value) == first
    assert first[0]["messages"][0]["content"].startswith("write to [email:")
    assert first[1] == [("email", "/messages/0/content")]


def test_what_is_found_now_is_looked_for_in_what_was_clean_before(redactor: Redactor) -> None:
    """By its name on the walk, and by its rule in the scan: neither may leave the copy that was clean once."""
    for secret in ({"password": BARE}, f'"client_secret": "{BARE}"'):
        redactor = Redactor("all", KEY)
        text = f"it said {BARE} and went on"
        assert redactor.value([text]) == [text]
        assert redactor.value([text]) == [text]
        out = redactor.value([text, secret])
        assert BARE not in str(out)
        assert redactor.value([text]) == [out[0]]  # type: ignore[index] - a list stays a list


def test_a_remembered_value_is_found_in_what_was_dirty_before(redactor: Redactor) -> None:
    text = f"{MAIL} said {BARE}"
    assert BARE in str(redactor.value([text]))
    redactor.value({"password": BARE})
    assert BARE not in str(redactor.value([text]))


def test_another_policy_asks_again() -> None:
    policies = [Policy(), Policy(kinds={"email": "keep"})]
    now = 0
    redactor = Redactor("all", KEY, lambda: policies[now])
    assert MAIL not in str(redactor.value([MAIL]))
    now = 1
    assert redactor.value([MAIL]) == [MAIL]
    now = 0
    assert MAIL not in str(redactor.value([MAIL]))


def test_another_engine_is_asked_again(redactor: Redactor, engines: dict[str, Engine], monkeypatch: Any) -> None:
    """What the first engine of a process knows less of is not taken for clean when the better one is there."""
    value = [f"write to {MAIL}"]
    finder = redactor.texts.finder()
    monkeypatch.setattr(finder, "_engine", lambda: Engine(Nothing(), engines["plain"].cores))
    assert [redactor.value(value) for _ in range(2)] == [value, value]
    monkeypatch.setattr(finder, "_engine", lambda: engines["hyperscan"])
    assert MAIL not in str(redactor.value(value))


def test_verdicts_are_bounded_and_the_newest_stay() -> None:
    verdicts = Verdicts(None, None, Memory())
    clean = Verdict(None, (), 0)
    for at in range(3 * MOST):
        verdicts.add("", str(at), clean)
        verdicts.of("", "0")
    assert verdicts.of("", "0") is not None, "asked for all the time"
    assert verdicts.of("", "1") is None
    assert MOST <= int(repr(verdicts).removeprefix("Verdicts(").removesuffix(" texts)")) <= 2 * MOST
    verdicts.add("", "x" * (LONGEST + 1), clean)
    assert verdicts.of("", "x" * (LONGEST + 1)) is None


def test_what_is_learned_lifts_only_the_verdicts_on_texts_that_it_stands_in() -> None:
    memory = Memory(most=4)
    verdicts = Verdicts(None, None, memory)
    for text in (BARE, "another text"):
        verdicts.add("name", text, Verdict(None, (), memory.learned))
    memory.add([(BARE.encode(), "secret", 0)])
    assert verdicts.of("name", BARE) is None
    assert verdicts.of("name", "another text") is not None
    for at in range(5):
        memory.add([(f"{BARE}{at}".encode(), "secret", 0)])
    assert verdicts.of("name", "another text") is None, "nobody knows any more what was learned"


def test_a_memory_that_forgot_tells_nothing() -> None:
    memory = Memory()
    memory.add([(BARE.encode(), "secret", 0)])
    learned = memory.learned
    memory._forget()
    memory.add([(f"{BARE}0".encode(), "secret", 0)])
    assert memory.since(learned) is None


def test_names_are_judged_whatever_stands_under_them(redactor: Redactor) -> None:
    token = "ghp" + "_" + "aB3dE6" * 6
    values: tuple[dict[str, Any], ...] = (
        {token: {"a": "b"}},
        {token: 5},
        {token: [1], "b": {}},
        {token: ({token: (1, 2)},)},
        {token: ""},
        {f"{MAIL} password": BARE},
        {MAIL: {MAIL: {"password": BARE}}},
        {"a": {token: {MAIL: MAIL}}},
    )
    for value in values:
        walk = Walk(redactor.texts)
        out = walk.value(value)
        for secret in (token, MAIL, BARE):
            assert secret not in f"{out} {walk.labels}"
        assert [type(each) for each in out.values()] == [type(each) for each in value.values()]


def test_what_does_not_change_is_the_very_object(redactor: Redactor) -> None:
    value: dict[str, Any] = {"kept": [{"a": "b"}], "changed": [MAIL], "pair": ("a", {"b": "c"})}
    out: Any = redactor.value(value)
    assert out is not value
    assert out["kept"] is value["kept"]
    assert out["pair"] is value["pair"]
    assert value["changed"] == [MAIL]


def test_agent_and_run_are_redacted_with_the_rest_in_one_scan(redactor: Redactor) -> None:
    call = Call(Kind.TOOL, f"tool of {MAIL}", "test", actor=Actor("user-1", "session-1", f"agent of {MAIL}", "run-1"))
    events = [redactor.event(call) for _ in range(2)]
    assert events[0] == events[1]
    assert events[0].name.startswith("tool of [email:")
    assert events[0].actor.agent.startswith("agent of [email:")
    assert events[0].actor.run == "run-1"
    assert events[0].actor.user.startswith("[id:")
    assert not {MAIL, "user-1", "session-1"} & set(str(events[0]).split("'"))
