"""JSON over HTTP to a backend: patient where it asks for time, strict in all else. Imported late, like `requests`.

A redirect is not followed, so that keys go nowhere else; TLS never falls back; answers are bounded in size and time.
What fails is said in one line without the address's password.
"""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import requests

from vedette.trail.proving.verdicts import plain
from vedette.trail.shipping.answer import retry_after
from vedette.trail.shipping.otlp import unobserved
from vedette.trail.sources.request import Unreachable

TRIES = 8
TRIES_TO_CONNECT = 4
TIMEOUT = (5.0, 60.0)
PAGE_TIME = 300.0
MOST_BYTES = 512 * 1024 * 1024
_CHUNK = 64 * 1024
_LATER = frozenset({408, 429, 502, 503, 504})
_LONGEST_PAUSE = 30.0
_NOTHING: Mapping[str, str] = {}


class Api:
    """One server. `options` are the query of its address, which is for us and not sent."""

    def __init__(self, address: str, headers: Mapping[str, str]) -> None:
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise Unreachable(f"{plain(address.rpartition('@')[2])}: write http:// or https:// and the host")
        self.base = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path.rstrip('/')}"
        self.options = dict(parse_qsl(parts.query))
        self._session = requests.Session()
        self._session.headers.update({"User-Agent": "vedette", "Accept": "application/json", **headers})
        if parts.username is not None:
            self._session.auth = (unquote(parts.username), unquote(parts.password or ""))

    def ask(self, method: str, path: str, query: Mapping[str, str] = _NOTHING, *, body: Any = None) -> Any:
        """The JSON of the answer. Raises `Unreachable`."""
        status, answer = self.attempt(method, path, query, body=body)
        if status != 200:
            raise Unreachable(f"{self.base}: {status} {reason(answer)}")
        try:
            return json.loads(answer)
        except (ValueError, RecursionError):
            raise Unreachable(f"{self.base}: the answer is not JSON") from None

    def attempt(
        self, method: str, path: str, query: Mapping[str, str] = _NOTHING, *, body: Any = None, hasty: bool = False
    ) -> tuple[int, bytes]:
        """Status and body of the answer, whatever the status is but for "later", which is waited for.

        `hasty`: a timeout, or a connection that was cut, is an answer too: 504, or 0.
        """
        tries = TRIES
        for attempt in itertools.count(1):
            try:
                status, answer, wish = self._exchange(method, path, body, query)
                problem = f"{status} {reason(answer)}"
            except (requests.RequestException, ValueError) as error:
                status, answer, wish, tries = 0, b"", None, TRIES_TO_CONNECT
                problem = type(error).__name__
            if status not in (0, *_LATER) or (hasty and status in (0, 504)):
                return status, answer
            if attempt >= tries:
                break
            time.sleep(min(0.05 * 2**attempt if wish is None else wish, _LONGEST_PAUSE))
        raise Unreachable(f"{self.base}: {problem}, {attempt} times")

    def _exchange(self, method: str, path: str, body: Any, query: Mapping[str, str]) -> tuple[int, bytes, float | None]:
        with (
            unobserved(),
            self._session.request(
                method,
                self.base + path,
                params=query,
                json=body,
                timeout=TIMEOUT,
                allow_redirects=False,
                stream=True,
            ) as response,
        ):
            wish = retry_after(response.headers.get("Retry-After"))
            return response.status_code, _read(response), wish

    def close(self) -> None:
        self._session.close()


def _read(response: requests.Response) -> bytes:
    body, end = bytearray(), time.monotonic() + PAGE_TIME
    for chunk in response.iter_content(_CHUNK):
        body += chunk
        if len(body) > MOST_BYTES:
            raise requests.RequestException("the answer is larger than 512 MiB")
        if time.monotonic() > end:
            raise requests.Timeout("the answer came too slowly")
    return bytes(body)


def reason(answer: bytes) -> str:
    """The first words of what a server says of its refusal."""
    return plain(" ".join(answer[:300].decode("utf-8", "replace").split()))
