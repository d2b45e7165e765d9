"""What a verifier says of a host's clock that was set, and that it says nothing of one that was not."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest
from tests import trail_forge as forge

from vedette.trail.proving.verify import verify

S = 10**9
HOUR, YEARS = 3600 * S, 10 * 365 * 86_400 * S


def stream(offsets: Sequence[int], told: Sequence[int] = ()) -> forge.Stream:
    """One record a second of the monotonic clock, its wall clock `offsets[n]` ns off; those of `told` say so."""
    one = forge.Stream(0)
    for n, offset in enumerate(offsets):
        about = {"vedette.lifecycle.phase": "birth", "vedette.ordinal": 0} if not n else {}
        about = {"vedette.lifecycle.phase": "clock"} if n in told else about
        one.record(k="lifecycle" if about else "tool", a=about, t=str(forge.BEGIN + n * S + offset), m=str(n * S))
    return one.checkpoint(last=True)


def steps(one: forge.Stream) -> list[str]:
    """The verdicts on its clock, whatever the order in which it came; the trail is whole in any case."""
    lines = forge.lines(one)
    random.Random(5).shuffle(lines)
    report = verify(lines, host_keys=forge.HOST_KEYS)
    assert (report.exit_code, report.streams[0].proven) == (0, len(one.leaves))
    return [str(each).replace(one.id, "S") for each in report.verdicts if each.name != "unanchored"]


@pytest.mark.parametrize("jump", [HOUR, -HOUR, YEARS, -YEARS, 2 * S, -2 * S])
def test_a_clock_that_was_set_is_named_once(jump: int) -> None:
    """Also backwards inside a checkpoint; the stream's own word on it adds nothing."""
    offsets = [0] * 10 + [jump] * 20
    assert steps(stream(offsets)) == steps(stream(offsets, told=[12])) == ["clock-step S 10"]


def test_a_suspend_looks_like_a_clock_that_was_set() -> None:
    """The monotonic clock stood still meanwhile."""
    one = forge.Stream(0)
    for n in range(20):
        about = {"vedette.lifecycle.phase": "birth", "vedette.ordinal": 0} if not n else {}
        slept = 300 * S if n >= 8 else 0
        one.record(k="lifecycle", a=about, t=str(forge.BEGIN + n * S + slept), m=str(n * S))
    assert steps(one.checkpoint(last=True)) == ["clock-step S 8"]


def test_a_clock_that_was_set_and_set_back_is_named_twice() -> None:
    offsets = [0] * 5 + [HOUR] * 5 + [0] * 5
    assert steps(stream(offsets, told=[5, 10])) == ["clock-step S 5", "clock-step S 10"]


def test_a_clock_that_is_slewed_is_not_a_step() -> None:
    """NTP moves it by half a millisecond a second: an hour of that is two seconds, and nothing to tell."""
    assert steps(stream([n * 500_000 for n in range(400)])) == []


def test_jitter_is_not_a_step() -> None:
    chance = random.Random(2)
    assert steps(stream([chance.randrange(S // 2) for _ in range(100)])) == []
