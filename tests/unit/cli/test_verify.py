"""`vedette verify` as a command: where it reads from, what it prints, what it ends with."""

from __future__ import annotations

import base64
import io
import json
import shutil
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from tests import trail_forge as forge
from tests.stores import filled, loki
from tests.unit.cli.conftest import Vedette

from vedette.cli.demo_tampering import rename_tool
from vedette.trail.files import reading
from vedette.trail.format.spool import segment_files, stream_folders

(HOST_KEY,) = forge.HOST_KEYS.values()


@pytest.fixture
def copy(trail: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(trail, tmp_path / "copy"))


def exported(trail: Path, *, without: int = -1) -> bytes:
    """The bodies of all records, one a line, and no checkpoint."""
    return b"".join(each.raw + b"\n" for each in reading.records(trail) if each.envelope["n"] != without)


def test_whole_is_0(vedette: Vedette, trail: Path) -> None:
    ran = vedette("verify", trail)
    assert (ran.code, ran.err) == (0, "")
    assert ran.lines[0] == "WHOLE  Every record is as it was signed."
    assert "all proven, closed" in ran.out


def test_json_is_one_object_with_verdicts_and_streams(vedette: Vedette, trail: Path) -> None:
    ran = vedette("verify", "--json", trail)
    report = json.loads(ran.out)
    assert (ran.code, len(ran.lines), report["exit_code"]) == (0, 1, 0)
    (stream,) = report["streams"]
    assert stream["records"] == stream["proven"] == len(list(reading.records(trail)))


def test_unfinished_is_1(vedette: Vedette, copy: Path) -> None:
    """Without the host log, which has seen the end: with it, a part of the record would be missing."""
    shutil.rmtree(copy / "host")
    segment = segment_files(stream_folders(copy)[0])[0]
    data = segment.read_bytes()
    segment.write_bytes(data[:-200])
    assert vedette("verify", copy).code == 1


def test_broken_is_2_and_the_record_is_named(vedette: Vedette, copy: Path) -> None:
    rename_tool(copy, b'"lookup"', b'"backup"')
    ran = vedette("verify", "--json", copy)
    broken = [each for each in json.loads(ran.out)["verdicts"] if each["name"] == "altered-record"]
    victim = next(each.envelope["n"] for each in reading.records(copy) if b'"backup"' in each.raw)
    assert ran.code == 2
    assert [each["detail"] for each in broken] == [str(victim)]
    assert f"record {victim} was altered" in vedette("verify", copy).out


def test_the_environment_names_the_trail(vedette: Vedette, trail: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VEDETTE_TRAIL", str(trail))
    assert vedette("verify").code == 0


def test_a_file_or_standard_input_of_bodies(
    vedette: Vedette, trail: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the checkpoints nothing is sealed: unfinished, and said so, from a file as from a pipe."""
    (tmp_path / "bodies").write_bytes(exported(trail))
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(exported(trail))))
    assert vedette("verify", tmp_path / "bodies").out == vedette("verify", "-").out


@pytest.mark.parametrize("source", ["nothing", "a file of garbage", "an empty file", "an empty folder"])
def test_no_answer_is_3(vedette: Vedette, tmp_path: Path, source: str) -> None:
    place = tmp_path / "place"
    if source == "a file of garbage":
        place.write_bytes(bytes(range(256)) * 10)
    elif source == "an empty file":
        place.touch()
    elif source == "an empty folder":
        place.mkdir()
    ran = vedette("verify", place)
    assert ran.code == 3
    assert "Traceback" not in ran.out + ran.err


def test_a_source_that_is_not_there_is_one_line(vedette: Vedette, tmp_path: Path) -> None:
    ran = vedette("verify", tmp_path / "gone")
    assert (ran.code, ran.out, ran.err) == (
        3,
        "",
        f"vedette verify: {tmp_path / 'gone'}: there is no such file or folder\n",
    )


@pytest.mark.parametrize("arguments", [["--nonsense"], ["a", "b"], ["--host-key"]])
def test_wrong_usage_is_3_too_for_2_says_broken(vedette: Vedette, arguments: list[str]) -> None:
    ran = vedette("verify", *arguments)
    assert (ran.out, ran.err.count("\n")) == ("", 1)
    assert ran.code == 3


def test_a_bad_setting_is_no_answer(vedette: Vedette, trail: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VEDETTE_QUEUE", "many")
    ran = vedette("verify", trail)
    assert (ran.code, ran.err) == (
        3,
        "vedette verify: VEDETTE_QUEUE='many' is not valid: use a number from 1 to 1000000\n",
    )


def host_key(trail: Path) -> str:
    return str(json.loads((trail / "trail.json").read_text())["host_key"])


def test_a_pinned_host_key_of_another_host_is_broken(vedette: Vedette, trail: Path) -> None:
    assert vedette("verify", trail, "--host-key", host_key(trail)).code == 0
    other = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    ran = vedette("verify", trail, "--host-key", base64.b64encode(other).decode())
    assert (ran.code, "bad-checkpoint-signature" in ran.out) == (2, True)


def test_a_host_key_that_is_none_is_one_line(vedette: Vedette, trail: Path) -> None:
    ran = vedette("verify", trail, "--host-key", "no key")
    assert (ran.code, ran.out, ran.err.count("\n")) == (3, "", 1)
    assert ran.err.startswith("vedette verify: --host-key is no key: ")


def test_a_backend_is_asked_with_the_headers_of_the_setting(vedette: Vedette, monkeypatch: pytest.MonkeyPatch) -> None:
    """A tenant of Loki; another tenant, or none, has nothing."""
    stream = forge.stream(0, records=20)
    store = filled.loki(stream, tenant="acme")
    with loki.running(store) as address:
        monkeypatch.setenv("VEDETTE_FROM_HEADERS", "X-Scope-OrgID=acme")
        assert vedette("verify", "--from", f"loki:{address}", "--host-key", HOST_KEY).code == 0
        monkeypatch.setenv("VEDETTE_FROM_HEADERS", "X-Scope-OrgID=other")
        assert vedette("verify", "--from", f"loki:{address}", "--host-key", HOST_KEY).code == 3
