"""The whole way: recorded, kept, stamped, shipped, and verified elsewhere from what the collector got."""

from __future__ import annotations

import json
from pathlib import Path

from tests.otlp_receiver import Receiver
from tests.trails import python
from tests.witnessing.authority import authority

from vedette.trail.hosting.anchors.trust import trust
from vedette.trail.proving.verify import Beside, verify

HOST = "import vedette; vedette.start(); vedette.stop()"
COMMAND = "import sys; from vedette.cli import main; sys.exit(main())"


def test_an_export_is_anchored(tmp_path: Path) -> None:
    """The host log and the authority's statement went with the records: two public keys are all that is needed.

    One process that closes and one that is killed, whose end the keeper of the next run seals.
    """
    trail = tmp_path / "trail"
    with Receiver() as receiver, authority(tmp_path) as (_, entry):
        env = {**receiver.environment, "VEDETTE_TRAIL": str(trail), "VEDETTE_ANCHORS": entry, "VEDETTE_SHUTDOWN": "20"}
        killed = "import os, vedette; vedette.start(); os._exit(0)"
        assert python("-c", killed, env={**env, "VEDETTE_INLINE": "1"}).returncode == 0
        assert python("-c", HOST, env=env).returncode == 0
        shipped = python("-c", COMMAND, "ship", "--until-empty", "--timeout", "20", env=env)
        assert (shipped.returncode, shipped.stderr) == (0, "")
        keys = {"*": json.loads((trail / "trail.json").read_text())["host_key"]}
        report = verify(receiver.bodies, Beside(host_keys=keys, anchors=trust([entry])))
    assert {each.name for each in report.verdicts} == {"host-attested"}
    assert [each.proven == each.records for each in report.streams] == [True, True]
    (host,) = report.hosts
    assert host.anchor.startswith("tsa 127.0.0.1:") and host.time_ns > 0
    assert all(stream.windows and stream.windows[0].before_ns for stream in report.streams)
