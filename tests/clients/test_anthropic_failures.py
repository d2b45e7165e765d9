"""The Anthropic SDK when things go wrong: retries, refusals, errors inside a stream, streams left early."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable
from typing import Any

import pytest
from tests.clients.anthropic_sdk import (
    ASKED,
    ASYNC,
    KEY,
    PATH,
    SAID,
    STREAMED,
    UNANSWERED,
    answered,
    anthropic,
    client,
    message,
)
from tests.clients.records import Recorder
from tests.clients.wire import said
from tests.llm_server import LlmServer

from vedette.cli.standin import error


@pytest.mark.parametrize(("case", "kind"), [("retry-429", "rate_limit_error"), ("retry-500", "api_error")])
def test_a_retry_is_an_exchange_of_its_own_tied_to_the_first(recorder: Recorder, case: str, kind: str) -> None:
    """The host sees one call that went well; the trail sees both attempts, as one operation."""

    def host(server: LlmServer) -> Any:
        with client(server, case) as claude:
            return claude.messages.create(**ASKED).model_dump()

    failed, again = recorder.play(host).told
    status, path = int(case.split("-")[1]), f"/x/{case}{PATH}"
    words = {"vedette.error.message": "Try again (attempt 1)"}
    assert failed == message({"error.type": kind}, UNANSWERED | words, path=path, status=status, result="error")
    resent = answered(http__request__resend_count=1, gen_ai__response__id="msg_2")
    assert again == message(resent, SAID, path=path, event="event 2", operation="event 1", trace=again.trace)


def _refused(server: LlmServer, case: str = "") -> Any:
    with client(server, case, max_retries=0) as claude:
        return claude.messages.create(**ASKED).model_dump()


def test_an_error_that_echoes_the_key_leaves_it_nowhere_in_the_trail(recorder: Recorder) -> None:
    """The host reads its key in the message, as the server sent it; no byte of the trail holds it."""
    seen = recorder.play(lambda server: _refused(server, "auth-echo"))
    assert seen.got[0][0] == "AuthenticationError" and KEY in seen.got[0][1]
    assert KEY.encode() not in seen.raw and KEY[13:33].encode() not in seen.raw
    assert (seen.only.result, seen.only.facts["error.type"]) == ("error", "authentication_error")


def test_a_refused_request_says_why(recorder: Recorder) -> None:
    seen = recorder.play(_refused, [error(400, "Too long")])
    assert seen.got[0][0] == "BadRequestError"
    words = {"vedette.error.message": "Too long"}
    expected = message({"error.type": "invalid_request_error"}, UNANSWERED | words, status=400, result="error")
    assert seen.only == expected


def begun(**facts: Any) -> dict[str, Any]:
    """The facts of a stream that broke off: the first event's usage, and no finish reason made up."""
    whole = answered(**STREAMED, gen_ai__usage__output_tokens=1) | facts
    return {name: value for name, value in whole.items() if "finish" not in name}


def test_an_error_inside_a_stream_of_status_200_is_an_error(recorder: Recorder) -> None:
    """The provider's own word for it, and what had arrived before."""

    def host(server: LlmServer) -> Any:
        heard = []
        with client(server, "error-in-stream;after=5") as claude:
            try:
                heard += (event.type for event in claude.messages.create(**ASKED, stream=True))
            except anthropic.APIStatusError as failed:
                return heard, failed.body["error"]["type"]

    seen = recorder.play(host)
    assert seen.got is not None and seen.got[1] == "overloaded_error"
    arrived = UNANSWERED | {
        "gen_ai.output.messages": [said("assistant", 'You said: "How')],
        "vedette.error.message": "Overloaded",
    }
    facts = begun(**{"error.type": "overloaded_error", "vedette.end.reason": "close"})
    assert seen.only == message(facts, arrived, path=f"/x/error-in-stream;after=5{PATH}", result="error")


STALLED = "stall;after=4"
SPOKEN = UNANSWERED | {"gen_ai.output.messages": [said("assistant", "You said:")]}
HEARD = ["message_start", "content_block_start", "content_block_delta", "content_block_delta"]


def _close(server: LlmServer) -> Any:
    with client(server, STALLED) as claude:
        stream = claude.messages.create(**ASKED, stream=True)
        heard = [next(stream).type for _ in HEARD]
        stream.close()
        return heard


def _leave(server: LlmServer) -> Any:
    with client(server, STALLED) as claude, claude.messages.create(**ASKED, stream=True) as stream:
        return [next(stream).type for _ in HEARD]


def _break(server: LlmServer) -> Any:
    heard: list[str] = []
    with client(server, STALLED) as claude, claude.messages.stream(**ASKED) as stream:
        for event in stream:
            heard += [event.type] * (event.type in HEARD)  # the helper has events of its own between
            if len(heard) == len(HEARD):
                break
    return heard


def _drop(server: LlmServer) -> Any:
    claude = anthropic.Anthropic(base_url=server.at(STALLED, ""), api_key=KEY)
    stream = claude.messages.create(**ASKED, stream=True)
    heard = [next(stream).type for _ in HEARD]
    del stream
    gc.collect()
    claude.close()
    return heard


@pytest.mark.parametrize("host", [_close, _leave, _break, _drop])
def test_a_stream_left_early_is_recorded_with_what_arrived(recorder: Recorder, host: Callable[..., Any]) -> None:
    """Closed, left, or dropped: abandoned, with the first token's usage, and no invented end."""
    seen = recorder.play(host)
    assert seen.got == HEARD
    reason = seen.only.facts["vedette.end.reason"]
    assert reason in ("close", "collected")
    facts = begun(**{"vedette.end.reason": reason})
    assert seen.only == message(facts, SPOKEN, path=f"/x/{STALLED}{PATH}", result="abandoned")


def test_a_cancelled_stream_is_recorded_with_what_arrived(recorder: Recorder) -> None:
    """The task that reads is cancelled while it waits for more."""

    def host(server: LlmServer) -> Any:
        heard: list[str] = []

        async def listen(claude: Any, enough: asyncio.Event) -> None:
            async for event in await claude.messages.create(**ASKED, stream=True):
                heard.append(event.type)
                if len(heard) == len(HEARD):
                    enough.set()

        async def main() -> None:
            enough = asyncio.Event()
            async with anthropic.AsyncAnthropic(base_url=server.at(STALLED, ""), api_key=KEY) as claude:
                task = asyncio.create_task(listen(claude, enough))
                await enough.wait()
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)

        asyncio.run(main())
        return heard

    seen = recorder.play(host)
    assert seen.got == HEARD
    facts = begun(**{"error.type": "asyncio.exceptions.CancelledError"})
    content = SPOKEN | {"vedette.error.message": ""}
    assert seen.only == message(facts, content, ASYNC, path=f"/x/{STALLED}{PATH}", result="cancelled")
