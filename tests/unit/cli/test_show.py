"""`vedette show`: what a user sees, on terminals of any width, of whole, damaged and hostile trails."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from tests.spooled import Spooled
from tests.unit.cli.conftest import Vedette

from vedette.cli.text import cells
from vedette.trail.format.spool import ENVELOPE, encode_frame

_VARYING = {
    r"^\d\d:\d\d:\d\d\.\d{3}": "HH:MM:SS.mmm",
    r"\d\d \w{3} \d{4}": "DD Mon YYYY",
    r"py \(\d+\)": "py (PID)",
    r"(user|session) [0-9a-f]{6}\b": r"\1 digest",
    r"\b[0-9a-f]{6}\]": "digest]",
    r" +[0-9.]+ (ns|us|ms|s)\b": " DURATION",
    r"127\.0\.0\.1:\d+": "127.0.0.1:PORT",
}


def steady(text: str) -> str:
    """Without what differs from run to run."""
    for pattern, name in _VARYING.items():
        text = re.sub(pattern, name, text, flags=re.MULTILINE)
    return text


def test_the_timeline_tells_who_did_what_inside_what(vedette: Vedette, trail: Path) -> None:
    assert (
        steady(vedette("show", trail).out)
        == """\
DD Mon YYYY · agent.py (PID) · user digest · session digest · agent clerk
HH:MM:SS.mmm  user     user_input
                       → Write to [email:digest]
                       ■ redacted 1 email
HH:MM:SS.mmm  tool     plan DURATION  error
                       → {"goal":"a journey"}
                       ✗ ValueError: no plan for [email:digest]
                       ■ redacted 1 email
HH:MM:SS.mmm    tool     lookup DURATION
                         → {"name":"Paris"}
                         ← {"city":"Paris","temperature_c":23,"sky":"rainy"}
HH:MM:SS.mmm      http     GET http://127.0.0.1:PORT/weather DURATION  200 · 49 B
                           → ?city=Paris&api_key=[secret:digest]
                           ■ redacted 1 secret
HH:MM:SS.mmm  finding  too-far                                                  high
                       ✗ the journey is too far

DD Mon YYYY · agent.py (PID) · user digest · session digest
HH:MM:SS.mmm  auth     token [id:digest] · /admin                               denied
HH:MM:SS.mmm  answer   output
                       ← No.

