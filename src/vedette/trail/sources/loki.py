"""Loki, by its LogQL API: `loki:https://USER:PASSWORD@HOST[?tenant=T&label=L&query=Q]`.

Every trail stream is a Loki stream of its own (label `vedette_stream_id`, or L), read forward in pages. Entries of one
stamp come in any order, so a page begins at the last stamp of the one before, and what came already is left out.
Loki refuses ranges above 721 hours and gRPC answers above 4 MiB: hence slices of 30 days and 1,000 entries a page.
Without such a label, Q is a LogQL log query that finds the records, such as `{service_name=~".+"} | vedette_type!=""`.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from vedette.trail.proving.known import Source
from vedette.trail.sources.http import Api, reason
from vedette.trail.sources.request import Request, Unreachable

FIRST, PAGE, LEAST = 100, 1000, 15
"""Entries of the first page, of any, and so few that they fit whatever they hold: a line has 256 KB at most."""
ROOM = 2 * 1024 * 1024
_LABELS = 1024
_CHECKPOINTS = ' | vedette_type="checkpoint"'
MOST = 5000
"""Loki's default limit of one query: so many entries of one stamp can be read, no more."""
DAY_NS = 86_400 * 10**9
SLICE_NS = 30 * DAY_NS
REACH_NS = 400 * DAY_NS
"""How far back it is read where no `--since` is given: the default retention."""

Labels = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Entry:
    time: int
    line: str
    labels: Labels

    @property
    def key(self) -> tuple[int, str, str]:
        return self.time, self.line, json.dumps(self.labels, sort_keys=True)


class Loki(Source):
    """All records of one tenant in a window, stream by stream."""

    def __init__(self, request: Request) -> None:
        super().__init__()
        self._api = Api(request.where, request.headers)
        tenant = self._api.options.get("tenant")
        if tenant:
            self._api = Api(request.where, {"X-Scope-OrgID": tenant, **request.headers})
        self._request = request
        self._where = ""

    def where(self) -> str:
        return self._where

    def __iter__(self) -> Iterator[str]:
        try:
            for begin, end, only in _slices(self._request):
                for query in self._queries(begin, end):
                    yield from self._stream(query + only, begin, end)
        finally:
            self._api.close()

    def _queries(self, begin: int, end: int) -> list[str]:
        options = self._api.options
        if "query" in options:
            return [options["query"]]
        label = options.get("label", "vedette_stream_id")
        if self._request.stream:
            return [_selector(label, self._request.stream)]
        found = self._api.ask("GET", f"/loki/api/v1/label/{label}/values", query={"start": str(begin), "end": str(end)})
        values = found.get("data") if isinstance(found, dict) else None
        return [_selector(label, str(value)) for value in values or ()]

    def _stream(self, query: str, begin: int, end: int) -> Iterator[str]:
        for entry in self._entries(query, begin, end):
            self._where, self.index = f"{query} at {entry.time}", entry.labels
            self.done += 1
            yield entry.line
        self.index = None

    def _entries(self, query: str, begin: int, end: int) -> Iterator[Entry]:
        limit, seen = FIRST, frozenset[tuple[int, str, str]]()
        while True:
            page, limit = self._page(query, begin, end, limit)
            yield from (entry for entry in page if entry.time > begin or entry.key not in seen)
            if len(page) < limit:
                return
            limit = self._next_limit(page, limit)
            begin = page[-1].time
            seen = frozenset(entry.key for entry in page if entry.time == begin)

    def _next_limit(self, page: list[Entry], limit: int) -> int:
        """As many as fit, by the size of the last ones. A page of one stamp alone is passed by a larger one only."""
        if page[0].time < page[-1].time:
            size = sum(len(entry.line) + _LABELS for entry in page) // len(page)
            return min(max(ROOM // size, LEAST), PAGE)
        if limit == MOST:
            raise Unreachable(f"{self._api.base}: more than {MOST} entries of one time, which Loki cannot page through")
        return min(limit * 4, MOST)

    def _page(self, query: str, begin: int, end: int, limit: int) -> tuple[list[Entry], int]:
        """The first entries from `begin` up to before `end`, ascending, and how many were asked for in the end.

        Loki has no answer for a page that is too large: it lets the request run into its timeout, or cuts it.
        """
        span = {"query": query, "start": str(begin), "end": str(end), "direction": "forward"}
        while True:
            asked = {**span, "limit": str(limit)}
            status, answer = self._api.attempt("GET", "/loki/api/v1/query_range", asked, hasty=limit > LEAST)
            if status == 200:
                return self._read(answer), limit
            if status not in (0, 500, 504) or limit <= LEAST:
                raise Unreachable(f"{self._api.base}: {status} {reason(answer)}")
            limit = max(limit // 8, LEAST)

    def _read(self, answer: bytes) -> list[Entry]:
        try:
            results = json.loads(answer)["data"]["result"]
            found = [
                Entry(int(at), str(line), dict(each["stream"])) for each in results for at, line, *_ in each["values"]
            ]
        except (KeyError, TypeError, ValueError, RecursionError):
            raise Unreachable(f"{self._api.base}: not the answer of a LogQL log query") from None
        return sorted(found, key=lambda entry: entry.time)


def _selector(label: str, value: str) -> str:
    return f"{{{label}={json.dumps(value)}}}"


def _slices(request: Request) -> Iterator[tuple[int, int, str]]:
    """Begin, end and filter of each query: before a window, only checkpoints are asked for."""
    now = time.time_ns()
    end, reach = request.window.end_ns(now + DAY_NS), now - REACH_NS
    begin = request.window.begin_ns or reach
    spans = [(reach, begin, _CHECKPOINTS), (begin, end, "")]
    for first, last, only in spans:
        for at in range(first, last, SLICE_NS):
            yield at, min(at + SLICE_NS, last), only
