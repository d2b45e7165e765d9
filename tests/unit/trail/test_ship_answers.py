"""Every row of the answer table, over real sockets, with both protocols: what is said, and what is done about it."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from email.utils import formatdate
from pathlib import Path
from typing import Any

import pytest
from google.protobuf.duration_pb2 import Duration
from google.rpc.error_details_pb2 import RetryInfo
from google.rpc.status_pb2 import Status
from tests.otlp_receiver import Received, Receiver, Say
from tests.spooled import Spooled

from vedette.signals.logs import project
from vedette.trail.shipping import answer as answers
from vedette.trail.shipping import otlp
from vedette.trail.shipping.answer import Action, Answer, pause, retry_after, skew
from vedette.trail.shipping.backlog import Backlog
from vedette.trail.shipping.carrier import Carrier, Parked
from vedette.trail.shipping.send import Send
from vedette.trail.shipping.target import Target, target

A, B, R, F, C = Action.ACCEPT, Action.BISECT, Action.RETRY, Action.FEW, Action.CONFIGURATION


def _sender(found: Target | None) -> Send:
    assert found is not None
    transport = otlp.connect(found)
    return lambda items: transport.send(otlp.request(items, {"service.name": "agent"}, "1.2.3"))


def _target(receiver: Receiver, **more: str) -> Target | None:
    return target({**receiver.environment, **more})


@pytest.fixture
def stream(tmp_path: Path) -> Spooled:
    stream = Spooled(tmp_path)
    stream.birth()
    for _ in range(15):
        stream.record()
    return stream


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as receiver:
        yield receiver


class Shipping:
    """A carrier over a stream, taken step by step."""

    def __init__(self, stream: Spooled, send: Send) -> None:
        self.parked: list[Parked] = []
        self.backlog = Backlog(stream.folder, project, dead=True)
        self.carrier = Carrier(stream.folder.parent.parent, send, project, self.parked.append)

    def step(self) -> bool:
        if not self.backlog.retrying:
            self.backlog.fill()
        return self.carrier.carry(self.backlog)

    def run(self, steps: int = 200) -> int:
        """Step until nothing waits, without waiting for pauses; how many steps it took."""
        return next((taken for taken in range(steps) if not self.step()), steps)


@pytest.mark.parametrize(
    ("said", "action"),
    [
        (Say(200), A),
        (Say(202), A),
        (Say(200, body=b'{"partialSuccess":{}}', headers={"Content-Type": "application/json"}), A),
        (Say(200, body=b"thanks", headers={"Content-Type": "text/plain"}), A),
        (Say(200, rejected=3), B),
        (Say(200, body=b'{"partialSuccess":{"rejectedLogRecords":"3"}}'), B),
        *((Say(status), B) for status in (400, 413, 422)),
        *((Say(status), R) for status in (408, 429, 502, 503, 504)),
        *((Say(status), F) for status in (500, 501, 505, 507)),
        *((Say(status), C) for status in (401, 403, 404, 405, 409, 415)),
        *((Say(status, headers={"Location": "/elsewhere"}), C) for status in (301, 302, 307, 308)),
        (Say(200, body=b"<html>please log in</html>", headers={"Content-Type": "text/html; charset=utf-8"}), C),
        (Say(reset=True), R),
        (Say(hang=5), R),
        (Say(200, body=b"drop by drop", drip=0.1), R),
    ],
    ids=lambda each: str(each.status) + "-" * bool(each.body) if isinstance(each, Say) else each.name.lower(),
)
def test_http_answers(receiver: Receiver, stream: Spooled, said: Say, action: Action) -> None:
    """What a collector says over HTTP, and what follows."""
    receiver.script.append(said)
    shipping = Shipping(stream, _sender(_target(receiver, OTEL_EXPORTER_OTLP_TIMEOUT="0.5")))
    heard: list[Answer] = []
    send = shipping.carrier._send
    shipping.carrier._send = lambda items: heard.append(send(items)) or heard[-1]
    began = time.monotonic()
    shipping.step()
    assert heard[0].action is action, heard
    assert time.monotonic() - began < 3
    assert len(receiver.requests) == 1
    assert shipping.parked == []
    assert (shipping.backlog.place.n == 16) is (action is A)


@pytest.mark.parametrize(
    ("status", "action"),
    [
        ("OK", A),
        ("INVALID_ARGUMENT", B),
        *((each, R) for each in ("UNAVAILABLE", "RESOURCE_EXHAUSTED", "ABORTED", "CANCELLED")),
        *((each, R) for each in ("DEADLINE_EXCEEDED", "OUT_OF_RANGE", "DATA_LOSS")),
        *((each, F) for each in ("INTERNAL", "UNKNOWN")),
        *((each, C) for each in ("UNAUTHENTICATED", "PERMISSION_DENIED", "UNIMPLEMENTED", "NOT_FOUND")),
    ],
)
def test_grpc_answers(stream: Spooled, status: str, action: Action) -> None:
    """What a collector says over gRPC, and what follows; a partial success is one there too."""
    with Receiver("grpc") as receiver:
        receiver.script += [Say(status), Say("OK", rejected=2)]
        backlog = Backlog(stream.folder, project, dead=True)
        backlog.fill()
        send = _sender(_target(receiver))
        assert send(backlog.next_batch()).action is action
        assert send(backlog.next_batch()) == Answer("OK", rejected=2, message="some were refused")
        assert [len(each.records) for each in receiver.requests] == [16, 16]
        assert receiver.requests[0].raw == receiver.requests[1].raw


def test_nobody_listens(stream: Spooled) -> None:
    """A refused connection, a name that does not resolve: retried; an address that is none: configuration."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    backlog = Backlog(stream.folder, project, dead=True)
    backlog.fill()
    asked = {
        f"http://127.0.0.1:{port}": (answers.UNREACHABLE, R),
        "http://": (answers.NO_CLIENT, C),
        "localhost:4318": (answers.NO_CLIENT, C),
    }
    for endpoint, (status, action) in asked.items():
        heard = _sender(target({"OTEL_EXPORTER_OTLP_ENDPOINT": endpoint}))(backlog.next_batch())
        assert (heard.status, heard.action) == (status, action)