2 tools, 1 user input, 1 http exchange, 1 auth attempt, 1 answer in DURATION
redacted 2 email, 1 secret
1 high finding, 1 failed, 1 denied
"""
    )


@pytest.mark.parametrize("columns", [60, 80, 120, 200])
def test_no_line_is_wider_than_the_terminal(vedette: Vedette, trail: Path, columns: int) -> None:
    lines = vedette("show", trail, "--all", columns=columns).lines
    assert max(cells(line) for line in lines) <= columns


def test_an_address_that_does_not_fit_is_told_below(vedette: Vedette, tmp_path: Path) -> None:
    stream = Spooled(tmp_path)
    stream.record("exchange", a={"http.request.method": "GET", "url.full": "http://h.example/a/long/path/x?q=1"})
    stream.die()
    assert "GET http://h.example/a/long/p…" in vedette("show", tmp_path, columns=80).out
    assert "→ http://h.example/a/long/path/x?q=1\n" in vedette("show", tmp_path, columns=80).out
    assert "→ ?q=1\n" in vedette("show", tmp_path, columns=100).out


def test_lifecycle_records_and_answered_intents_are_told_on_demand(vedette: Vedette, trail: Path) -> None:
    usual, everything = vedette("show", trail).out, vedette("show", trail, "--all").out
    assert " birth" not in usual and " intent" not in usual
    assert " birth" in everything and " close atexit" in everything and everything.count("intent\n") == 3


def test_colour_is_for_terminals_or_on_demand(vedette: Vedette, trail: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "\x1b" not in vedette("show", trail).out
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[35m" in vedette("show", trail).out
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in vedette("show", trail).out


def test_json_is_one_object_a_line_with_envelope_and_content(vedette: Vedette, trail: Path) -> None:
    objects = [json.loads(line) for line in vedette("show", trail, "--json").lines]
    assert [each["envelope"]["n"] for each in objects] == list(range(len(objects)))
    told = next(each for each in objects if each["envelope"]["k"] == "input")
    assert "[email:" in told["content"]["gen_ai.input.messages"]
    assert all(set(each["content"]) == set(each["envelope"].get("c", {})) for each in objects)


def chosen(vedette: Vedette, trail: Path, *filters: str) -> list[str]:
    lines = vedette("show", trail, "--json", *filters).lines
    return [f"{each['k']} {each['f']}" for each in (json.loads(line)["envelope"] for line in lines)]


def test_filters_by_kind(vedette: Vedette, trail: Path) -> None:
    assert chosen(vedette, trail, "--kind", "finding,auth") == ["finding single", "auth single"]


def test_filters_by_tool_glob(vedette: Vedette, trail: Path) -> None:
    assert chosen(vedette, trail, "--tool", "look*") == ["tool intent", "tool outcome"]
    assert chosen(vedette, trail, "--tool", "look") == []


def test_filters_by_destination_glob(vedette: Vedette, trail: Path) -> None:
    assert chosen(vedette, trail, "--destination", "127.*") == ["exchange intent", "exchange outcome"]
    assert chosen(vedette, trail, "--destination", "*.example.org") == []


def test_a_session_is_named_by_itself_or_as_it_is_shown(vedette: Vedette, trail: Path) -> None:
    told = ["auth single", "output single"]
    assert chosen(vedette, trail, "--session", "s2") == told
    heading = next(line for line in vedette("show", trail, "--kind", "auth").lines if "session" in line)
    shown = re.search(r"session ([0-9a-f]{6})$", heading)
    assert shown is not None
    assert chosen(vedette, trail, "--session", shown[1]) == told
    assert chosen(vedette, trail, "--session", f"[id:{shown[1]}]") == told
    assert chosen(vedette, trail, "--session", "s3") == []


def test_filters_by_time(vedette: Vedette, trail: Path) -> None:
    everything = chosen(vedette, trail)
    assert chosen(vedette, trail, "--since", "1d") == everything
    assert chosen(vedette, trail, "--since", "2020-01-01T00:00Z") == everything
    assert chosen(vedette, trail, "--since", "2999-01-01") == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--since", "yesterday"], "vedette show: --since 'yesterday' is no time: use 10m, 2h, 1d or 2026-11-24T09:00"),
        (["--since", ""], "vedette show: --since '' is no time: use 10m, 2h, 1d or 2026-11-24T09:00"),
        (["--kind", "tools"], "vedette show: there is no kind 'tools': use inference, tool, agent, "),
        (["--nonsense"], "vedette show: unrecognized arguments: --nonsense (`vedette show --help`)"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(vedette: Vedette, trail: Path, arguments: list[str], said: str) -> None:
    ran = vedette("show", trail, *arguments)
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert ran.err.startswith(said)


@pytest.mark.parametrize("there", ["nothing", "a file", "an empty folder"])
def test_what_is_no_trail_is_said(vedette: Vedette, tmp_path: Path, there: str) -> None:
    place = tmp_path / "place"
    if there == "a file":
        place.write_text("no trail")
    if there == "an empty folder":
        place.mkdir()
    ran = vedette("show", place)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == f"vedette show: {place} holds no trail; record one first, or name its folder\n"


def test_a_trail_without_operations_says_so(vedette: Vedette, tmp_path: Path) -> None:
    (tmp_path / "streams").mkdir()
    assert vedette("show", tmp_path).out == "no operation\n"


def test_garbage_in_the_folder_is_stepped_over(vedette: Vedette, tmp_path: Path) -> None:
    stream = Spooled(tmp_path)
    stream.record("tool", e="weather")
    with stream.path.open("ab") as file:
        file.write(b"\xff" * 100)
    stream.die()
    for name in ("notes", "\N{SUPERSCRIPT TWO}", "99999999"):
        (tmp_path / "streams" / name).mkdir()
    (tmp_path / "streams" / "99999999" / "000000.seg").write_bytes(b"garbage")
    ran = vedette("show", tmp_path)
    assert (ran.code, ran.err) == (0, "")
    assert "tool     weather" in ran.out


def test_a_record_cannot_write_on_the_screen(vedette: Vedette, tmp_path: Path) -> None:
    evil = "\x1b[2J\r\x07\N{RIGHT-TO-LEFT OVERRIDE}evil"
    stream = Spooled(tmp_path)
    stream.record("tool", {"gen_ai.tool.call.arguments": evil}, e=evil, q={evil: 1}, w={"user": evil})
    stream.record(evil, r=evil, a={"error.type": evil, "url.full": evil})
    stream.record("exchange", a={"url.full": f"http://{evil}?{evil}", "http.request.method": evil})
    stream.birth(**{"process.executable.name": evil, "vedette.pid": evil})
    stream.die()
    out = vedette("show", tmp_path, "--all").out
    assert "evil" in out and out.replace("\n", "").isprintable()


@pytest.mark.parametrize("member", ["k", "f", "r", "e", "t", "b", "d", "s", "n", "of", "a", "w", "q"])
@pytest.mark.parametrize("value", [None, 7, -1, "x", [1], {"a": {"b": [None]}}, 2**60, 1.5])
def test_a_member_of_another_type_stops_nobody(vedette: Vedette, tmp_path: Path, member: str, value: object) -> None:
    stream = Spooled(tmp_path)
    stream.record("tool", e="first")
    stream.record(**{"kind": "tool", member: value})
    stream.record("tool", e="last")
    stream.die()
    for arguments in (["--all"], ["--json"], ["--since", "1d"], ["--session", "x"], ["--tool", "*"]):
        ran = vedette("show", tmp_path, *arguments)
        assert (ran.code, ran.err) == (0, "")


def test_records_without_bottom_or_end_stop_nobody(vedette: Vedette, tmp_path: Path) -> None:
    """A hundred thousand brackets, in an envelope and in what was said; five million characters of it."""
    stream = Spooled(tmp_path)
    stream.append(encode_frame(ENVELOPE, b'{"k":' + b"[" * 100_000 + b"]" * 100_000 + b"}"))
    stream.record("inference", {"gen_ai.input.messages": "[" * 100_000}, e="deep")
    stream.record("tool", {"gen_ai.tool.call.result": "word " * 1_000_000}, e="long")
    stream.die()
    for arguments in ((), ("--json",)):
        ran = vedette("show", tmp_path, *arguments)
        assert (ran.code, ran.err) == (0, "")
        assert "deep" in ran.out and "word word" in ran.out


def test_operations_that_claim_to_lie_inside_each_other_are_told_once(vedette: Vedette, tmp_path: Path) -> None:
    stream = Spooled(tmp_path)
    for own, parent in (("1", "2"), ("2", "1"), ("3", "3")):
        stream.record("tool", e=f"op{own}", a={"vedette.event.id": own, "vedette.parent.id": parent})
    stream.die()
    out = vedette("show", tmp_path).out
    assert [out.count(f"op{each}") for each in (1, 2, 3)] == [1, 1, 1]


def test_an_intent_without_outcome_is_under_way(vedette: Vedette, tmp_path: Path) -> None:
    stream = Spooled(tmp_path)
    stream.record("tool", e="launch", f="intent")
    stream.die()
    ran = vedette("show", tmp_path)
    assert re.search(r"tool     launch +under way", ran.out)
    assert ran.out.endswith("\n1 tool\n1 under way\n")


def test_thousands_of_nested_operations_need_no_recursion(vedette: Vedette, tmp_path: Path) -> None:
    stream = Spooled(tmp_path)
    for each in range(3000):
        stream.record("tool", e=f"t{each}", a={"vedette.event.id": f"{each + 1}", "vedette.parent.id": f"{each}"})
    stream.die()
    assert "3,000 tools" in vedette("show", tmp_path, columns=80).out
