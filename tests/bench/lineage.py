"""`python -m tests.bench.lineage`: what the hand-over to detection costs (issue 5, R11), by sort of event and size.

Microseconds of this thread's processor time, medians over texts that are all different; beside it what redaction of the
same event costs without it.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable, Sequence

from tests.bench.chats import chat
from vedette.event import Call, Kind
from vedette.redact import Redactor, make_key
from vedette.redact.lineage import Lineage

_KEY = make_key(b"k" * 32)


def calls(size: int, count: int) -> dict[str, list[Call]]:
    """What a chat of `size` bytes is: asked of a model, returned by a tool, given to one, sent to a server."""
    texts = [chat(seed, size, hits=True) for seed in range(count)]
    said = [[{"role": "user", "parts": [{"type": "text", "content": text}]}] for text in texts]
    return {
        "chat": [Call(Kind.INFERENCE, "", "", facts={"gen_ai.input.messages": each}) for each in said],
        "tool result": [Call(Kind.TOOL, "", "", facts={"gen_ai.tool.call.result": text}) for text in texts],
        "tool arguments": [
            Call(Kind.TOOL, "", "", facts={"gen_ai.tool.call.arguments": {"x": text}}) for text in texts
        ],
        "request": [
            Call(Kind.EXCHANGE, "", "", facts={"vedette.http.request.body": json.dumps(text)}) for text in texts
        ],
    }


def median(work: Callable[[Call], object], given: Sequence[Call], rounds: int) -> float:
    times = []
    for _ in range(rounds):
        for each in given:
            began = time.thread_time()
            work(each)
            times.append(time.thread_time() - began)
    return statistics.median(times) * 1e6


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.lineage", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    redactor = Redactor("all", _KEY, lineage=False)
    lineage = Lineage(redactor.texts.tokens)
    for size, count in ((1_024, 200), (10_240, 40), (102_400, 8)):
        for name, given in calls(size, count).items():
            cost, beside = median(lineage.of, given, rounds), median(redactor.event, given, rounds)
            print(
                f"{size // 1024:>4} KB {name:<16} lineage {cost:8.0f} us   the rest of redaction {beside:8.0f} us",
                flush=True,
            )


if __name__ == "__main__":
    main()