@pytest.mark.parametrize("bundle", ["", "/etc/hostname"])
def test_tls_is_never_given_up(
    receiver: Receiver, stream: Spooled, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bundle: str
) -> None:
    """A collector that speaks plaintext on an https address gets nothing; a certificate that is not there is said.

    Also where the host's `requests` was given another bundle, which must not win over the exporter's own setting.
    """
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", bundle)
    monkeypatch.delenv("CURL_CA_BUNDLE", raising=False)
    backlog = Backlog(stream.folder, project, dead=True)
    backlog.fill()
    secure = {"OTEL_EXPORTER_OTLP_ENDPOINT": receiver.endpoint.replace("http:", "https:")}
    assert _sender(target(secure))(backlog.next_batch()).action is R
    missing = {**secure, "OTEL_EXPORTER_OTLP_CERTIFICATE": str(tmp_path / "none.pem")}
    for protocol in ("http/protobuf", "grpc"):
        heard = _sender(target({**missing, "OTEL_EXPORTER_OTLP_PROTOCOL": protocol}))(backlog.next_batch())
        assert (heard.status, heard.action) == (answers.NO_CLIENT, C)
        assert "none.pem" in heard.message
    assert receiver.requests == []


@pytest.mark.parametrize("protocol", ["http/protobuf", "grpc"])
def test_the_message(stream: Spooled, protocol: str) -> None:
    """One resource, one scope, headers as configured, gzip on the wire; the bodies are the trail's bytes."""
    with Receiver(protocol) as receiver:
        send = _sender(_target(receiver, OTEL_EXPORTER_OTLP_HEADERS="x-tenant=blue"))
        shipping = Shipping(stream, send)
        shipping.backlog.dead = False
        shipping.backlog.again()
        shipping.run()
        (sent,) = receiver.requests
        (resource,) = sent.message.resource_logs
        (scope,) = resource.scope_logs
        assert receiver.bodies == stream.bodies
        assert {each.key: each.value.string_value for each in resource.resource.attributes} == {
            "service.instance.id": stream.id,
            "service.name": "agent",
            "telemetry.distro.name": "vedette",
        }
        assert (scope.scope.name, scope.scope.version) == ("vedette", "1.2.3")
        assert sent.headers["x-tenant"] == "blue"
        if protocol == "http/protobuf":
            assert sent.headers["content-encoding"] == "gzip"
            assert len(sent.wire) < len(sent.raw) / 4


