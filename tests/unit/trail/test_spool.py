"""Segment files: known answers, and what reading makes of every kind of damage."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vedette.trail.format import spool
from vedette.trail.format.envelope import genesis
from vedette.trail.format.spool import CHECKPOINT, CONTENT, ENVELOPE, HEADER_SIZE, Header, encode_frame, frame_at, scan

RAW = bytes(range(16))
HEADER = Header(RAW, 42, 0, 0, 1795349012000000000, genesis(RAW))


def test_the_known_header() -> None:
    """Byte by byte that of trail.md, section 20, and back."""
    packed = HEADER.pack()
    assert sha256(packed).hexdigest() == "048d973a2c643d83bf31434658914a7aa8df6c8b0d4fa3e7506a05620310ead0"
    assert len(packed) == HEADER_SIZE and Header.unpack(packed) == HEADER


@pytest.mark.parametrize("offset", range(HEADER_SIZE))
def test_a_header_with_one_wrong_byte_is_refused(offset: int) -> None:
    """The CRC covers all of it."""
    packed = bytearray(HEADER.pack())
    packed[offset] ^= 1
    with pytest.raises(spool.BadSegment):
        Header.unpack(bytes(packed))


frames = st.lists(st.tuples(st.sampled_from([ENVELOPE, CONTENT, CHECKPOINT]), st.binary(max_size=40)), max_size=6)


@given(frames, st.integers(0, 64))
def test_what_is_written_is_read(written: list[tuple[int, bytes]], zeros: int) -> None:
    """Frames come back in order, and the reserved tail, which is zero, ends them."""
    data = b"".join(encode_frame(kind, payload) for kind, payload in written) + bytes(zeros)
    found = list(scan(data, 0))
    assert [(frame.type, frame.payload) for frame in found] == written
    assert [frame.offset for frame in found] == [0, *[frame.end for frame in found]][: len(found)]


@given(frames, st.data())
def test_a_cut_leaves_a_clean_prefix(written: list[tuple[int, bytes]], data: st.DataObject) -> None:
    """Torn at any byte, with and without a zero tail: what is read is what was whole."""
    encoded = [encode_frame(kind, payload) for kind, payload in written]
    whole = b"".join(encoded)
    cut = data.draw(st.integers(0, len(whole)))
    kept, size = 0, 0
    while kept < len(encoded) and size + len(encoded[kept]) <= cut:
        size += len(encoded[kept])
        kept += 1
    for tail in (b"", bytes(50)):
        found = list(scan(whole[:cut] + tail, 0))
        # A frame that lost nothing but zero bytes to a zero tail is whole again.
        assert [(each.type, each.payload) for each in found[:kept]] == written[:kept]
        assert len(found) in (kept, kept + 1)
        assert written[: len(found)] == [(each.type, each.payload) for each in found]


@given(st.binary(min_size=1, max_size=40), st.data())
def test_one_flipped_bit_is_seen(payload: bytes, data: st.DataObject) -> None:
    """Anywhere in a frame: its length, its type, its flags, its payload or the CRC itself."""
    frame = bytearray(encode_frame(ENVELOPE, payload, 1))
    bit = data.draw(st.integers(0, len(frame) * 8 - 1))
    frame[bit // 8] ^= 1 << bit % 8
    assert frame_at(bytes(frame), 0) is None


@pytest.mark.parametrize(("rest", "tail"), [(b"", "clean"), (bytes(99), "zero"), (bytes(9) + b"x", "torn")])
def test_the_three_tails_of_a_file(tmp_path: Path, rest: bytes, tail: str) -> None:
    """A file that was finished, one that is live, one whose writer died in a write."""
    path = tmp_path / "000000.seg"
    frame = encode_frame(ENVELOPE, b"{}")
    path.write_bytes(HEADER.pack() + frame + rest)
    segment = spool.read_segment(path)
    end = HEADER_SIZE + len(frame)
    assert segment == spool.Segment(HEADER, [spool.Frame(ENVELOPE, 0, b"{}", HEADER_SIZE, end)], end, tail)


def test_a_payload_above_the_limit_is_refused() -> None:
    """Nobody can be made to read more than 8 MiB at once."""
    with pytest.raises(ValueError, match="at most 8388608 bytes"):
        encode_frame(CONTENT, bytes(spool.MAX_PAYLOAD + 1))


def test_streams_and_segments_in_order(tmp_path: Path) -> None:
    """By number; what is no stream and no segment is not listed."""
    for name in ("00000010", "00000002", "notes"):
        (tmp_path / "streams" / name).mkdir(parents=True)
    stream = tmp_path / "streams" / "00000002"
    for name in ("000010.seg", "000002.seg", "lock", "acked"):
        (stream / name).touch()
    assert [each.name for each in spool.stream_folders(tmp_path)] == ["00000002", "00000010"]
    assert [each.name for each in spool.segment_files(stream)] == ["000002.seg", "000010.seg"]
    assert spool.stream_folders(tmp_path / "nothing") == []
