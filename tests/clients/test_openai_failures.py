"""The OpenAI SDK when things go wrong: retries, refusals, errors inside a stream, streams left early."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable
from typing import Any

import pytest
from tests.clients.openai_sdk import (
    ASKED,
    ASYNC,
    KEY,
    MODEL,
    PATH,
    SAID,
    STREAMED,
    UNANSWERED,
    answered,
    async_client,
    chat,
    client,
    openai,
)
from tests.clients.records import Recorder
from tests.clients.wire import said
from tests.llm_server import LlmServer

from vedette.cli.standin import error


@pytest.mark.parametrize(
    ("case", "kind"),
    [
        ("retry-429", "invalid_request_error"),
        ("retry-500", "server_error"),
        ("retry-408", "invalid_request_error"),
        ("retry-429-date", "invalid_request_error"),
    ],
)
def test_a_retry_is_an_exchange_of_its_own_tied_to_the_first(recorder: Recorder, case: str, kind: str) -> None:
    """The host sees one call that went well; the trail sees both attempts, as one operation."""

    def host(server: LlmServer) -> Any:
        with client(server, case) as gpt:
            return gpt.chat.completions.create(model=MODEL, messages=ASKED).model_dump()

    failed, again = recorder.play(host).told
    status, path = int(case.split("-")[1]), f"/x/{case}{PATH}"
    words = {"vedette.error.message": "Try again (attempt 1)"}
    assert failed == chat({"error.type": kind}, UNANSWERED | words, path=path, status=status, result="error")
    resent = answered(http__request__resend_count=1, gen_ai__response__id="chatcmpl-2")
    assert again == chat(resent, SAID, path=path, event="event 2", operation="event 1", trace="trace 2")


def _refused(server: LlmServer, case: str = "") -> Any:
    with client(server, case, max_retries=0) as gpt:
        return gpt.chat.completions.create(model=MODEL, messages=ASKED)


def test_an_error_that_echoes_the_key_leaves_it_nowhere_in_the_trail(recorder: Recorder) -> None:
    """The host reads its key in the message, as the server sent it; no byte of the trail holds it."""
    seen = recorder.play(lambda server: _refused(server, "auth-echo"))
    assert seen.got[0][0] == "AuthenticationError" and KEY in seen.got[0][1]
    assert KEY.encode() not in seen.raw and KEY[3:].encode() not in seen.raw
    assert (seen.only.result, seen.only.facts["error.type"]) == ("error", "invalid_request_error")


def test_a_refused_request_says_why(recorder: Recorder) -> None:
    seen = recorder.play(_refused, [error(400, "Too long")])
    assert seen.got[0][0] == "BadRequestError"
    words = {"vedette.error.message": "Too long"}
    expected = chat({"error.type": "invalid_request_error"}, UNANSWERED | words, status=400, result="error")
    assert seen.only == expected


def test_an_error_inside_a_stream_of_status_200_is_an_error(recorder: Recorder) -> None:
    """What had arrived before it stays in the record."""

    def host(server: LlmServer) -> Any:
        heard = []
        with client(server, "error-in-stream") as gpt:
            try:
                for chunk in gpt.chat.completions.create(model=MODEL, messages=ASKED, stream=True):
                    heard.append(chunk.choices[0].delta.content)
            except openai.APIError as failed:
                return heard, type(failed).__name__, str(failed)

    seen = recorder.play(host)
    assert seen.got == (["", "You", " said:"], "APIError", "The server is overloaded")
    arrived = SPOKEN | {"vedette.error.message": "The server is overloaded"}
    facts = begun(**{"error.type": "overloaded", "vedette.end.reason": "close"})
    assert seen.only == chat(facts, arrived, path=f"/x/error-in-stream{PATH}", result="error")


STALLED = "stall;after=3"
HEARD = ["", "You", " said:"]
STREAMING: Any = {"model": MODEL, "messages": ASKED, "stream": True}


def _take(stream: Any) -> list[str]:
    return [next(stream).choices[0].delta.content for _ in HEARD]


def _close(server: LlmServer) -> Any:
    with client(server, STALLED) as gpt:
        stream = gpt.chat.completions.create(**STREAMING)
        heard = _take(stream)
        stream.close()
        return heard


def _leave(server: LlmServer) -> Any:
    with client(server, STALLED) as gpt, gpt.chat.completions.create(**STREAMING) as stream:
        return _take(stream)


def _break(server: LlmServer) -> Any:
    heard = []
    with client(server, STALLED) as gpt:
        for chunk in gpt.chat.completions.create(**STREAMING):
            heard.append(chunk.choices[0].delta.content)
            if len(heard) == len(HEARD):
                break
        gc.collect()  # this SDK's streams are cycles
        return heard


def _drop(server: LlmServer) -> Any:
    with client(server, STALLED) as gpt:
        stream = gpt.chat.completions.create(**STREAMING)
        heard = _take(stream)
        del stream
        gc.collect()
        return heard


def _cancel(server: LlmServer) -> Any:
    """The task that reads is cancelled while it waits for more."""
    heard: list[str] = []

    async def listen(gpt: Any, enough: asyncio.Event) -> None:
        async for chunk in await gpt.chat.completions.create(**STREAMING):
            heard.append(chunk.choices[0].delta.content)
            if len(heard) == len(HEARD):
                enough.set()

    async def main() -> None:
        enough = asyncio.Event()
        async with async_client(server, STALLED) as gpt:
            task = asyncio.create_task(listen(gpt, enough))
            await enough.wait()
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    asyncio.run(main())
    return heard


def begun(**facts: Any) -> dict[str, Any]:
    """The facts of a stream that was left: no usage and no finish reason made up."""
    whole = answered(**STREAMED) | facts
    return {name: value for name, value in whole.items() if "finish" not in name and "usage" not in name}


SPOKEN = UNANSWERED | {"gen_ai.output.messages": [said("assistant", "You said:")]}


@pytest.mark.parametrize("host", [_close, _leave, _break, _drop])
def test_a_stream_left_early_is_recorded_with_what_arrived(recorder: Recorder, host: Callable[..., Any]) -> None:
    """Closed, left or dropped: what had come, and which end it was."""
    seen = recorder.play(host)
    assert seen.got == HEARD
    reason = seen.only.facts["vedette.end.reason"]
    assert reason == "close" or (reason == "collected" and host in (_break, _drop))
    facts = begun(**{"vedette.end.reason": reason})
    assert seen.only == chat(facts, SPOKEN, path=f"/x/{STALLED}{PATH}", result="abandoned")


def test_a_cancelled_stream_is_recorded_with_what_arrived(recorder: Recorder) -> None:
    seen = recorder.play(_cancel)
    assert seen.got == HEARD
    facts = begun(**{"error.type": "asyncio.exceptions.CancelledError"})
    content = SPOKEN | {"vedette.error.message": ""}
    assert seen.only == chat(facts, content, ASYNC, path=f"/x/{STALLED}{PATH}", result="cancelled")
