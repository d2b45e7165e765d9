"""A finding that the application notes goes where ours go: trail, audit log, metric."""

from __future__ import annotations

import json
from pathlib import Path

from tests.otlp_receiver import Receiver, attributes
from tests.trails import instrumented, records

AGENT = 'import vedette; vedette.note.finding(rule="refund-limit", level="high", message="900", category="fraud")'


def test_it_is_a_record_a_log_and_a_count(tmp_path: Path) -> None:
    with Receiver() as receiver:
        done = instrumented("-c", AGENT, env={"VEDETTE_TRAIL": str(tmp_path), **receiver.environment})
        assert (done.returncode, done.stderr) == (0, "")
        (record,) = records(tmp_path, kind="finding")
        (sent,) = [each for each in receiver.logs if each.event_name == "vedette.audit.finding"]
        (count,) = [each for each in receiver.metrics if each.name == "vedette.findings"]
    assert json.loads(sent.body.string_value) == record.envelope
    assert (sent.severity_number, sent.severity_text) == (17, "ERROR")
    (point,) = count.sum.data_points
    assert point.as_int == 1
    assert attributes(point.attributes) == {
        "security_rule.name": "refund-limit",
        "security_rule.category": "fraud",
        "vedette.finding.severity": "high",
    }