def test_an_adopted_stream_keeps_the_service_that_wrote_it(receiver: Receiver, tmp_path: Path) -> None:
    """Its resource comes from its birth record, not from the process that ships it; bodies are sent uncompressed."""
    stream = Spooled(tmp_path)
    stream.birth(**{"service.name": "other", "host.name": "h", "vedette.pid": 7, "vedette.schema": "old/1"})
    Shipping(stream, _sender(_target(receiver, OTEL_EXPORTER_OTLP_COMPRESSION="none"))).run()
    (sent,) = receiver.requests
    assert {each.key: each.value.string_value for each in sent.message.resource_logs[0].resource.attributes} == {
        "host.name": "h",
        "service.instance.id": stream.id,
        "service.name": "other",
        "telemetry.distro.name": "vedette",
    }
    schema = [each.value.string_value for each in sent.records[0].attributes if each.key == "vedette.schema"]
    assert schema == ["old/1"]
    assert sent.wire == sent.raw


def _refusing(stream: Spooled, bad: set[int], refusal: Say) -> Callable[[Received], Say]:
    bodies = {stream.bodies[n] for n in bad}
    return lambda received: refusal if bodies & {each.body.string_value for each in received.records} else Say()


@pytest.mark.parametrize("refusal", [Say(400, body=b"too bad"), Say(413), Say(422), Say(200, rejected=1)])
def test_one_bad_record_among_512_is_found_and_parked(tmp_path: Path, receiver: Receiver, refusal: Say) -> None:
    """In at most twenty posts; all others are delivered, once and in order; the record lies in `rejected/`."""
    stream = Spooled(tmp_path)
    for _ in range(512):
        stream.record()
    receiver.judge = _refusing(stream, {300}, refusal)
    shipping = Shipping(stream, _sender(_target(receiver)))
    shipping.run()
    assert len(receiver.requests) <= 20
    assert receiver.bodies == stream.bodies[:300] + stream.bodies[301:]
    assert shipping.parked == [Parked(f"{stream.id}-300", str(refusal.status))]
    (parked,) = stream.rejected
    assert (parked["uid"], parked["body"]) == (f"{stream.id}-300", stream.bodies[300])
    assert parked["answer"]["status"] == str(refusal.status)
    assert parked["answer"]["message"] == (
        "too bad" if refusal.body else "some were refused" if refusal.rejected else ""
    )


def test_records_are_the_same_bytes_in_every_request(tmp_path: Path, receiver: Receiver) -> None:
    """A retry, and a half of a batch, carry the records as they were sent first."""
    stream = Spooled(tmp_path)
    for _ in range(8):
        stream.record()
    receiver.script += [Say(503), Say(400)]
    Shipping(stream, _sender(_target(receiver))).run()
    first, again, *halves = receiver.requests
    assert first.raw == again.raw
    sent = [record.SerializeToString(deterministic=True) for record in first.records]
    assert [record.SerializeToString(deterministic=True) for half in halves for record in half.records] == sent


