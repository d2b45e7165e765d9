"""The long runs of a text: where values stand that are made like tokens."""

from __future__ import annotations

_RUN = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz+/_-."
_SHAPE = bytes(0x61 if each in _RUN else 0x20 for each in range(256))


def is_run(value: bytes) -> bool:
    """Whether nothing in it separates: a copy of it then stands in one of the `runs` of a text, if it does at all."""
    return b" " not in value.translate(_SHAPE)


def runs(data: bytes, least: int) -> str:
    """The runs of `least` or more characters that tokens are made of, side by side, as latin-1.

    A few per cent of a text: to look for thirty values in them takes a third of looking for them in the text.
    """
    shape, shortest = data.translate(_SHAPE), b"a" * least
    found = []
    start = shape.find(shortest)
    while start >= 0:
        end = shape.find(b" ", start + least)
        if end < 0:
            found.append(data[start:])
            break
        found.append(data[start:end])
        start = shape.find(shortest, end)
    return b" ".join(found).decode("latin-1")
