"""Server-sent events and HTTP/1.1 framing on bytes, with the shapes that break readers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vedette.capture.protocols.framing import ServerEvent, is_event_stream, rejoined, server_events
from vedette.capture.protocols.http1 import dechunk, dechunk_tail, split_head

ONE = [ServerEvent("", b'{"a":1}')]
SHAPES = {
    "LF": (b'data: {"a":1}\n\n', ONE),
    "CRLF": (b'data: {"a":1}\r\n\r\n', ONE),
    "CR": (b'data: {"a":1}\r\r', ONE),
    "no space": (b'data:{"a":1}\n\n', ONE),
    "BOM": (b'\xef\xbb\xbfdata: {"a":1}\n\n', ONE),
    "several data lines": (b'data: {"a":\ndata: 1}\n\n', [ServerEvent("", b'{"a":\n1}')]),
    "event, id, retry": (b'event: x\nid: 7\nretry: 10\ndata: {"a":1}\n\n', [ServerEvent("x", b'{"a":1}')]),
    "comments": (b': ping\n\n: OPENROUTER PROCESSING\n\ndata: {"a":1}\n\n', ONE),
    "no final blank line": (b'data: {"a":1}\n', [ServerEvent("", b'{"a":1}', cut=True)]),
    "an event without data": (b'event: ping\n\ndata: {"a":1}\n\n', ONE),
    "only two spaces go": (b"data:  x\n\n", [ServerEvent("", b" x")]),
}


@pytest.mark.parametrize(("stream", "events"), SHAPES.values(), ids=SHAPES.keys())
def test_shapes_of_a_stream(stream, events):
    """Each shape that the standard allows gives its events (WHATWG HTML, 9.2)."""
    assert server_events(stream) == events


@pytest.mark.parametrize("separator", ["\u2028", "\u2029", "\u0085", "\x0b", "\x0c", "\x1c"])
def test_only_cr_and_lf_end_a_line(separator):
    """What `str.splitlines` also takes for the end of a line may stand raw in a JSON string."""
    data = f'{{"a":"x{separator}y"}}'.encode()
    assert server_events(b"data: " + data + b"\n\n") == [ServerEvent("", data)]


LINES = st.lists(
    st.sampled_from([b"data: {}", b"data:x", b"data", b": c", b"event: e", b"", b"id: 1", b"data: \xe2\x82\xac"])
)


@given(LINES, st.data())
def test_line_ends_are_one(lines, data):
    """However each line ends, the events are those of the stream with LF."""
    ends = [data.draw(st.sampled_from([b"\n", b"\r\n", b"\r"])) for _ in lines]
    # a CR before an empty line that ends with LF is one CRLF: the mixture would say something else
    ends = [
        b"\r\n" if end == b"\r" and not after else end for end, after in zip(ends, [*lines[1:], b"x"], strict=False)
    ]
    mixed = b"".join(line + end for line, end in zip(lines, ends, strict=True))
    assert server_events(mixed) == server_events(b"".join(line + b"\n" for line in lines))


@given(LINES, st.integers(min_value=0))
def test_a_prefix_of_a_stream_gives_a_prefix_of_its_events(lines, cut):
    """Whole events stay what they are; at most the last one is cut."""
    stream = b"\n".join(lines)
    prefix = server_events(stream[: cut % (len(stream) + 1)])
    whole = [each for each in prefix if not each.cut]
    assert whole == server_events(stream)[: len(whole)]
    assert prefix[: len(whole)] == whole


@given(st.binary())
def test_any_bytes_are_some_stream(data):
    """Nothing raises, and no data is invented."""
    assert sum(len(each.data) for each in server_events(data)) <= len(data)
    is_event_stream(data)


def test_both_ends_of_a_gap_are_given_up():
    """Half an event before the gap and half of one after it are none; CRLF is a line end here too."""
    head = b'data: {"a":1}\n\ndata: {"b":'
    tail = b'2}\r\n\r\ndata: {"c":3}\r\n\r\n'
    assert [each.data for each in server_events(rejoined(head, tail))] == [b'{"a":1}', b'{"b":', b'{"c":3}']


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"data: x", True),
        (b"event: e\ndata: x", True),
        (b": hi\r\ndata:x", True),
        (b'{"data:": 1}', False),
        (b"<p>", False),
    ],
)
def test_the_bytes_tell_whether_they_are_events(body, expected):
    """Gateways mislabel: what the headers say is not asked."""
    assert is_event_stream(body) is expected


def chunked(pieces, end=b"0\r\n\r\n"):
    return b"".join(b"%x;ext=1\r\n%b\r\n" % (len(each), each) for each in pieces if each) + end


@given(st.lists(st.binary()))
def test_dechunk_undoes_chunking(pieces):
    """Any payload, cut into any chunks, with extensions and with trailers."""
    assert dechunk(chunked(pieces)) == b"".join(pieces)
    assert dechunk(chunked(pieces, b"0\r\nserver-timing: 1\r\n\r\n")) == b"".join(pieces)


@given(st.lists(st.binary()), st.integers(min_value=0))
def test_a_cut_body_gives_what_arrived(pieces, cut):
    """A prefix of the wire is a prefix of the payload."""
    body = chunked(pieces)
    assert b"".join(pieces).startswith(dechunk(body[: cut % (len(body) + 1)]))


EVENTS = st.lists(st.text('abc{}:," \n').map(lambda text: f"data: {text}\n\n".encode()), min_size=1)


@given(EVENTS, st.integers(min_value=0))
def test_the_end_of_a_chunked_body_finds_its_chunks(events, cut):
    """Wherever the end begins, all chunks that begin in it are there to the last byte; some noise may stand before."""
    starts = [len(chunked(events[:at], b"")) for at in range(len(events) + 1)]
    cut = cut % starts[-1]
    behind = [event for event, start in zip(events, starts, strict=False) if start > cut + 1]
    assert dechunk_tail(chunked(events)[cut:]).endswith(b"".join(behind))


@given(st.binary())
def test_any_bytes_are_some_body(data):
    """Nothing raises."""
    dechunk(data)
    dechunk_tail(data)
    split_head(data)


def test_head_and_body_of_a_request():
    """Header names in lower case, in the order of the wire; without a whole head there is nothing."""
    message = b"POST /x HTTP/1.1\r\nHost: a\r\nX-A:  1 \r\n\r\nbody"
    assert split_head(message) == ((("host", "a"), ("x-a", "1")), b"body")
    assert split_head(message[:20]) == ((), b"")
