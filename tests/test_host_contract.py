"""The host contract, for every seam of every instrumentor, found by entry point.

A fault in any of our readers, or in the line, leaves what the host gets untouched and is counted; an exception of the
host's comes out as it is without us, from the middle of a stream too; nothing of the host's is kept once a Call closed.
"""

from __future__ import annotations

import gc
import importlib.metadata
import importlib.util
import weakref
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest

from tests.collected import Collected
from tests.host_drivers import DRIVERS
from tests.loopback import serving
from vedette import guard
from vedette.capture import call, hub, steps, weave
from vedette.capture.seam import Seam
from vedette.event import Ack, Actor, Body, Call, Kind, Result, Wire

READERS = ("name", "request", "response", "chunk", "tee", "upload", "owner")


def _installed(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:
        return False


ENTRIES = [
    (entry, seam)
    for entry in importlib.metadata.entry_points(group=weave.GROUP)
    if _installed(entry.name)
    for seam in entry.load()
    if weave._top(seam.targets[0]) == weave._top(entry.name)
]
SEAMS = [pytest.param(entry, seam, id=seam.targets[0]) for entry, seam in ENTRIES if seam.targets[0] in DRIVERS]


class Fault(Exception):
    """Ours: it must never be seen."""


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with serving() as base:
        yield base


@pytest.fixture
def quiet() -> Iterator[None]:
    """The guard as it is in production."""
    guard.loud(False)
    yield
    weave.unweave()
    hub.connect(None)


def _weave(entry: importlib.metadata.EntryPoint, changed: Seam | None = None) -> None:
    """Weave all seams of a library, one of them changed."""
    for other, seam in ENTRIES:
        if weave._top(other.name) == weave._top(entry.name):
            weave._stitch(
                "test", changed if changed is not None and seam.target == changed.target else seam, other.name
            )


def _outcome(target: str, url: str) -> Any:
    """What the host sees: a value, or the class and text of an exception."""
    try:
        return DRIVERS[target](url)
    except Exception as error:
        return type(error), str(error).replace(hex(id(error)), "")


def test_every_seam_has_a_driver() -> None:
    """A seam that this test does not drive is a seam that nobody has held to the contract."""
    assert sorted(seam.targets[0] for _, seam in ENTRIES) == sorted(DRIVERS)


@pytest.mark.parametrize(("entry", "seam"), SEAMS)
@pytest.mark.parametrize("path", ["/chunked", "/cut", "/missing"])
def test_the_host_sees_the_same_with_us(entry: Any, seam: Seam, path: str, url: str, quiet: None) -> None:
    """Results and exceptions are those of the bare library, and we had no fault on the way."""
    bare = _outcome(seam.targets[0], url + path)
    hub.connect(Collected())
    _weave(entry)
    assert _outcome(seam.targets[0], url + path) == bare
    assert guard.faults() == {}


@pytest.mark.parametrize(("entry", "seam"), SEAMS)
@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("path", ["/chunked", "/cut"])
def test_a_fault_in_a_reader_is_counted_and_not_seen(
    entry: Any, seam: Seam, reader: str, path: str, url: str, quiet: None
) -> None:
    """Each time the faulty reader is asked is one count, and the host's result is that of the bare library."""
    asked: list[str] = []

    def faulty(*_: Any) -> Any:
        asked.append(reader)
        raise Fault

    bare = _outcome(seam.targets[0], url + path)
    hub.connect(Collected())
    _weave(entry, replace(seam, **{reader: faulty}))
    assert _outcome(seam.targets[0], url + path) == bare
    assert sum(guard.faults().values()) == len(asked)


class FaultyLine(Collected):
    """A line that fails in one place."""

    def __init__(self, place: str) -> None:
        super().__init__()
        self.place = place
        self.asked = 0

    def _maybe(self, place: str) -> None:
        if place == self.place:
            self.asked += 1
            raise Fault

    def begin(self, call: Call) -> Ack | None:
        self._maybe("begin")
        return Ack("s", 1) if self.place == "wait" else None

    def end(self, call: Call) -> None:
        self._maybe("end")

    def wait(self, ack: Ack) -> bool:
        self._maybe("wait")
        return True

    async def wait_async(self, ack: Ack) -> bool:
        return self.wait(ack)


@pytest.mark.parametrize(("entry", "seam"), SEAMS)
@pytest.mark.parametrize("place", ["begin", "end", "wait"])
def test_a_fault_in_the_line_is_counted_and_not_seen(entry: Any, seam: Seam, place: str, url: str, quiet: None) -> None:
    bare = _outcome(seam.targets[0], f"{url}/chunked")
    line = FaultyLine(place)
    hub.connect(line)
    _weave(entry)
    assert _outcome(seam.targets[0], f"{url}/chunked") == bare
    assert sum(guard.faults().values()) == line.asked


@pytest.mark.parametrize(("entry", "seam"), SEAMS)
@pytest.mark.parametrize("path", ["/chunked", "/cut"])
def test_a_closed_call_holds_nothing_but_words(entry: Any, seam: Seam, path: str, url: str, quiet: None) -> None:
    """All that can be reached from it is text, bytes, numbers and our own dataclasses; nothing else of it is left."""
    collected = Collected()
    hub.connect(collected)
    _weave(entry)
    _outcome(seam.targets[0], url + path)
    gc.collect()
    assert collected and all(each.closed for each in collected)
    assert _reachable(list(collected)) <= PLAIN
    assert (len(steps._by_id), len(steps._weak), len(call._open)) == (0, 0, 0)


PLAIN = {str, bytes, int, bool, float, tuple, dict, list, type(None), Actor, Body, Call, Kind, Result, Wire}


def _reachable(roots: list[Any]) -> set[type]:
    """The types of all objects that these keep alive; their classes are nobody's business."""
    seen: dict[int, Any] = {}
    waiting = list(roots)
    while waiting:
        found = waiting.pop()
        if id(found) not in seen and not isinstance(found, type):
            seen[id(found)] = found
            waiting += [] if isinstance(found, Kind | Result) else gc.get_referents(found)
    return {type(each) for each in seen.values()}


def test_nothing_of_the_hosts_is_kept_after_a_call_closed(calls: Collected, url: str) -> None:
    """The client, the request and the response can all be collected while the Call lives on."""
    with httpx.Client() as client:
        response = client.get(f"{url}/chunked")
        kept = [weakref.ref(response), weakref.ref(response.request), weakref.ref(client)]
    del response, client
    gc.collect()
    assert [reference() for reference in kept] == [None, None, None]
    assert calls.only.facts["http.response.status_code"] == 200


def test_nothing_of_a_tools_arguments_is_kept(calls: Collected) -> None:
    """Arguments and results are frozen as text when the Call opens and closes."""
    import vedette

    class Secret:
        pass

    @vedette.tool
    def look(at: Any) -> Any:
        return at

    secret = Secret()
    gone = weakref.ref(secret)
    look(secret)
    del secret
    gc.collect()
    assert gone() is None
    assert calls.only.facts["gen_ai.tool.call.arguments"] == (
        '{"at":{"type":"tests.test_host_contract.test_nothing_of_a_tools_arguments_is_kept.<locals>.Secret"}}'
    )
