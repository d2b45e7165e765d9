"""Where content goes when a trail is shipped: what a backend gets, and what can be proven there."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from tests.unit.trail.test_erase import erased, event, opened

from vedette.signals.logs import project
from vedette.trail import sources
from vedette.trail.custody.erase import Wanted
from vedette.trail.custody.holds import Holds
from vedette.trail.custody.seals import Seals
from vedette.trail.format.content import PART
from vedette.trail.format.spool import stream_folders
from vedette.trail.proving.contents import locked
from vedette.trail.proving.verify import Beside, verify
from vedette.trail.shipping.backlog import Backlog
from vedette.trail.shipping.item import Item


def shipped(folder: Path) -> list[Item]:
    """All that goes to the collector, of all streams, in order."""
    found = []
    for stream in stream_folders(folder):
        backlog = Backlog(stream, project, dead=True)
        backlog.fill()
        while batch := backlog.next_batch():
            found += batch
            backlog.settle()
            backlog.fill()
    return found


def bodies(folder: Path) -> list[str]:
    return [item.body for item in shipped(folder)]


def recorded(folder: Path, content: str, **more: Any) -> str:
    trail = opened(folder, content=content)
    for user, text in (("a", "first"), ("b", "second"), ("a", "third")):
        trail.append(event(user, text, f"session of {user}"))
    stream = trail.stream or ""
    trail.close("stop")
    return stream


def verdicts(found: list[str], opened: Any = locked) -> list[str]:
    return [
        str(each)
        for each in verify(found, Beside(opened=opened)).verdicts
        if each.name not in ("unanchored", "host-key-unpinned")
    ]


def test_content_is_shipped_by_default(tmp_path: Path) -> None:
    """And is proven at the backend."""
    recorded(tmp_path, "ship")
    assert any("first said" in body for body in bodies(tmp_path)) and verdicts(bodies(tmp_path)) == []


@pytest.mark.parametrize("policy", ["trail", "none"])
def test_content_that_does_not_leave(tmp_path: Path, policy: str) -> None:
    """Not one word at the backend; what is missing there is one note, for the birth record says why."""
    stream = recorded(tmp_path, policy)
    assert not [body for body in bodies(tmp_path) if '"y":"content"' in body or "first" in body]
    assert verdicts(bodies(tmp_path)) == [f"content-shed {stream}"]


def test_content_that_stays_in_the_trail_must_be_there(tmp_path: Path) -> None:
    """Locally it is proven like any; whoever takes it out there is caught."""
    stream = recorded(tmp_path, "trail")
    source = sources.segments(tmp_path)
    assert {str(each) for each in verify(source).verdicts} == {"ephemeral", "unanchored"}
    lines = [body for body in sources.segments(tmp_path) if '"said"' not in body or '"y":"content"' not in body]
    known = sources.segments(tmp_path).known
    assert verdicts(lines) == [f"content-shed {stream}"] and known.local


def test_a_stream_without_its_birth_ships_no_content(tmp_path: Path) -> None:
    """What its writer wanted is not known: nothing leaves on a guess."""
    recorded(tmp_path, "sealed")
    path = next(stream_folders(tmp_path)[0].glob("*.seg"))
    data = bytearray(path.read_bytes())
    at = data.index(b'"birth"')
    data[at] ^= 1
    path.write_bytes(data)
    assert not [body for body in bodies(tmp_path) if '"y":"content"' in body or '"y":"sealed"' in body]


# Sealed.


def test_sealed_content_is_proven_where_its_key_lies(tmp_path: Path) -> None:
    """Not one word at the backend; with the keys every field is matched, without them it is a note."""
    stream = recorded(tmp_path, "sealed")
    found = bodies(tmp_path)
    assert not [body for body in found if "first" in body or '"salt"' in body]
    report = verify(found, Beside(opened=Seals(tmp_path).open))
    assert (report.streams[0].contents, verdicts(found, Seals(tmp_path).open)) == (6, [])
    assert verdicts(found) == [f"content-sealed {stream} 1-3"]
    assert verify(found).exit_code == 0


def test_one_key_for_each_session_of_each_user(tmp_path: Path) -> None:
    """Kept 0600; a retry, also by another process, is the same bytes."""
    recorded(tmp_path, "sealed")
    first, second = bodies(tmp_path), bodies(tmp_path)
    assert first == second
    keys = [json.loads(body)["key"] for body in first if '"y":"sealed"' in body]
    assert (len(keys), len(set(keys))) == (6, 2)
    modes = {path.stat().st_mode & 0o777 for path in (tmp_path / "seals").iterdir()}
    assert modes == {0o600} and (tmp_path / "seals").stat().st_mode & 0o777 == 0o700


def test_erasing_a_user_makes_what_was_shipped_unreadable(tmp_path: Path) -> None:
    """The key goes: neither the content nor its salt can be had from the backend's copy; the verdict is exact."""
    stream = recorded(tmp_path, "sealed")
    before = bodies(tmp_path)
    erased(tmp_path, Wanted(users=frozenset("a")))
    assert [seal.user for seal in Seals(tmp_path)] == ["b"]
    told = [body for body in bodies(tmp_path) if '"y":"sealed"' not in body or body in before]
    found = verdicts([*before, *told], Seals(tmp_path).open)
    assert found == [f"content-erased {stream} {n} {field}" for n in (1, 3) for field in ("asked", "said")]