def test_500_is_tried_five_times_and_then_taken_for_a_refusal(
    tmp_path: Path, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A Collector without a queue turns a permanent fault of its exporter into 500."""
    monkeypatch.setattr(answers, "LATEST", 0.0)
    stream = Spooled(tmp_path)
    for _ in range(4):
        stream.record()
    receiver.judge = _refusing(stream, {2}, Say(500))
    shipping = Shipping(stream, _sender(_target(receiver)))
    shipping.run()
    assert [len(each.records) for each in receiver.requests] == [4] * 5 + [2] + [2] * 5 + [1] * 5 + [1]
    assert [each["body"] for each in stream.rejected] == [stream.bodies[2]]


def test_429_halves_the_batch_and_success_grows_it(tmp_path: Path, receiver: Receiver) -> None:
    """What is too much for a tenant's limit comes in smaller pieces, and nothing is parked for it."""
    stream = Spooled(tmp_path)
    for _ in range(600):
        stream.record()
    receiver.script += [Say(429), Say(429)]
    shipping = Shipping(stream, _sender(_target(receiver)))
    shipping.run()
    assert [len(each.records) for each in receiver.requests] == [512, 256, 128, 128, 256, 88]
    assert receiver.bodies == stream.bodies
    assert stream.rejected == []


@pytest.mark.parametrize("said", [Say(401), Say(302), Say(200, body=b"<html>", headers={"Content-Type": "text/html"})])
def test_a_wrong_configuration_is_asked_about_slowly_and_parks_nothing(
    receiver: Receiver, stream: Spooled, said: Say, caplog: pytest.LogCaptureFixture
) -> None:
    """Keys, paths and proxies are mended by people; the records wait, and it is said once."""
    receiver.judge = lambda received: said
    shipping = Shipping(stream, _sender(_target(receiver)))
    for _ in range(12):
        shipping.step()
    assert 30 <= shipping.backlog.due - time.monotonic() <= 300
    assert (stream.rejected, receiver.bodies, shipping.backlog.place.n) == ([], [], 0)
    assert len([each for each in caplog.records if each.name == "vedette"]) == 1
    receiver.judge = None
    shipping.run()
    assert receiver.bodies == stream.bodies


def test_eight_parks_in_a_row_are_doubted(stream: Spooled, receiver: Receiver) -> None:
    """If a fresh record is refused too, it is the collector that is wrong: nothing more is parked."""
    receiver.judge = lambda received: Say(400)
    shipping = Shipping(stream, _sender(_target(receiver)))
    for _ in range(80):
        shipping.step()
    assert len(stream.rejected) == 8
    assert shipping.backlog.due - time.monotonic() > 29
    receiver.judge = None
    shipping.run()
    assert receiver.bodies == stream.bodies[8:]


def test_eight_parks_in_a_row_go_on_if_a_fresh_record_is_taken(stream: Spooled, receiver: Receiver) -> None:
    """Sixteen bad records, really: the newest one proves that the collector takes others."""
    bad = set(stream.bodies)
    Spooled(stream.folder.parent.parent, 1, alive=True).record("lifecycle", a={"vedette.lifecycle.phase": "heartbeat"})
    receiver.judge = lambda received: Say(400) if bad & {each.body.string_value for each in received.records} else Say()
    shipping = Shipping(stream, _sender(_target(receiver)))
    shipping.run()
    assert [each["body"] for each in stream.rejected] and len(stream.rejected) == 16
    (probe,) = receiver.logs
    assert "vedette.stream.id" not in {each.key for each in probe.attributes}


def test_what_a_collector_says_is_not_logged(
    stream: Spooled, receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    """It may quote what it was sent."""
    receiver.judge = lambda received: Say(503, body=b"cannot store: quoted content")
    Shipping(stream, _sender(_target(receiver))).step()
    assert "503" in caplog.text
    assert "quoted" not in caplog.text


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("0", 0), ("17", 17), (" 5 ", 5), (None, None), ("", None), ("-1", None), ("soon", None), ("1.5e3", None)],
)
def test_retry_after_in_seconds(text: str | None, seconds: float | None) -> None:
    """RFC 9110, section 10.2.3: a number, or nothing that we can use."""
    assert retry_after(text) == seconds


