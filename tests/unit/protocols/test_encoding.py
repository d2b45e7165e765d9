"""Content encodings: undone whole, cut, flushed, twice, and not beyond the bound."""

import gzip
import time
import zlib

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from vedette.capture.protocols.encoding import BOUND, decoded

TEXT = b'data: {"a":1}\n\n' * 100


def raw(content):
    compressor = zlib.compressobj(wbits=-15)
    return compressor.compress(content) + compressor.flush()


ENCODERS = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
    "Deflate ": raw,
    "zstd": zstandard.ZstdCompressor().compress,
    "identity": bytes,
    "": bytes,
}


@pytest.mark.parametrize(("name", "encode"), ENCODERS.items(), ids=ENCODERS.keys())
@given(content=st.binary(max_size=2000))
def test_what_was_encoded_comes_back(name, encode, content):
    """For `deflate` in both of its forms."""
    assert decoded(encode(content), name) == content


@pytest.mark.parametrize(("name", "encode"), ENCODERS.items(), ids=ENCODERS.keys())
def test_a_truncated_body_gives_what_there_is(name, encode):
    """A prefix of the wire is a prefix of the body, and never an error."""
    encoded = encode(TEXT)
    for cut in range(len(encoded)):
        assert TEXT.startswith(decoded(encoded[:cut], name) or b"")


def test_a_list_is_undone_from_the_right():
    """`gzip, zstd`: gzip was applied first."""
    assert decoded(zstandard.ZstdCompressor().compress(gzip.compress(TEXT)), "gzip, zstd") == TEXT


def test_events_flushed_one_by_one():
    """A stream that was cut after a flush is whole to there."""
    compressor = zlib.compressobj(wbits=31)
    sent = b"".join(compressor.compress(each) + compressor.flush(zlib.Z_SYNC_FLUSH) for each in (b"one", b"two"))
    assert decoded(sent, "gzip") == b"onetwo"


def test_a_break_in_the_middle_keeps_the_beginning():
    """What came before the damage was right."""
    noise = bytes(range(256)) * 40
    encoded = bytearray(zlib.compress(noise, 0))
    encoded[6000:6004] = b"\xff\xff\xff\xff"
    assert decoded(bytes(encoded[:5000]), "deflate") == noise[: len(decoded(bytes(encoded[:5000]), "deflate") or b"")]
    assert decoded(gzip.compress(TEXT) + b"garbage after the end", "gzip") == TEXT


@pytest.mark.parametrize("name", ["gzip", "deflate", "br", "zstd", "x-unheard-of", "gzip, x-unheard-of"])
def test_a_wrong_label_is_none(name):
    """What is no such encoding, or an encoding that nobody has, cannot be read."""
    assert decoded(b'{"plain": "json"}', name) is None


def test_a_bomb_is_bounded():
    """1 : 1000 stops at the bound, and soon."""
    bomb = gzip.compress(bytes(8 * BOUND), 9)
    began = time.perf_counter()
    assert len(decoded(bomb, "gzip") or b"") == BOUND
    assert time.perf_counter() - began < 5


@given(st.binary(), st.sampled_from(["gzip", "deflate", "zstd", "br", "gzip, zstd"]))
def test_any_bytes_never_raise(data, name):
    """They are something, or None."""
    assert isinstance(decoded(data, name), bytes | None)