def test_a_destroyed_key_is_never_used_again(tmp_path: Path) -> None:
    """A session that goes on gets a new one, also from a shipper that still remembers the old."""
    seals = Seals(tmp_path)
    envelope = {"s": "0" * 32, "n": 1, "w": {"user": "a", "session": "x"}}
    payload = os.urandom(16) + b"said\0text"
    old = json.loads(seals.bodies(envelope, "said", payload)[0])["key"]
    for seal in Seals(tmp_path):
        seals.destroy(seal)
    new = json.loads(seals.bodies(envelope, "said", payload)[0])["key"]
    assert old != new and [seal.id for seal in Seals(tmp_path)] == [new]


def test_a_held_users_key_stays(tmp_path: Path) -> None:
    """What is held at home is held at the backend too."""
    recorded(tmp_path, "sealed")
    shipped(tmp_path)
    Holds(tmp_path).add(who="counsel", why="case 7", user="a")
    erased(tmp_path, Wanted(before=2**62))
    assert [seal.user for seal in Seals(tmp_path)] == ["a"]


@pytest.mark.parametrize("how", ["edited", "deleted", "of another record"])
def test_sealed_content_that_was_touched_is_named(tmp_path: Path, how: str) -> None:
    """With the key: edited or exchanged is a mismatch; without a line it is missing, key or no key."""
    stream = recorded(tmp_path, "sealed")
    found = bodies(tmp_path)
    at = next(
        at for at, body in enumerate(found) if '"y":"sealed"' in body and '"n":1' in body and '"f":"said"' in body
    )
    line = json.loads(found[at])
    if how == "edited":
        found[at] = _canonical({**line, "d": ("A" if line["d"][0] != "A" else "B") + line["d"][1:]})
    elif how == "deleted":
        del found[at]
    else:
        found[at] = (
            _canonical({**json.loads(found[-4]), "n": 1}) if '"y":"sealed"' in found[-4] else _swapped(found, line)
        )
    expected = "content-missing" if how == "deleted" else "content-mismatch"
    assert verdicts(found, Seals(tmp_path).open) == [f"{expected} {stream} 1 said"]


def _swapped(found: list[str], line: dict[str, Any]) -> str:
    other = next(body for body in found if '"y":"sealed"' in body and '"n":3' in body and '"f":"said"' in body)
    return _canonical({**json.loads(other), "n": line["n"]})


def _canonical(line: dict[str, Any]) -> str:
    return json.dumps(line, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def test_large_sealed_content_comes_in_parts(tmp_path: Path) -> None:
    """No body is above 192 KiB; in any order the parts are the content."""
    trail = opened(tmp_path, content="sealed")
    trail.append(event("a", "x" * 500_000))
    trail.close("stop")
    found = bodies(tmp_path)
    assert max(len(body.encode()) for body in found) <= PART
    assert len([body for body in found if '"y":"sealed"' in body]) > 4
    assert verdicts(found[::-1], Seals(tmp_path).open) == []
