"""One HTTP request for an anchor: bounded in time and size, no redirects, no plaintext instead of TLS, unobserved."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import requests

from vedette.trail.hosting.anchors.anchor import BadAnchor, Failed
from vedette.trail.shipping.otlp import unobserved

CONNECT = 5.0
TIMEOUT = 10.0
MOST = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    kind: str
    body: bytes


def checked(url: str) -> str:
    """A URL that can be asked. Raises `BadAnchor`."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise BadAnchor(f"{url!r} is not an http or https address")
    return url


def ask(method: str, url: str, body: bytes = b"", headers: Mapping[str, str] | None = None) -> Answer:
    """The answer, whatever its status. Raises `Failed` where there is none."""
    try:
        with unobserved():
            return _asked(method, url, body, dict(headers or {}))
    except requests.RequestException as error:
        raise Failed(f"{urlsplit(url).hostname} cannot be reached ({type(error).__name__})") from error


def _asked(method: str, url: str, body: bytes, headers: dict[str, str]) -> Answer:
    end = time.monotonic() + TIMEOUT
    found = bytearray()
    with requests.request(
        method, url, data=body, headers=headers, timeout=(CONNECT, TIMEOUT), allow_redirects=False, stream=True
    ) as response:
        for piece in response.iter_content(16 * 1024):
            found += piece
            if len(found) > MOST or time.monotonic() > end:
                raise requests.Timeout("the answer is too long, or came too slowly")
        return Answer(response.status_code, response.headers.get("Content-Type", ""), bytes(found))
