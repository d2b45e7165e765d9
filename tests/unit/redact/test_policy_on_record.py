"""A user's file that is taken or refused stands in the record (issue 5, R3); so does the key of the pseudonyms (R8)."""

from pathlib import Path

import vedette
from vedette.redact import load_key
from vedette.trail.files import reading


def test_a_refused_file_is_a_change_on_the_record(engines: object, tmp_path: Path) -> None:
    config, trail = tmp_path / "redact.yaml", tmp_path / "trail"
    config.write_text("actions: {email: eat}")
    vedette.start(trail=str(trail), redact_config=str(config), inline="1", ship="off")
    vedette.note.user_input("mail somebody@corp.example")
    vedette.stop()
    told = list(reading.records(trail))
    records = [record.envelope for record in told]
    changes = [record for record in told if record.envelope["k"] == "change"]
    assert [record.envelope["a"]["vedette.change.name"] for record in changes] == ["redaction"]
    assert "line 1: 'eat' is not one of" in changes[0].content["vedette.change.detail"]
    births = [each["a"] for each in records if each["a"].get("vedette.lifecycle.phase") == "birth"]
    assert births[0]["vedette.key.id"] == load_key("", trail).id
