"""The server that the bench asks: as fast as a few lines of asyncio are, with fixed answers of the right shape."""

from __future__ import annotations

import asyncio
import json

CHAT = {
    "id": "c1", "object": "chat.completion", "created": 1, "model": "gpt-5",
    "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "A plan. " * 20}}],
    "usage": {"prompt_tokens": 250, "completion_tokens": 40, "total_tokens": 290},
}  # fmt: skip
RESPONSE = {
    "id": "r1", "object": "response", "created_at": 1, "model": "gpt-5", "status": "completed", "output": [
        {"type": "function_call", "id": "f1", "call_id": "call_1", "name": "first", "arguments": "{}",
         "status": "completed"}],
    "parallel_tool_calls": True, "tool_choice": "auto", "tools": [],
    "usage": {"input_tokens": 50, "output_tokens": 10, "total_tokens": 60,
              "input_tokens_details": {"cached_tokens": 0}, "output_tokens_details": {"reasoning_tokens": 0}},
}  # fmt: skip
MESSAGE = {
    "id": "m1", "type": "message", "role": "assistant", "model": "claude", "stop_reason": "end_turn",
    "stop_sequence": None, "content": [{"type": "text", "text": "A plan. " * 20}],
    "usage": {"input_tokens": 250, "output_tokens": 40},
}  # fmt: skip


def _chunk(delta: dict[str, str], finish: str | None) -> bytes:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    chunk = {"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "gpt-5", "choices": [choice]}
    return b"data: " + json.dumps(chunk).encode() + b"\n\n"


STREAM = [_chunk({"content": f"word{number} "}, None) for number in range(199)] + [
    _chunk({}, "stop"),
    b"data: [DONE]\n\n",
]


def _plain(body: object, kind: str = "application/json") -> bytes:
    data = json.dumps(body).encode()
    return b"HTTP/1.1 200 OK\r\ncontent-type: %s\r\ncontent-length: %d\r\n\r\n%s" % (kind.encode(), len(data), data)


ANSWERS = {"/v1/chat/completions": _plain(CHAT), "/v1/responses": _plain(RESPONSE), "/v1/messages": _plain(MESSAGE)}
OTHER = _plain({"weather": "sunny", "degrees": 18})


async def _serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while head := await reader.readuntil(b"\r\n\r\n"):
            path = head.split(b" ", 2)[1].partition(b"?")[0].decode()
            length = next(
                (int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0
            )
            body = await reader.readexactly(length)
            if b'"stream":true' in body.replace(b" ", b""):
                writer.write(
                    b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
                )
                for piece in STREAM:
                    writer.write(b"%x\r\n%s\r\n" % (len(piece), piece))
                writer.write(b"0\r\n\r\n")
            else:
                writer.write(ANSWERS.get(path, OTHER))
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


async def main() -> None:
    server = await asyncio.start_server(_serve, "127.0.0.1", 0)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
