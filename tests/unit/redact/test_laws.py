"""The laws of redaction (redaction.md 2): each holds for every text, not only for those that were thought of."""

import json
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tests.unit.redact.drawn import texts

from vedette.redact import Redactor
from vedette.redact.find import Finder
from vedette.redact.span import TOKEN
from vedette.redact.walk import Walk

MANY = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
leaves = st.one_of(st.none(), st.booleans(), st.integers(-(10**6), 10**6), st.floats(allow_nan=False), texts)
values = st.recursive(
    leaves,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(texts, inner, max_size=4)),
    max_leaves=12,
)


@MANY
@given(text=texts)
def test_redacting_twice_is_redacting_once(redactor: Redactor, text: str) -> None:
    once = redactor.text(text)
    assert redactor.text(once) == once


@MANY
@given(value=values)
def test_redacting_a_value_twice_is_redacting_it_once(redactor: Redactor, value: Any) -> None:
    once = redactor.value(value)
    assert redactor.value(once) == once


@MANY
@given(text=st.text(alphabet="abcdefghij \n,.", max_size=400))
def test_what_holds_nothing_is_the_very_object(redactor: Redactor, text: str) -> None:
    assert redactor.text(text) is text
    value = [text, {"a": text}]
    assert redactor.value(value) is value


@MANY
@given(items=st.lists(texts.filter(lambda text: "&" not in text), max_size=6))
def test_texts_scanned_together_are_redacted_as_each_alone(redactor: Redactor, items: list[str]) -> None:
    """With nothing remembered between them, which is another law."""
    redactor.texts.memory.add = lambda *_: None  # type: ignore[method-assign] - held still for this law
    alone = [redactor.value([item])[0] for item in items]  # type: ignore[index] - a list stays a list
    assert redactor.value(items) == alone


@MANY
@given(value=values)
def test_the_shape_of_a_value_stays(redactor: Redactor, value: Any) -> None:
    """Types, counts and what is no text; keys may become marks."""

    def same(before: Any, after: Any) -> bool:
        if isinstance(before, str):
            return isinstance(after, str)
        if isinstance(before, list):
            return isinstance(after, list) and len(before) == len(after) and all(map(same, before, after))
        if isinstance(before, dict):
            return (
                isinstance(after, dict)
                and len(before) == len(after)
                and all(map(same, before.values(), after.values()))
            )
        return before == after or isinstance(after, str)

    assert same(value, redactor.value(value))


@MANY
@given(value=values)
def test_json_stays_json(redactor: Redactor, value: Any) -> None:
    """Whatever is cut out of a string of JSON, what is left can be read."""
    for text in (json.dumps(value), json.dumps(value, ensure_ascii=False), json.dumps(json.dumps(value))):
        json.loads(redactor.text(text))


@MANY
@given(text=texts)
@example(text="\ud800 ghp_" + "aB3dE6" * 6)
def test_no_piece_of_a_value_is_left(redactor: Redactor, finders: dict[str, Finder], text: str) -> None:
    """No eight bytes in a row of what was taken out stand in the text, a label or the memory's repr."""
    data = text.encode("utf-8", "surrogatepass")
    spans = finders["hyperscan"].find(data).spans
    walk = Walk(redactor.texts)
    out = walk.value(text)
    kept = bytearray(data)
    for span in reversed(spans):
        del kept[span.start : span.end]
    shown = TOKEN.sub(b"", out.encode("utf-8", "surrogatepass")) + repr((walk.labels, redactor.texts.memory)).encode()
    for span in spans:
        for at in range(span.start, span.end - 7):
            piece = data[at : at + 8]
            assert piece in kept or piece not in shown or piece == b"password"  # a kind's name


@MANY
@given(text=texts)
def test_a_memory_that_knows_more_covers_more(redactor: Redactor, text: str) -> None:
    """Monotone: what was covered before a value was remembered is covered after."""
    before = {each for each in redactor.texts.cuts(text.encode("utf-8", "surrogatepass"))[0]}
    after = redactor.texts.cuts(text.encode("utf-8", "surrogatepass"))[0]
    assert all(any(one.start <= cut.start and cut.end <= one.end for one in after) for cut in before)
