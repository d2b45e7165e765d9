"""Where nothing secret is: CPython's standard library, and logs that real programs and logging formats wrote."""

from __future__ import annotations

import io
import logging
import random
import subprocess
import sys
import sysconfig
import uuid
from collections.abc import Iterator
from pathlib import Path

_PIECE = 100_000
_FORMATS = (
    "%(asctime)s %(levelname)s %(name)s %(message)s",
    "%(asctime)s,%(msecs)03d [%(process)d] %(levelname)-8s %(name)s:%(lineno)d - %(message)s",
    '{"ts":"%(asctime)s","level":"%(levelname)s","logger":"%(name)s","msg":"%(message)s"}',
    "%(levelname)s:%(name)s:%(message)s",
)
_MESSAGES = (
    "request {uuid} finished in {number} ms with status 200", "GET /api/v1/items/{number}?page=2 HTTP/1.1 304 {number}",
    "checked out {sha}", "pulled image registry.example.org/app@sha256:{sha}{sha}", "cache miss for key user:{number}:profile",
    "token usage: prompt_tokens={number} completion_tokens={number} max_tokens=4096", "worker {number} started, pid {number}",
    "etag W/{sha} matched", "retrying in {number} s (attempt 3 of 5)", "loaded secret 'db-credentials' from vault mount kv/prod",
    "password policy updated by operator", "session opened for uid=1000", "trace_id={sha} span_id=00f067aa0ba902b7", "wrote {number} rows to table api_keys",
    "authentication failed: invalid api key", "schema migration {number}_add_token_index applied", "GC pause {number} us, heap {number} MiB",
)  # fmt: skip
_PROGRAMS = (
    (sys.executable, "-X", "importtime", "-c", "import asyncio, json, ssl"),
    (sys.executable, "-m", "sysconfig"),
    (sys.executable, "-m", "unittest", "-v", "json.tool"),
    (sys.executable, "-m", "dis", str(Path(sysconfig.get_paths()["stdlib"]) / "hmac.py")),
    (sys.executable, "-m", "tokenize", str(Path(sysconfig.get_paths()["stdlib"]) / "token.py")),
)


def library(*, every: int = 1) -> Iterator[str]:
    """The sources of the standard library, in pieces; `every`: only each so many files."""
    folder = Path(sysconfig.get_paths()["stdlib"])
    files = [
        each
        for each in sorted(folder.rglob("*.py"))
        if not {"site-packages", "test", "tests", "idlelib"} & set(each.parts)
    ]
    for file in files[::every]:
        text = file.read_text(encoding="utf-8", errors="replace")
        yield from (text[at : at + _PIECE] for at in range(0, len(text), _PIECE))


def logs(seed: int, *, lines: int = 4000) -> Iterator[str]:
    """Logs in four formats, and what programs say of themselves."""
    rng = random.Random(seed)
    for layout in _FORMATS:
        yield _written(layout, rng, lines // len(_FORMATS))
    for command in _PROGRAMS:
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        yield (done.stdout + done.stderr)[:_PIECE]


def _written(layout: str, rng: random.Random, lines: int) -> str:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logging.Formatter(layout))
    for _ in range(lines):
        message = rng.choice(_MESSAGES)
        handler.emit(
            logging.makeLogRecord({"msg": message.format(**_facts(rng)), "name": "app.server", "levelname": "INFO"})
        )
    return stream.getvalue()


def _facts(rng: random.Random) -> dict[str, object]:
    return {
        "uuid": uuid.UUID(int=rng.getrandbits(128), version=4),
        "sha": f"{rng.getrandbits(128):032x}",
        "number": rng.randrange(10, 99_999),
    }
