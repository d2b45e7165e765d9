"""Copies of erased content at a backend: deleted where it can, said plainly where it cannot."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests import trail_forge as forge
from tests.stores import elastic, filled
from tests.unit.trail.test_erase import opened, recorded, verdicts
from tests.unit.trail.test_outgoing import bodies

from vedette.trail import sources
from vedette.trail.custody.copies import delete_copies
from vedette.trail.custody.erase import Wanted, carry_out, plan
from vedette.trail.proving.verify import verify
from vedette.trail.sources import Unreachable

USER_A = Wanted(users=frozenset("a"))


@pytest.mark.parametrize("opensearch", [False, True], ids=["elasticsearch", "opensearch"])
def test_what_is_erased_at_home_is_deleted_there(tmp_path: Path, opensearch: bool) -> None:
    """All documents of those fields, each copy, and no other; what is left there proves the erasure."""
    stream = recorded(tmp_path)
    store = elastic.Elastic([{"body": {"text": body}} for body in bodies(tmp_path) * 2], opensearch=opensearch)
    before = len(store.documents)
    with elastic.running(store) as address:
        backend = f"{'opensearch' if opensearch else 'elasticsearch'}:{address}/{store.index}"
        trail = opened(tmp_path)
        done = carry_out(plan(tmp_path, USER_A), trail, "the officer", "article 17", backend)
        trail.close("stop")
        assert (done.fields, done.copies, done.trouble) == (4, 8, "")
        assert len(store.gone) == 8 and len(store.documents) == before
        told = [
            body for body in bodies(tmp_path) if "vedette.erasure" in body or "checkpoint" in body or "birth" in body
        ]
        store.documents += [{"body": {"text": body}} for body in told]
        report = verify(sources.open_source(backend))
    found = {str(each) for each in report.verdicts if each.stream == stream}
    assert (
        found
        == verdicts(tmp_path)
        == {f"content-erased {stream} {n} {field}" for n in (1, 3) for field in ("asked", "said")}
    )


def test_the_outcome_says_how_many_copies_went(tmp_path: Path) -> None:
    """None where no backend is known."""
    recorded(tmp_path)
    trail = opened(tmp_path)
    done = carry_out(plan(tmp_path, USER_A), trail, "the officer", "article 17")
    trail.close("stop")
    assert (done.copies, done.trouble) == (0, "")
    assert any('"vedette.erasure.copies":0' in body and '"f":"outcome"' in body for body in bodies(tmp_path))


def test_a_backend_that_does_not_answer_hinders_nothing(tmp_path: Path) -> None:
    """At home the content is gone, and why the copies are not is one line."""
    recorded(tmp_path)
    store = elastic.Elastic([{"body": {"text": body}} for body in bodies(tmp_path)], lame=True)
    with elastic.running(store) as address:
        trail = opened(tmp_path)
        done = carry_out(plan(tmp_path, USER_A), trail, "who", "why", f"elasticsearch:{address}/{store.index}")
        trail.close("stop")
    assert done.fields == 4 and "\n" not in done.trouble and "shards" in done.trouble


def test_not_all_could_be_deleted_is_trouble() -> None:
    """An index that is read-only."""
    store = filled.elastic(forge.stream(0, records=20))

    class Half(elastic.Elastic):
        def _delete(self, name: str) -> elastic.Answer:
            return elastic.Answer({"error": {"type": "cluster_block_exception", "reason": "read-only"}}, 403)

    half = Half(store.documents)
    fields = {(item.stream, item.n, item.field) for item in forge.stream(0, records=20).items if item.sort == "content"}
    with elastic.running(half) as address, pytest.raises(Unreachable, match=r"not all copies.*403.*read-only"):
        delete_copies(f"elasticsearch:{address}/{half.index}", fields)


@pytest.mark.parametrize("backend", ["loki:http://127.0.0.1:9", "kafka:localhost/topic", "splunk:file"])
def test_a_backend_that_cannot_delete_is_named(backend: str) -> None:
    """So that the operator knows."""
    with pytest.raises(Unreachable, match=f"{backend.partition(':')[0]} cannot delete"):
        delete_copies(backend, {("0" * 32, 1, "said")})
