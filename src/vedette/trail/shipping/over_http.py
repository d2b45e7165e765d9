"""OTLP over HTTP: protobuf, gzip level 1, one connection. Imported late: `requests` costs a quarter of a second.

A redirect is not followed, TLS never falls back to plaintext, and an answer is read up to a limit and a deadline.
"""

from __future__ import annotations

import gzip
import time
from dataclasses import replace

import requests

from vedette.trail.shipping.answer import NO_CLIENT, NOT_OTLP, TIMEOUT, UNREACHABLE, Answer, retry_after, skew
from vedette.trail.shipping.otlp import MESSAGE, read_success, unobserved
from vedette.trail.shipping.target import Target

CONNECT = 5.0
_ANSWER = 64 * 1024


class Client:
    """One HTTP session to one collector. Not thread-safe."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._headers = {
            "User-Agent": "vedette",
            **target.headers,
            "Content-Type": "application/x-protobuf",
            **({"Content-Encoding": "gzip"} if target.gzip else {}),
        }
        self._session = requests.Session()
        self._verify: str | None = target.certificate or None
        if target.client_certificate:
            pair = (target.client_certificate, target.client_key)
            self._session.cert = pair if target.client_key else target.client_certificate

    def send(self, message: bytes) -> Answer:
        """One request. Whatever happens is an answer; nothing is raised for what a network or a server does."""
        try:
            with unobserved():
                return self._exchange(gzip.compress(message, 1, mtime=0) if self._target.gzip else message)
        except requests.Timeout as error:
            return Answer(TIMEOUT, message=type(error).__name__)
        except ValueError as error:  # an address, a header or a proxy that cannot be one
            return Answer(NO_CLIENT, message=type(error).__name__)
        except requests.RequestException as error:
            return Answer(UNREACHABLE, message=type(error).__name__)
        except OSError as error:  # a certificate file that is not there
            return Answer(NO_CLIENT, message=str(error)[:MESSAGE])

    def _exchange(self, body: bytes) -> Answer:
        timeout = self._target.timeout
        end = time.monotonic() + timeout
        with self._session.post(
            self._target.endpoint,
            data=body,
            headers=self._headers,
            timeout=(min(CONNECT, timeout), timeout),
            allow_redirects=False,
            verify=self._verify,  # not on the session: there REQUESTS_CA_BUNDLE and CURL_CA_BUNDLE would win over it
            stream=True,
        ) as response:
            clock = skew(response.headers.get("Date"))
            return replace(_answer(response, _read(response, end)), skew=clock)

    def close(self) -> None:
        self._session.close()


def _read(response: requests.Response, end: float) -> bytes:
    """The body, byte by byte out of the buffer: a read of more would wait for it, however slowly it drips."""
    body = bytearray()
    for byte in response.iter_content(1):
        body += byte
        if len(body) >= _ANSWER:
            break
        if time.monotonic() > end:
            raise requests.Timeout("the answer came too slowly")
    return bytes(body)


def _answer(response: requests.Response, body: bytes) -> Answer:
    status = str(response.status_code)
    if not response.ok or response.status_code >= 300:
        wish = retry_after(response.headers.get("Retry-After"))
        return Answer(status, message=body[:MESSAGE].decode("utf-8", "replace"), retry_after=wish)
    if "html" in response.headers.get("Content-Type", "").lower():
        return Answer(NOT_OTLP, message="a web page, not an OTLP answer")  # a login page, a proxy: nothing was stored
    return read_success(status, body)