def test_retry_after_as_a_date() -> None:
    """A date in the future is a wait, one in the past is none."""
    assert 55 < (retry_after(formatdate(time.time() + 60, usegmt=True)) or 0) <= 60
    assert retry_after(formatdate(time.time() - 60, usegmt=True)) == 0


def test_the_clock_of_the_collector_is_read_from_its_answer(receiver: Receiver, stream: Spooled) -> None:
    """How far it is ahead of ours; an answer that states no time, or none that is one, says nothing."""
    assert 3590 < (skew(formatdate(time.time() + 3600, usegmt=True)) or 0) < 3610
    assert [skew(each) for each in (None, "", "yesterday")] == [None, None, None]
    backlog = Backlog(stream.folder, project, dead=True)
    backlog.fill()
    heard = _sender(_target(receiver))(backlog.next_batch())
    assert abs(heard.skew if heard.skew is not None else 100.0) < 5


def test_a_batch_is_dated_anew_once_by_the_clock_of_who_refuses_it(stream: Spooled) -> None:
    """The host is an hour ahead: the batch goes again by the collector's clock, and only then is narrowed down."""
    sent: list[int] = []

    def send(items: Any) -> Answer:
        sent.append(items[0].time_ns)
        return Answer("400" if len(sent) < 3 else "200", skew=-3600.0)

    shipping = Shipping(stream, send)
    shipping.run()
    assert 3590 < (sent[0] - sent[1]) / 1e9 < 3610
    assert (shipping.parked, shipping.backlog.place.n) == ([], 16)
    assert len(sent) == 4  # refused, dated anew, refused, two halves


def test_the_wish_of_the_collector_comes_first(receiver: Receiver, stream: Spooled) -> None:
    """Over HTTP in a header, over gRPC in the details of the status; at most ten minutes; a hurry does not break it."""
    receiver.judge = lambda received: Say(503, headers={"Retry-After": "7000"})
    shipping = Shipping(stream, _sender(_target(receiver)))
    shipping.step()
    shipping.backlog.hurry()
    assert 599 < shipping.backlog.due - time.monotonic() <= 600
    details: Any = Status(code=8)
    details.details.add().Pack(RetryInfo(retry_delay=Duration(seconds=42)))
    with Receiver("grpc") as grpc:
        grpc.script.append(Say("RESOURCE_EXHAUSTED", body=details.SerializeToString()))
        heard = _sender(_target(grpc))(shipping.backlog.next_batch())
    assert (heard.status, heard.retry_after) == ("RESOURCE_EXHAUSTED", 42.0)


@pytest.mark.parametrize("attempt", [1, 2, 5, 50, 5000])
def test_pauses_have_full_jitter_and_a_bound(attempt: int) -> None:
    """From nothing to half a second, doubling up to thirty; slow and never quick where a person must act."""
    reach = min(0.5 * 2 ** min(attempt - 1, 16), 30.0)
    waits = [pause(R, attempt, Answer("503")) for _ in range(200)]
    assert all(0 <= each <= reach for each in waits)
    assert min(waits) < reach / 4 < reach * 3 / 4 < max(waits)
    slow = [pause(C, attempt, Answer("401")) for _ in range(50)]
    assert all(30 <= each <= 300 for each in slow)


def test_a_lost_answer_costs_duplicates_only(receiver: Receiver, stream: Spooled) -> None:
    """The collector took the batch and the connection broke: it goes again, under the same ids."""
    receiver.script.append(Say(200, hang=2))
    shipping = Shipping(stream, _sender(_target(receiver, OTEL_EXPORTER_OTLP_TIMEOUT="0.3")))
    shipping.run()
    assert receiver.bodies == stream.bodies * 2
    assert len({_uid(record) for record in receiver.logs}) == 16


def _uid(record: Any) -> str:
    return next(each.value.string_value for each in record.attributes if each.key == "log.record.uid")
