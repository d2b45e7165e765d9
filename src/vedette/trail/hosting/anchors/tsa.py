"""`tsa:` a time stamp authority (RFC 3161). It is sent the hash of a host note and answers: this existed before T.

Needs `rfc3161-client` (the extra `anchor`), which is strict about DER. The authority's certificates are pinned by
`ca`; without them tokens are fetched and kept, and prove nothing until somebody names the certificates.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timezone
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from vedette import late
from vedette.trail.hosting.anchors.anchor import Anchor, BadAnchor, Failed, Growing, NotProven, Statement
from vedette.trail.hosting.anchors.http import ask, checked

GRANTED = 0


def make(where: str, options: Mapping[str, str]) -> Anchor:
    return TimeStamps(checked(where), options.get("ca", ""))


class TimeStamps:
    """One authority."""

    kind = "tsa"

    def __init__(self, url: str, certificates: str) -> None:
        self._url = url
        self._ca = certificates
        self.name = urlsplit(url).netloc.rpartition("@")[2]
        self._client = _client()
        self._roots: list[Any] | None = None

    def attest(self, log: Growing) -> Statement:
        builder = self._client.TimestampRequestBuilder().data(log.note.encode())
        request = builder.hash_algorithm(self._client.base.HashAlgorithm.SHA256).build()
        answer = ask("POST", self._url, request.as_bytes(), {"Content-Type": "application/timestamp-query"})
        if answer.status != 200:
            raise Failed(f"{self.name} answered {answer.status}")
        token = self._read(answer.body)
        if token.status != GRANTED or token.tst_info.nonce != request.nonce:
            raise Failed(f"{self.name} did not grant a time stamp")
        if token.tst_info.message_imprint.message != sha256(log.note.encode()).digest():
            raise Failed(f"{self.name} stamped something else")
        return Statement(self.kind, self.name, log.note, answer.body)

    def _read(self, body: bytes) -> Any:
        try:
            return self._client.decode_timestamp_response(body)
        except ValueError as error:
            raise Failed(f"{self.name} answered something that is no time stamp") from error

    def time(self, statement: Statement) -> int:
        if not self._ca:
            raise NotProven(f"no certificate of {self.name} is pinned (#ca=FILE)")
        try:
            token = self._client.decode_timestamp_response(statement.token)
            verifier = self._client.VerifierBuilder(roots=self._pinned()).build()
            verifier.verify_message(token, statement.note.encode())
            stamped: datetime = token.tst_info.gen_time.replace(tzinfo=timezone.utc)
        except (ValueError, self._client.VerificationError) as error:
            raise NotProven(f"{self.name}: {error}") from error
        return int(stamped.timestamp()) * 10**9 + stamped.microsecond * 1000

    def _pinned(self) -> list[Any]:
        """The certificates of the file, read once."""
        if self._roots is None:
            load = late.module("cryptography.x509").load_pem_x509_certificates
            try:
                self._roots = load(Path(self._ca).read_bytes())
            except (OSError, ValueError) as error:
                raise NotProven(f"{self._ca} holds no certificates") from error
        return self._roots

    def kept(self, trail: str) -> Iterator[tuple[Statement, int]]:
        return iter(())


def _client() -> Any:
    try:
        return late.module("rfc3161_client")
    except ImportError as error:
        raise BadAnchor("tsa: needs rfc3161-client; run `pip install 'vedette[anchor]'`") from error
