"""Tool calls of chat streams, as providers really cut them up (wire.md 3.4, 4.19)."""

import pytest

from vedette.capture.protocols.chat_deltas import ToolDeltas

ROME, OSLO = '{"city":"Rome"}', '{"city":"Oslo"}'


def delta(arguments=None, index=None, call_id=None, name=None):
    function = {key: each for key, each in (("name", name), ("arguments", arguments)) if each is not None}
    given = {"index": index, "id": call_id, "function": function}
    return {key: each for key, each in given.items() if each is not None}


CASES = {
    "by index, interleaved": [
        delta("", 0, "a", "f"),
        delta("", 1, "b", "g"),
        delta(ROME[:5], 0),
        delta(OSLO[:5], 1),
        delta(OSLO[5:], 1),
        delta(ROME[5:], 0),
    ],
    "all index 0, other ids": [delta(ROME, 0, "a", "f"), delta(OSLO[:4], 0, "b", "g"), delta(OSLO[4:], 0)],
    "all index 0, id in each piece, interleaved": [
        delta(ROME[:5], 0, "a", "f"),
        delta(OSLO[:5], 0, "b", "g"),
        delta(ROME[5:], 0, "a"),
        delta(OSLO[5:], 0, "b"),
    ],
    "no index, ids": [delta(ROME[:5], None, "a", "f"), delta(ROME[5:]), delta(OSLO, None, "b", "g")],
    "late id": [delta("", 0, None, "f"), delta(ROME, 0, "a"), delta(OSLO, 1, None, "g"), delta("", 1, "b")],
    "name in each piece": [
        delta(ROME[:5], 0, "a", "f"),
        delta(ROME[5:], 0, "a", "f"),
        delta(OSLO, 1, "b", "g"),
        delta("", 1, "b", "g"),
    ],
    "arguments as an object": [delta({"city": "Rome"}, 0, "a", "f"), delta({"city": "Oslo"}, 0, "b", "g")],
}


@pytest.mark.parametrize("deltas", CASES.values(), ids=CASES.keys())
def test_two_calls_stay_two(deltas):
    """However index and id are told, each piece finds its call."""
    calls = ToolDeltas()
    for each in deltas:
        calls.add(each)
    assert calls.whole() == [
        {"id": "a", "function": {"name": "f", "arguments": ROME}},
        {"id": "b", "function": {"name": "g", "arguments": OSLO}},
    ]


@pytest.mark.parametrize("index", [0, None])
def test_without_ids_finished_arguments_end_a_call(index):
    """Whole calls of one tool, with index 0 or none and without ids: the second is another."""
    calls = ToolDeltas()
    for arguments in (ROME, OSLO):
        calls.add(delta(arguments, index, None, "f"))
    assert [each["function"]["arguments"] for each in calls.whole()] == [ROME, OSLO]


def test_calls_without_arguments():
    """Another name is another call, though nothing was said yet to the first."""
    calls = ToolDeltas()
    for name in ("f", "g"):
        calls.add(delta(None, None, None, name))
    assert [each["function"]["name"] for each in calls.whole()] == ["f", "g"]


def test_arguments_that_are_no_json_stay():
    """What the model wrote is what is told."""
    calls = ToolDeltas()
    calls.add(delta('{"city": Rome', 0, "a", "f"))
    assert calls.whole()[0]["function"]["arguments"] == '{"city": Rome'


@pytest.mark.parametrize(
    "broken", [{}, {"function": None}, {"index": "0"}, {"index": True, "id": 5, "function": {"name": []}}]
)
def test_a_delta_that_says_nothing(broken):
    """It is some call, of which nothing is known."""
    calls = ToolDeltas()
    calls.add(broken)
    assert calls.whole() == [{"id": "", "function": {"name": "", "arguments": ""}}]
