"""Reading segments while they are written to, and after their writer died."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tests.spooled import Spooled

from vedette.trail.files.follow import Group, groups, header, newest, size
from vedette.trail.format.spool import CONTENT, HEADER_SIZE, encode_frame


def _read(stream: Spooled, segment: int = 0, offset: int = HEADER_SIZE, *, dead: bool = False) -> list[Group]:
    return list(groups(stream.folder, segment, offset, dead=dead))


def _bodies(found: list[Group]) -> list[str]:
    return [group.payload.decode() for group in found]


def test_reading_goes_on_where_it_stopped_over_segments(tmp_path: Path) -> None:
    """Each group says where the next one begins, also when that is in another file."""
    stream = Spooled(tmp_path)
    for _ in range(3):
        stream.record()
        stream.record()
        stream.roll()
    stream.record()
    one_by_one, place = [], (0, HEADER_SIZE)
    while found := next(groups(stream.folder, *place, dead=False), None):
        one_by_one.append(found.payload.decode())
        place = (found.segment, found.end)
    assert one_by_one == stream.bodies == _bodies(_read(stream))


def test_a_frame_larger_than_the_window_is_read_whole(tmp_path: Path) -> None:
    """A content field of a megabyte is one frame."""
    stream = Spooled(tmp_path)
    stream.record(content={"output": "x" * 1_000_000})
    stream.record()
    first, second = _read(stream)
    assert [len(each) for each in first.contents] == [16 + len("output") + 1 + 1_000_000]
    assert second.contents == ()


@pytest.mark.parametrize("cut", [1, 11, 12, 40])
def test_a_torn_tail_is_waited_for_while_its_writer_lives(tmp_path: Path, cut: int) -> None:
    """Half a frame is nothing yet: the next look finds it whole, once."""
    stream = Spooled(tmp_path)
    stream.record()
    whole = stream.end
    stream.record()
    data = stream.path.read_bytes()
    stream.path.write_bytes(data[: whole + cut] + bytes(4096))
    found = _read(stream)
    assert _bodies(found) == stream.bodies[:1]
    stream.path.write_bytes(data + bytes(4096))
    assert _bodies(_read(stream, found[-1].segment, found[-1].end)) == stream.bodies[1:]


def test_one_damaged_frame_costs_one_record_when_the_writer_is_dead(tmp_path: Path) -> None:
    """A bad sector in the middle does not hide what lies behind it."""
    stream = Spooled(tmp_path)
    stream.record()
    begin = stream.end
    stream.record(content={"input": "secret of the lost record"})
    end = stream.end
    stream.record()
    data = bytearray(stream.path.read_bytes())
    data[begin + 20 : end - 20] = os.urandom(end - begin - 40)
    stream.path.write_bytes(data)
    assert _bodies(_read(stream)) == stream.bodies[:1]
    found = _read(stream, dead=True)
    assert _bodies(found) == [stream.bodies[0], stream.bodies[2]]
    assert found[1].contents == ()


def test_content_of_a_damaged_record_is_not_given_to_the_next_one(tmp_path: Path) -> None:
    """A content frame belongs to the envelope right behind it, and to no other."""
    stream = Spooled(tmp_path)
    stream.record(content={"input": "of the first"})
    data = bytearray(stream.path.read_bytes())
    data[-30] ^= 1  # inside the envelope
    stream.path.write_bytes(data)
    stream.record()
    (found,) = _read(stream, dead=True)
    assert (found.payload.decode(), found.contents) == (stream.bodies[1], ())


def test_erased_content_is_not_shipped(tmp_path: Path) -> None:
    """Flag 2: the payload is gone by rule; its envelope stays."""
    stream = Spooled(tmp_path)
    stream.append(encode_frame(CONTENT, bytes(40), flags=2))
    stream.record()
    (found,) = _read(stream)
    assert found.contents == ()


def test_a_folder_without_a_readable_header_is_no_stream(tmp_path: Path) -> None:
    """A process that died while it opened its first segment left nothing to ship."""
    stream = Spooled(tmp_path)
    assert header(stream.folder) is not None
    stream.path.write_bytes(b"VDTT")
    assert header(stream.folder) is None


def test_size_and_newest_look_at_the_last_segment(tmp_path: Path) -> None:
    """What metrics and the probe need, without reading all there is."""
    stream = Spooled(tmp_path)
    assert (size(stream.folder), newest(stream.folder)) == (0, None)
    for _ in range(5):
        stream.record()
    stream.roll()
    stream.record()
    assert size(stream.folder) == 6
    assert newest(stream.folder) == stream.bodies[-1].encode()
