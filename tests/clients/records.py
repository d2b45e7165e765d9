"""What a client's use left in the trail: whole records, with what differs from run to run named instead of shown.

A program plays against the stand-in twice, bare and under Vedette, and must get the same both times. Its records come
back as `Told`: ids become `event 1`, `trace 1` in the order of their appearance, the server's address becomes `{url}`
and `{port}`, and a measured number becomes the word for what it was checked to be. All else is compared as it stands.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from tests.llm_server import LlmServer
from tests.trails import records

import vedette
from vedette.cli.standin import Request
from vedette.cli.standin.turn import Reply
from vedette.trail import sources
from vedette.trail.files.reading import Record
from vedette.trail.proving.verify import verify

USER, SESSION, AGENT = "ada", "conversation 7", "clerk"
PSEUDONYM = re.compile(r"\[id:[0-9a-f]{4}\.[0-9a-f]{16}\]")
IDS = {"event": "vedette.event.id", "operation": "vedette.operation.id", "parent": "vedette.parent.id"}

Host = Callable[[LlmServer], Any]


@dataclass(frozen=True)
class Told:
    """One outcome. `operation` is its own event unless it repeats an earlier one; `parent` is "" at the top."""

    kind: str
    name: str
    result: str
    facts: Mapping[str, Any]
    content: Mapping[str, Any] = field(default_factory=dict)
    event: str = "event 1"
    operation: str = ""
    parent: str = ""
    trace: str = "trace 1"
    actor: Mapping[str, str] = field(default_factory=lambda: {"user": "{user}", "session": "{session}", "agent": AGENT})


@dataclass(frozen=True)
class Seen:
    """What came of one program: what it got (or raised), what the server received, what the trail holds."""

    got: Any
    requests: list[Request]
    told: list[Told]
    raw: bytes

    @property
    def only(self) -> Told:
        (one,) = self.told
        return one

    def of(self, kind: str) -> list[Told]:
        return [each for each in self.told if each.kind == kind]


class Recorder:
    """Plays programs; each play has a server and a trail of its own below `folder`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._serial = count()

    def play(self, host: Host, script: Iterable[Reply] = ()) -> Seen:
        """`host` bare, then recorded: what it gets or raises must be the same, and the trail must verify."""
        script = tuple(script)
        with LlmServer(script) as server:
            bare = _outcome(host, server)
        trail = self._folder / f"trail-{next(self._serial)}"
        with LlmServer(script) as server:
            vedette.start(trail=trail, inline=True)
            with vedette.session(user=USER, session=SESSION, agent=AGENT):
                got = _outcome(host, server)
            vedette.stop()
            told = Namer(server).all(records(trail))
        assert got == bare
        report = verify(sources.segments(trail))
        assert report.exit_code == 0, report
        raw = b"".join(path.read_bytes() for path in sorted(trail.rglob("*")) if path.is_file())
        return Seen(got, server.requests, told, raw)


def _outcome(host: Host, server: LlmServer) -> Any:
    """What a program returns; of what it raises, the types and the words."""
    try:
        return host(server)
    except Exception as error:
        causes = [error, error.__cause__, error.__context__]
        return [(type(each).__qualname__, str(each).replace(server.url, "{url}")) for each in causes if each]


class Namer:
    """Turns records into `Told`, and asserts of each what a comparison could not."""

    def __init__(self, server: LlmServer) -> None:
        self._server = server
        self._names: dict[str, str] = {}
        self._counts: dict[str, int] = {}

    def all(self, found: list[Record]) -> list[Told]:
        """The outcomes in the order of their begin; each intent has exactly one, and each one that acted an intent."""
        intents = {each.envelope["n"]: each.envelope for each in found if each.envelope["f"] == "intent"}
        ended = [each for each in found if each.envelope["f"] != "intent"]
        assert sorted(intents) == sorted(each.envelope["of"] for each in ended if "of" in each.envelope)
        for each in ended:
            if "of" in each.envelope:
                _same_operation(intents[each.envelope["of"]], each.envelope)
        return [self._told(each) for each in sorted(ended, key=lambda each: int(each.envelope["b"]))]

    def _told(self, record: Record) -> Told:
        envelope, facts = record.envelope, dict(record.envelope["a"])
        ids = {role: facts.pop(name, "") for role, name in IDS.items()}
        event = self._name("event", ids["event"])
        return Told(
            kind=envelope["k"],
            name=envelope["e"],
            result=envelope["r"],
            facts={name: self._fact(name, value, facts) for name, value in sorted(facts.items())},
            content={name: _content(text) for name, text in sorted(record.content.items())},
            event=event,
            operation=self._name("event", ids["operation"]).replace(event, ""),
            parent=self._name("event", ids["parent"]),
            trace=self._name("trace", envelope.get("tr", "")),
            actor={role: _actor(role, value) for role, value in envelope.get("w", {}).items()},
        )

    def _name(self, sort: str, value: str) -> str:
        if value and value not in self._names:
            self._counts[sort] = self._counts.get(sort, 0) + 1
            self._names[value] = f"{sort} {self._counts[sort]}"
        return self._names.get(value, "")

    def _fact(self, name: str, value: Any, facts: Mapping[str, Any]) -> Any:
        if name in ("server.port", "network.peer.port") and f":{value}" in self._server.url:
            return "{port}"
        if name == "http.request.body.size" and value in {len(each.body) for each in self._server.requests}:
            return "{received}"
        if name == "http.response.body.size" and value > 0:
            return "{size}"
        if name == "gen_ai.response.time_to_first_chunk" and 0 < float(value) < 60:
            return "{seconds}"
        return value.replace(self._server.url, "{url}") if isinstance(value, str) else value


def _same_operation(intent: Mapping[str, Any], outcome: Mapping[str, Any]) -> None:
    """An intent says who, where and inside what; its outcome must not say otherwise."""
    assert intent["n"] < outcome["n"]
    assert [intent.get(key) for key in ("b", "tr", "sp", "w")] == [outcome.get(key) for key in ("b", "tr", "sp", "w")]
    for name in ("vedette.event.id", "vedette.parent.id", "url.full", "server.address", "vedette.source"):
        assert intent["a"].get(name) == outcome["a"].get(name)


def _content(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _actor(role: str, value: str) -> str:
    """User and session are pseudonyms of what the application said; an agent has its name."""
    return f"{{{role}}}" if PSEUDONYM.fullmatch(value) else value
