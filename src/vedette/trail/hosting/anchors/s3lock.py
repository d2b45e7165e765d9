"""`s3lock:` a bucket with object lock: each note an object that nobody can delete or change before its date.

Plain HTTPS, signed by `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY` (docs/decisions/0022). `days` (400) is how long
an object is locked, in compliance mode; `region` comes from the address, `AWS_REGION`, or is us-east-1.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta, timezone
from hashlib import sha256
from urllib.parse import quote, urlsplit
from xml.etree import ElementTree

from vedette.trail.hosting.anchors.anchor import Anchor, BadAnchor, Failed, Forked, Growing, Statement
from vedette.trail.hosting.anchors.file import place
from vedette.trail.hosting.anchors.http import Answer, ask, checked
from vedette.trail.hosting.anchors.sigv4 import Credentials, Request, signed

DAYS = 400
MOST_PAGES = 1000
_STAMP = "%Y-%m-%dT%H:%M:%S"


def make(where: str, options: Mapping[str, str]) -> Anchor:
    parts = urlsplit(checked(where))
    days = options.get("days", str(DAYS))
    if not parts.path.strip("/") or not days.isdigit() or not int(days):
        raise BadAnchor(f"s3lock:{where} needs a bucket in its path, and #days= a number")
    return Bucket(where.rstrip("/"), int(days), options.get("region") or _region(parts.hostname or ""))


def _region(host: str) -> str:
    """`s3.eu-central-1.amazonaws.com` names it; other stores take what the environment says."""
    parts = host.split(".")
    if host.endswith(".amazonaws.com") and len(parts) > 3:
        return parts[-3]
    return os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or "us-east-1"


class Bucket:
    """One bucket, path-style: the first part of the path names it, the rest is a prefix of names."""

    kind = "s3lock"

    def __init__(self, url: str, days: int, region: str) -> None:
        parts = urlsplit(url)
        self._base = f"{parts.scheme}://{parts.netloc}"
        self._bucket, _, prefix = parts.path.strip("/").partition("/")
        self._prefix = f"{prefix}/" if prefix else ""
        self._days = days
        self._region = region
        self.name = f"{parts.hostname}{parts.path}"

    def attest(self, log: Growing) -> Statement:
        note = log.note.encode()
        path = self._path(self._prefix + place(log.note))
        until = datetime.now(timezone.utc) + timedelta(days=self._days)
        lock = {
            "x-amz-object-lock-mode": "COMPLIANCE",
            "x-amz-object-lock-retain-until-date": until.strftime(f"{_STAMP}Z"),
            "x-amz-checksum-sha256": base64.b64encode(sha256(note).digest()).decode(),
            "if-none-match": "*",
        }
        answer = self._ask("PUT", path, {}, note, lock)
        if answer.status in (409, 412):
            self._same(path, log.note)
        elif answer.status != 200:
            raise Failed(f"{self.name} answered {answer.status}")
        return Statement(self.kind, self.name, log.note)

    def _same(self, path: str, note: str) -> None:
        answer = self._ask("GET", path, {})
        if answer.status != 200:
            raise Failed(f"{self.name} answered {answer.status}")
        if answer.body.decode("utf-8", "replace").rpartition("\n\n")[0] != note.rpartition("\n\n")[0]:
            raise Forked(f"{self.name} holds another note of this size")

    def _path(self, key: str) -> str:
        return quote(f"/{self._bucket}/{key}")

    def _ask(
        self, method: str, path: str, query: Mapping[str, str], body: bytes = b"", more: Mapping[str, str] | None = None
    ) -> Answer:
        account = Credentials.of(os.environ)
        url, headers = signed(account, self._region, Request(method, f"{self._base}{path}", query, body, more or {}))
        return ask(method, url, body, headers)

    def time(self, statement: Statement) -> None:
        return None

    def kept(self, trail: str) -> Iterator[tuple[Statement, int]]:
        """All notes of a trail, with the times at which the store says it took them."""
        for key, time in self._listed(f"{self._prefix}{trail}/"):
            answer = self._ask("GET", self._path(key), {})
            if answer.status != 200:
                raise Failed(f"{self.name} answered {answer.status}")
            yield Statement(self.kind, self.name, answer.body.decode("utf-8", "replace")), time

    def _listed(self, prefix: str) -> Iterator[tuple[str, int]]:
        query = {"list-type": "2", "prefix": prefix}
        for _ in range(MOST_PAGES):
            answer = self._ask("GET", f"/{self._bucket}", query)
            page = _page(answer)
            if page is None:
                raise Failed(f"{self.name} answered {answer.status} to a list")
            for each in page.iterfind("{*}Contents"):
                yield each.findtext("{*}Key", ""), _time(each.findtext("{*}LastModified", ""))
            token = page.findtext("{*}NextContinuationToken")
            if not token:
                return
            query = {**query, "continuation-token": token}


def _page(answer: Answer) -> ElementTree.Element | None:
    """An answer of the store that was asked for its own list: no entity of it is expanded beyond expat's own limit."""
    try:
        return ElementTree.fromstring(answer.body) if answer.status == 200 else None  # noqa: S314 - see above
    except ElementTree.ParseError:
        return None


def _time(text: str) -> int:
    try:
        found = datetime.strptime(text[:19], _STAMP).replace(tzinfo=timezone.utc)
    except ValueError:
        return 0
    return int(found.timestamp()) * 10**9
