"""Retries and redirect hops: each an exchange of its own, tied to the operation it belongs to and to no other."""

from __future__ import annotations

from vedette.capture.reading import Reader
from vedette.event import Body, Call, Kind, Result, Wire

SECOND = 1_000_000_000
API = "https://api.example/v1"


class Exchanges:
    """Exchanges that end one after the other, a second each, and are read in that order."""

    def __init__(self) -> None:
        self._reader = Reader()
        self._count = 0

    def read(
        self,
        url: str = API,
        *,
        status: int = 200,
        retry: str = "",
        body: bytes = b"",
        location: str = "",
        parent: str = "",
        headers: tuple[tuple[str, str], ...] = (),
        at: float | None = None,
    ) -> Call:
        self._count += 1
        asked = (("x-stainless-retry-count", retry), *headers) if retry else headers
        call = Call(
            Kind.EXCHANGE,
            "POST",
            "test",
            event_id=str(self._count),
            operation_id=str(self._count),
            parent_id=parent,
            begin_ns=int((self._count if at is None else at) * SECOND),
            duration_ns=SECOND,
            result=Result.OK if status < 400 else Result.ERROR,
            wire=Wire(
                "POST",
                url,
                asked,
                Body(body, b"", len(body)),
                status,
                (("location", location),) if location else (),
            ),
        )
        return self._reader.read(call)[-1]


def test_attempts_are_one_operation() -> None:
    """As the SDK counts them: 429, 500, then the answer."""
    sent = Exchanges()
    first, second, third = sent.read(status=429, retry="0"), sent.read(status=500, retry="1"), sent.read(retry="2")
    assert [each.operation_id for each in (first, second, third)] == [first.event_id] * 3
    assert [each.facts.get("http.request.resend_count") for each in (first, second, third)] == [None, 1, 2]


def test_botocore_counts_in_a_header_of_its_own() -> None:
    sent = Exchanges()
    first = sent.read(status=503, headers=(("amz-sdk-request", "attempt=1; max=3"),))
    second = sent.read(headers=(("amz-sdk-request", "attempt=2; max=3"),))
    assert (second.operation_id, second.facts["http.request.resend_count"]) == (first.event_id, 1)


def test_equal_operations_side_by_side_stay_two() -> None:
    """Two tasks ask the same, both are refused once: each retry belongs to one of them."""
    sent = Exchanges()
    firsts = [sent.read(status=429, retry="0") for _ in range(2)]
    seconds = [sent.read(retry="1") for _ in range(2)]
    assert sorted(each.operation_id for each in seconds) == sorted(each.event_id for each in firsts)


def test_what_went_well_is_not_sent_again() -> None:
    """The same request later is an operation of its own, and so is its retry."""
    sent = Exchanges()
    well, refused = sent.read(retry="0"), sent.read(status=429, retry="0")
    assert sent.read(retry="1").operation_id == refused.event_id != well.event_id


def test_other_bodies_and_other_parents_are_other_operations() -> None:
    sent = Exchanges()
    sent.read(status=429, retry="0", body=b"one", parent="a")
    assert sent.read(retry="1", body=b"two", parent="a").operation_id == "2"
    assert sent.read(retry="1", body=b"one", parent="b").operation_id == "3"


def test_hops_are_one_operation_and_say_where_they_came_from() -> None:
    """Over hosts, with and without the credentials; the fragment is not sent."""
    sent = Exchanges()
    first = sent.read(status=307, location="/moved")
    second = sent.read("https://api.example/moved", status=307, location="https://other.example/in#top")
    third = sent.read("https://other.example/in", headers=(("authorization", "Bearer x"),))
    assert [each.operation_id for each in (second, third)] == [first.event_id] * 2
    assert [each.facts["vedette.http.redirect.from"] for each in (second, third)] == [API, "https://api.example/moved"]
    assert "vedette.http.credential_forwarded" not in second.facts
    assert third.facts["vedette.http.credential_forwarded"] is True


def test_a_page_that_was_pointed_to_is_asked_for_later_by_itself() -> None:
    """A redirect that nobody followed does not tie what comes minutes later."""
    sent = Exchanges()
    sent.read(status=302, location="/login", at=1)
    assert "vedette.http.redirect.from" not in sent.read("https://api.example/login", at=60).facts


def test_a_hop_is_followed_from_inside_the_same_call() -> None:
    sent = Exchanges()
    sent.read(status=302, location="/login", parent="a")
    assert "vedette.http.redirect.from" not in sent.read("https://api.example/login", parent="b").facts


def test_what_is_remembered_is_bounded() -> None:
    sent = Exchanges()
    for number in range(600):
        sent.read(f"{API}/{number}", status=429, retry="0")
    assert sent.read(f"{API}/0", retry="1").operation_id == "601"
    assert sent.read(f"{API}/599", retry="1").operation_id == "600"
