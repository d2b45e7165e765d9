"""JSON that is whole, cut, damaged, or only an end."""

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vedette.capture.protocols.json_text import _patiently, document, endings, parsed, salvaged, text_of
from vedette.capture.protocols.tolerant import decimal, integer, merged

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)
DOCUMENTS = st.dictionaries(st.text(), VALUES)


@given(VALUES)
def test_both_parsers_say_the_same(value):
    """With the quick parser or without it, the record is one."""
    for text in (json.dumps(value), json.dumps(value, ensure_ascii=False)):
        assert parsed(text) == _patiently(text) == parsed(text.encode()) == _patiently(text.encode()) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (b'"\\ud800"', "?"),
        (b'"\\ud83d\\ude00"', "\U0001f600"),
        (b'"\xff"', "\ufffd"),
        (b'\xef\xbb\xbf{"a": 1}', {"a": 1}),
        (b"[" * 100_000 + b"]" * 100_000, None),
        (b"{", None),
        (b"", None),
        (None, None),
    ],
)
def test_what_the_wire_may_hold(text, value):
    """Lone surrogates, bytes that are no UTF-8, a BOM, nesting as an attack: what can be written down, or None."""
    assert parsed(text) == value
    assert text is None or _patiently(text) == value
    json.dumps(parsed(text), ensure_ascii=False).encode()


def is_part(part, whole):
    """Whether `part` is `whole` with something missing at its end."""
    if isinstance(part, dict) and isinstance(whole, dict):
        return all(name in whole and is_part(each, whole[name]) for name, each in part.items())
    if isinstance(part, list) and isinstance(whole, list):
        return len(part) <= len(whole) and all(is_part(*pair) for pair in zip(part, whole, strict=False))
    if isinstance(part, str) and isinstance(whole, str):
        return whole.startswith(part.rstrip("?\ufffd"))
    return part == whole


@given(DOCUMENTS, st.booleans(), st.integers(min_value=0))
def test_a_cut_document_gives_a_part_of_itself(value, ascii_only, cut):
    """Wherever it was cut; nothing is there that was not said, no number is shortened."""
    text = json.dumps(value, ensure_ascii=ascii_only).encode()
    part = document(text[: cut % (len(text) + 1)])
    assert part is None or is_part(part, value)


def test_the_text_at_the_break_is_kept():
    """A long prompt whose end is missing is told as far as it came."""
    assert salvaged(b'{"model":"m","n":12,"messages":[{"content":"so far \\u00e4, \\u00') == {
        "model": "m",
        "n": 12,
        "messages": [{"content": "so far ä, "}],
    }
    assert salvaged(b'{"a":"b","c":"d"') == {"a": "b", "c": "d"}
    assert salvaged(b'{"a":[1.5,2.5,3.') == {"a": [1.5, 2.5]}


def test_the_end_of_a_lost_document():
    """Usage and finish reason stand at the end; the last of each counts, and text that quotes them does not."""
    tail = b'ne","text":"\\"usage\\": 5"}},"finish_reason":"stop"}],"usage":{"a":1},"x":{"usage":{"prompt_tokens":7}}}'
    assert endings(tail) == {"finish_reason": "stop", "usage": {"prompt_tokens": 7}}


@pytest.mark.parametrize(
    "attack", [b"[" * 10**6, b"1" * 10**6, b" " * 10**6, b'"' * 10**6, b'{"a":' * 10**5, b"\\" * 10**6]
)
def test_salvage_is_linear(attack):
    """A megabyte of anything is looked through in well under a second or two of the processor's time."""
    began = time.process_time()
    document(attack)
    endings(attack)
    assert time.process_time() - began < 3


@given(st.binary())
def test_any_bytes_never_raise(data):
    """They are a document, or none."""
    assert isinstance(document(data), dict | None)
    assert isinstance(document(data, data), dict | None)


@pytest.mark.parametrize(
    ("value", "count"),
    [
        (5, 5),
        (5.0, 5),
        (True, None),
        ("5", None),
        (float("nan"), None),
        (float("inf"), None),
        (2**63, None),
        (1e300, None),
    ],
)
def test_counts(value, count):
    """Some providers send floats; what is no count of 64 bits is none."""
    assert integer(value) == count


def test_doubles_and_texts():
    """A double is the decimal string of the wire; arguments that are structure become JSON."""
    assert [decimal(parsed(each)) for each in ("0.7", "1", "1.0", "true", '"1"')] == ["0.7", "1", "1.0", None, None]
    assert [text_of(each) for each in (None, "x", {"a": [1, "ä"]})] == ["", "x", '{"a":[1,"ä"]}']


def test_merging_takes_nothing_back():
    """Field by field, also one level below; null is no news."""
    known = {"a": 1, "b": {"c": 2, "d": 3}}
    merged(known, {"a": None, "b": {"c": 5}, "e": 6})
    assert known == {"a": 1, "b": {"c": 5, "d": 3}, "e": 6}
