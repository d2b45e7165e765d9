"""A host whose trail is encrypted at rest and whose content leaves sealed: nothing is lost, and all of it is proven."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.otlp_receiver import Receiver

import vedette
from vedette.cli import main
from vedette.trail.custody.seals import Seals
from vedette.trail.files.identities import OURS, generate
from vedette.trail.proving.verify import Beside, verify

WORDS = "nobody else may read this"


def test_from_the_host_to_the_collector_and_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Disk and wire hold no word of it; with the keys every field is proven from either side; then a user is erased."""
    identity, recipient = generate()
    key = tmp_path / "identity"
    key.write_text(identity)
    key.chmod(0o600)
    folder = tmp_path / "trail"
    monkeypatch.setenv("VEDETTE_TRAIL", str(folder))
    monkeypatch.setenv("VEDETTE_CONTENT", "sealed")
    monkeypatch.setenv("VEDETTE_AT_REST", recipient)
    monkeypatch.setenv("VEDETTE_AT_REST_KEY", str(key))
    with Receiver() as receiver:
        for name, value in receiver.environment.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("OTEL_TRACES_EXPORTER", "none")
        monkeypatch.setenv("OTEL_METRICS_EXPORTER", "none")
        vedette.start(shutdown=20.0)
        for user in ("alice", "bob"):
            with vedette.session(user=user, session=f"{user} at home"):
                vedette.note.user_input(f"{WORDS}, says {user}")
        vedette.stop()
        bodies = list(receiver.bodies)
    disk = b"".join(path.read_bytes() for path in folder.rglob("*.seg"))
    assert WORDS.encode() not in disk and not [body for body in bodies if WORDS in body]
    report = verify(bodies, Beside(opened=Seals(folder).open))
    sealed = [body for body in bodies if '"y":"sealed"' in body]
    assert (report.exit_code, report.streams[0].contents) == (0, len(sealed)) and len(sealed) >= 2
    assert main(["verify"]) == 0
    assert main(["erase", "--user", "alice", "--reason", "article 17", "--yes"]) == 0
    left = verify(bodies, Beside(opened=Seals(folder).open))
    assert [each.name for each in left.verdicts].count("content-sealed") == 1
    assert left.streams[0].contents == len(sealed) - 1
    OURS.look_in(None)
