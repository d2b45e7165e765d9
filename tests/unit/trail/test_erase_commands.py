"""`vedette erase`, `retention` and `keygen` as people run them, on a trail that a host has written."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.trails import records

import vedette
from vedette.cli import main
from vedette.trail import sources
from vedette.trail.files.identities import OURS
from vedette.trail.proving.verify import verify


@pytest.fixture
def trail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The trail of a host that spoke with two users, and stopped."""
    folder = tmp_path / "trail"
    monkeypatch.setenv("VEDETTE_TRAIL", str(folder))
    monkeypatch.delenv("OTEL_EXPORTER_OTLP_ENDPOINT", raising=False)
    host()
    yield folder
    OURS.look_in(None)


def host() -> None:
    vedette.start(inline=True)
    for user in ("alice", "bob"):
        with vedette.session(user=user, session=f"{user} at home"):
            vedette.note.user_input(f"a question of {user}")
            vedette.note.output(f"an answer to {user}")
    vedette.stop()


def said(folder: Path) -> str:
    return " ".join(text for each in records(folder) for text in each.content.values())


def test_a_user_is_erased_by_name(trail: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The name becomes the pseudonym of the record; what it would take is shown first; the proof stays whole."""
    assert main(["erase", "--user", "alice", "--reason", "article 17", "--yes"]) == 0
    assert "2 content fields" in capsys.readouterr().out
    assert said(trail).count("bob") == 2 and "alice" not in said(trail)
    report = verify(sources.segments(trail))
    assert [each.name for each in report.verdicts].count("content-erased") == 2 and report.exit_code == 0


def test_the_pseudonym_is_taken_as_well(trail: Path) -> None:
    """As `vedette show --json` has it."""
    user = next(each.envelope["w"]["user"] for each in records(trail, kind="input"))
    assert main(["erase", "--user", user, "--reason", "article 17", "--yes"]) == 0
    assert "alice" not in said(trail) and "bob" in said(trail)


def test_a_dry_run_changes_nothing(trail: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Not one byte, and no record; without a terminal and without --yes neither."""
    before = {path: path.read_bytes() for path in trail.rglob("*.seg")}
    assert main(["erase", "--user", "alice", "--reason", "x", "--dry-run"]) == 0
    assert main(["erase", "--user", "alice", "--reason", "x"]) == 1
    assert "add --yes" in capsys.readouterr().err
    assert {path: path.read_bytes() for path in trail.rglob("*.seg")} == before


def test_a_record_and_a_field_of_it(trail: Path) -> None:
    """The stream by its first digits."""
    found = records(trail, kind="output")[0].envelope
    field = next(iter(found["c"]))
    assert main(["erase", "--record", f"{found['s'][:8]}-{found['n']}:{field}", "--reason", "x", "--yes"]) == 0
    (verdict,) = [each for each in verify(sources.segments(trail)).verdicts if each.name == "content-erased"]
    assert verdict.detail == f"{found['n']} {field}"


def test_a_command_lets_nothing_go_however_full_the_trail_is(trail: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Far above the cap an erasure is told of all the same, and no segment is trimmed by it."""
    (trail / "taken").write_bytes(bytes(80 * 1024 * 1024))
    monkeypatch.setenv("VEDETTE_TRAIL_MAX", "64m")
    before = len(records(trail, lifecycle=True))
    assert main(["erase", "--user", "alice", "--reason", "x", "--yes"]) == 0
    found = records(trail, lifecycle=True)
    assert len(found) == before + 4 and "bob" in said(trail)
    assert not [each for each in found if each.envelope.get("a", {}).get("vedette.lifecycle.phase") == "trim"]


def test_who_and_why_are_redacted_like_all(trail: Path) -> None:
    """An operator's words may name the person that is to be forgotten."""
    assert (
        main(["erase", "--user", "bob", "--reason", "asked by bob@example.com", "--who", "the officer", "--yes"]) == 0
    )
    told = [
        each.envelope["a"] for each in records(trail, lifecycle=True) if "vedette.why" in each.envelope.get("a", {})
    ]
    assert {each["vedette.who"] for each in told} == {"the officer"}
    assert all("[email:" in each["vedette.why"] and "bob@" not in each["vedette.why"] for each in told)


def test_copies_beyond_reach_are_named(
    trail: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With a collector configured, that its copies remain, and how to delete them."""
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector.example:4318")
    assert main(["erase", "--user", "bob", "--reason", "x", "--yes"]) == 0
    told = capsys.readouterr().err
    assert "collector.example" in told and "remain" in told and "vedette.stream.id" in told


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["erase", "--reason", "x"], "say whose content"),
        (["erase", "--record", "nowhere-1", "--reason", "x"], "names no record"),
        (["erase", "--before", "yesterday", "--reason", "x"], "no time"),
        (["retention", "release", "12345678", "--reason", "x"], "there is no hold"),
        (["retention", "hold", "--stream", "zz", "--reason", "x"], "names no stream"),
    ],
)
def test_what_cannot_be_done_is_one_line(
    trail: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], sentence: str
) -> None:
    """Exit code 2, on standard error."""
    assert main(arguments) == 2
    told = capsys.readouterr().err
    assert sentence in told and told.count("\n") == 1


def test_a_hold_is_set_shown_kept_and_released(trail: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Set by name, with who and why as a record on disk; erasure says that something stayed; then it is released."""
    assert main(["retention", "hold", "--user", "bob", "--reason", "case 7", "--who", "counsel", "--json"]) == 0
    hold = json.loads(capsys.readouterr().out)["hold"]
    assert main(["erase", "--before", "0s", "--reason", "x", "--yes"]) == 1
    assert "under a legal hold" in capsys.readouterr().out and "bob" in said(trail) and "alice" not in said(trail)
    assert main(["retention"]) == 0
    shown = capsys.readouterr().out
    assert f"hold {hold}" in shown and "case 7" in shown and "2 held" in shown and "400 days" in shown
    assert main(["retention", "release", hold, "--reason", "case closed"]) == 0
    assert main(["erase", "--user", "bob", "--reason", "x", "--yes"]) == 0
    changes = [each.envelope for each in records(trail, kind="change")]
    assert [(each["e"], each["a"]["vedette.why"]) for each in changes] == [
        ("legal hold", "case 7"),
        ("legal release", "case closed"),
    ]


def test_retention_is_shown_and_applied(
    trail: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is due today; 0 is for ever; --json has the same."""
    assert main(["retention", "apply"]) == 0
    assert capsys.readouterr().out.startswith("0 content fields")
    monkeypatch.setenv("VEDETTE_RETENTION", "0")
    assert main(["retention"]) == 0
    assert "for ever" in capsys.readouterr().out
    assert main(["retention", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["days"], [each["ordinal"] for each in told["streams"]], told["holds"]) == (0, [0], [])


def test_an_encrypted_trail_from_keygen_to_erasure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two settings, one key: written by a host, shown, verified and erased with the key, and one line without."""
    identity = tmp_path / "identity"
    assert main(["keygen", str(identity)]) == 0
    assert identity.stat().st_mode & 0o777 == 0o600
    name, _, recipient = capsys.readouterr().out.strip().partition("=")
    folder = tmp_path / "trail"
    monkeypatch.setenv("VEDETTE_TRAIL", str(folder))
    monkeypatch.setenv(name, recipient)
    host()
    data = b"".join(path.read_bytes() for path in folder.rglob("*.seg"))
    assert b"alice" not in data and b"question" not in data
    for command in (["show"], ["verify"], ["erase", "--user", "bob", "--reason", "x", "--yes"]):
        assert main(command) in (2, 3)
        told = capsys.readouterr().err
        assert "VEDETTE_AT_REST_KEY" in told and told.count("\n") == 1
    assert main(["doctor"]) == 0
    assert "no key here opens it" in " ".join(capsys.readouterr().out.split())
    monkeypatch.setenv("VEDETTE_AT_REST_KEY", str(identity))
    assert main(["doctor"]) == 0
    assert "VEDETTE_AT_REST_KEY opens it" in " ".join(capsys.readouterr().out.split())
    assert main(["show"]) == 0
    assert "a question of alice" in capsys.readouterr().out
    assert main(["erase", "--user", "alice", "--reason", "x", "--yes"]) == 0
    assert main(["verify"]) == 0
    assert "content-erased" in capsys.readouterr().out
    assert "alice" not in said(folder) and "an answer to bob" in said(folder)
    OURS.look_in(None)


def test_a_key_file_is_never_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A key that is gone is a trail that is gone."""
    assert main(["keygen", str(tmp_path / "identity")]) == 0
    assert main(["keygen", str(tmp_path / "identity")]) == 2
    assert "exists" in capsys.readouterr().err.lower()
