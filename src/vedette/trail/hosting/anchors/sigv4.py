"""AWS Signature Version 4 for one request to an S3 store: sixty lines instead of a client library in the host."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from hashlib import sha256
from urllib.parse import quote, urlsplit

from vedette.trail.hosting.anchors.anchor import Failed

_ALGORITHM = "AWS4-HMAC-SHA256"


@dataclass(frozen=True, slots=True)
class Credentials:
    """An account's keys; they are not shown."""

    key: str
    secret: str = field(repr=False)
    token: str = field(default="", repr=False)

    @classmethod
    def of(cls, env: Mapping[str, str]) -> Credentials:
        """Those of the environment. Raises `Failed` where there are none."""
        key, secret = env.get("AWS_ACCESS_KEY_ID", ""), env.get("AWS_SECRET_ACCESS_KEY", "")
        if not key or not secret:
            raise Failed("AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set")
        return cls(key, secret, env.get("AWS_SESSION_TOKEN", ""))


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked. `headers` are lower-case; `query` is not escaped yet, the path of `url` is."""

    method: str
    url: str
    query: Mapping[str, str]
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


def signed(
    account: Credentials, region: str, request: Request, now: datetime | None = None
) -> tuple[str, dict[str, str]]:
    """The whole URL, and the headers that authorise the request."""
    stamp = (now or datetime.now(timezone.utc)).strftime("%Y%m%dT%H%M%SZ")
    parts = urlsplit(request.url)
    digest = sha256(request.body).hexdigest()
    headers = {"host": parts.netloc, "x-amz-date": stamp, "x-amz-content-sha256": digest, **request.headers}
    if account.token:
        headers["x-amz-security-token"] = account.token
    names = ";".join(sorted(headers))
    query = request.query
    asked = "&".join(f"{quote(name, safe='')}={quote(query[name], safe='')}" for name in sorted(query))
    lines = "".join(f"{name}:{headers[name].strip()}\n" for name in sorted(headers))
    canonical = f"{request.method}\n{parts.path or '/'}\n{asked}\n{lines}\n{names}\n{digest}"
    scope = f"{stamp[:8]}/{region}/s3/aws4_request"
    to_sign = f"{_ALGORITHM}\n{stamp}\n{scope}\n{sha256(canonical.encode()).hexdigest()}"
    signature = hmac.new(_key(account.secret, scope), to_sign.encode(), sha256).hexdigest()
    headers["authorization"] = (
        f"{_ALGORITHM} Credential={account.key}/{scope}, SignedHeaders={names}, Signature={signature}"
    )
    return request.url + (f"?{asked}" if asked else ""), headers


def _key(secret: str, scope: str) -> bytes:
    key = f"AWS4{secret}".encode()
    for part in scope.split("/"):
        key = hmac.new(key, part.encode(), sha256).digest()
    return key
