"""`vedette demo`: what a newcomer sees first, from the prompt with a planted key to the tampering that is caught."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pytest
from tests.trails import names, python

from vedette.cli import demo, main

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture(scope="module")
def trail(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo") / "trail"


@pytest.fixture(scope="module")
def told(trail: Path) -> str:
    done = python("-m", "vedette.cli", "demo", "--trail", trail, env={"COLUMNS": "100"})
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_its_steps_in_order(told: str) -> None:
    assert re.findall(r"^\d\. .*", told, re.MULTILINE) == [
        "1. An agent runs  $ opentelemetry-instrument python agent.py",
        "2. What was written down, before and while it happened  $ vedette show",
        "3. What the models were sent, and the record does not hold",
        "4. The record proves itself  $ vedette verify",
        "5. Somebody edits one record of a copy, and mends its checksum  $ vedette verify copy",
    ]


def test_the_timeline_has_two_models_two_tools_one_call_and_a_finding(told: str, trail: Path) -> None:
    assert "4 model calls, 2 tools, 1 http exchange in " in told
    assert re.search(r"  finding  secret-in-prompt +medium\n", told)
    assert sorted(each for each in names(trail) if each[1] != "intent") == [
        ("exchange", "outcome", "GET"),
        ("finding", "single", "secret-in-prompt"),
        ("inference", "outcome", "chat claude-sonnet-5"),
        ("inference", "outcome", "chat gpt-5"),
        ("inference", "outcome", "chat gpt-5"),
        ("inference", "outcome", "chat gpt-5"),
        ("tool", "single", "mail"),
        ("tool", "single", "weather"),
    ]


def test_what_was_planted_was_sent_and_is_not_in_the_record(told: str, trail: Path) -> None:
    for what in ("the key    ", "the address"):
        assert re.search(rf"  {what}  sent to a model 3 times, found 0 times in [0-9,]+ bytes of trail\n", told)
    written = b"".join(path.read_bytes() for path in trail.rglob("*.seg"))
    assert not any(planted.encode() in written for planted in demo.PLANTED.values())
    assert not any(planted in told for planted in demo.PLANTED.values())


def test_the_record_is_whole_and_the_forgery_is_named(told: str) -> None:
    whole, _, forged = told.partition("5. Somebody edits")
    assert "\nWHOLE  Every record is as it was signed.\n" in whole
    assert "\nBROKEN  This is not the record that was signed.\n" in forged
    assert re.search(r"✗ stream 0 \([0-9a-f]{8}\): record \d+ was altered  altered-record\n", forged)
    assert "\nCaught.\n" in forged


def test_the_picture_of_the_readme_shows_this_demo(told: str, trail: Path) -> None:
    """All but what differs from run to run. Mend it with `python docs/picture.py`."""
    picture = runpy.run_path(str(DOCS / "picture.py"))
    drawn = picture["draw"](picture["show"](trail))
    assert steady(drawn) == steady((DOCS / "show.svg").read_text())


def steady(svg: str) -> list[str]:
    """The texts, without times, durations, digests, ports and process ids."""
    texts = re.findall(r">([^<>]+)</text>", svg)
    varying = r"[0-9.]+ (us|ms|s)$|\d\d:\d\d:\d\d\.\d+|:[0-9a-f]{6}\b|:\d{4,5}\b|\(\d+\)|\d\d \w{3} \d{4}"
    return [re.sub(varying, "", text) for text in texts]


def test_the_trail_may_be_kept_in_a_new_folder_only(told: str, trail: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert told.endswith(f"\nYours to look at: vedette show {trail}\n")
    assert main(["demo", "--trail", str(trail)]) == 2
    assert capsys.readouterr().err == f"vedette demo: {trail} is not empty: name a new folder\n"


def test_what_it_needs_is_said_in_one_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(demo, "NEEDED", ("openai", "no_such_sdk"))
    assert main(["demo"]) == 2
    assert capsys.readouterr().err == "vedette demo: needs no_such_sdk: pip install 'vedette[demo]'\n"
