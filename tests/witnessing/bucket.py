"""An object store with object lock: it checks signatures, digests and locks as S3 does, and never deletes."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from tests.witnessing.serving import Reply, served

KEY, SECRET, REGION = "test-access-key", "test-secret-of-nothing", "eu-test-1"
PAGE = 2
"""So many objects are listed at a time."""


@dataclass
class Store:
    """`objects` maps a path to its bytes and its lock (mode, until)."""

    objects: dict[str, tuple[bytes, tuple[str, str]]] = field(default_factory=dict)
    away: bool = False

    def answer(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Reply:
        if self.away:
            return Reply(503)
        if not _is_signed(method, path, headers, body):
            return Reply(403)
        parts = urlsplit(path)
        query = dict(parse_qsl(parts.query))
        if method == "GET" and "list-type" in query:
            return self._listed(unquote(parts.path), query)
        if method == "GET":
            found = self.objects.get(unquote(parts.path))
            return Reply(200, found[0]) if found else Reply(404)
        return self._put(unquote(parts.path), headers, body)

    def _put(self, path: str, headers: Mapping[str, str], body: bytes) -> Reply:
        if base64.b64decode(headers.get("x-amz-checksum-sha256", "")) != hashlib.sha256(body).digest():
            return Reply(400)  # a store with object lock takes nothing without a digest
        if headers.get("if-none-match") == "*" and path in self.objects:
            return Reply(412)
        lock = (headers.get("x-amz-object-lock-mode", ""), headers.get("x-amz-object-lock-retain-until-date", ""))
        self.objects[path] = (body, lock)
        return Reply(200)

    def _listed(self, bucket: str, query: Mapping[str, str]) -> Reply:
        names = sorted(each.removeprefix(f"{bucket}/") for each in self.objects)
        names = [each for each in names if each.startswith(query.get("prefix", ""))]
        begin = int(query.get("continuation-token", "0"))
        page = names[begin : begin + PAGE]
        entries = "".join(
            f"<Contents><Key>{each}</Key><LastModified>2026-11-25T12:00:00.000Z</LastModified></Contents>"
            for each in page
        )
        more = begin + PAGE < len(names)
        token = f"<NextContinuationToken>{begin + PAGE}</NextContinuationToken>" if more else ""
        body = f'<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">{entries}{token}</ListBucketResult>'
        return Reply(200, body.encode())


def _is_signed(method: str, path: str, headers: Mapping[str, str], body: bytes) -> bool:
    """AWS Signature Version 4, checked by its description."""
    fields = dict(
        part.strip().split("=", 1) for part in headers.get("authorization", "").partition(" ")[2].split(",") if part
    )
    parts = urlsplit(path)
    names = fields.get("SignedHeaders", "").split(";")
    query = sorted((quote(name, safe=""), quote(value, safe="")) for name, value in parse_qsl(parts.query))
    asked = "&".join(f"{name}={value}" for name, value in query)
    lines = "".join(f"{name}:{headers.get(name, '').strip()}\n" for name in names)
    digest = hashlib.sha256(body).hexdigest()
    canonical = f"{method}\n{parts.path}\n{asked}\n{lines}\n{';'.join(names)}\n{digest}"
    stamp = headers.get("x-amz-date", "")
    scope = f"{stamp[:8]}/{REGION}/s3/aws4_request"
    to_sign = f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    key = b"AWS4" + SECRET.encode()
    for part in scope.split("/"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    signature = hmac.new(key, to_sign.encode(), hashlib.sha256).hexdigest()
    told = headers.get("x-amz-content-sha256") == digest and fields.get("Credential") == f"{KEY}/{scope}"
    return told and "host" in names and hmac.compare_digest(fields.get("Signature", ""), signature)


@contextmanager
def store() -> Iterator[tuple[Store, str]]:
    """The store, and its entry in VEDETTE_ANCHORS."""
    made = Store()
    with served(made.answer) as url:
        yield made, f"s3lock:{url}/audit/anchors#days=30&region={REGION}"
