"""Elasticsearch and OpenSearch: `elasticsearch:https://USER:PASSWORD@HOST/INDEX[?field=F]`, or `opensearch:`.

A point in time holds still what is there; pages follow each other by `search_after`. The body is a string leaf, which
both keep whole: `body.text` (the Collector's exporter), or `body`, or the field F. All else is an index of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

from vedette.trail.proving.known import Source
from vedette.trail.sources.http import Api
from vedette.trail.sources.request import Request, Unreachable

PAGE = 1000
KEEP = "2m"
BODIES = ("body.text", "body", "body_text")
MOST_NESTED = 6


class Elastic(Source):
    """All records in an index, an alias, a data stream or a pattern of them."""

    def __init__(self, request: Request) -> None:
        super().__init__()
        address, _, query = request.where.partition("?")
        server, _, index = address.rpartition("/")
        if not index or server.endswith("/"):
            raise Unreachable("name the index, as in elasticsearch:https://host:9200/logs-vedette")
        self._api = Api(f"{server}?{query}", request.headers)
        self._index = quote(index, safe=",*")
        self._request = request
        self._where = index
        self._point = ""

    def where(self) -> str:
        return self._where

    def __iter__(self) -> Iterator[str]:
        try:
            with self._point_in_time() as sort:
                for hit in self._hits(sort):
                    yield from self._body(hit)
        finally:
            self._api.close()

    @contextmanager
    def _point_in_time(self) -> Iterator[list[Any]]:
        """Yields the sort that gives each document one place: the two products differ in that as well."""
        about = self._api.ask("GET", "/")
        version = about.get("version") if isinstance(about, dict) else None
        opensearch = isinstance(version, dict) and version.get("distribution") == "opensearch"
        path, name = ("/_search/point_in_time", "pit_id") if opensearch else ("/_pit", "id")
        made = self._api.ask("POST", f"/{self._index}{path}", {"keep_alive": KEEP})
        point = made.get(name) if isinstance(made, dict) else None
        if type(point) is not str:
            raise Unreachable(f"{self._api.base}: no point in time")
        try:
            self._point = point
            yield [{"_id": "asc"}] if opensearch else [{"_shard_doc": "asc"}]
        finally:
            self._api.attempt("DELETE", path, body={name: [self._point] if opensearch else self._point})

    def _hits(self, sort: list[Any]) -> Iterator[Mapping[str, Any]]:
        search = {"size": PAGE, "sort": sort, "query": self._query(), "track_total_hits": True}
        after: Any = None
        while True:
            more = {"pit": {"id": self._point, "keep_alive": KEEP}} | ({"search_after": after} if after else {})
            answer = self._page({**search, **more})
            self._point, hits = answer.get("pit_id", self._point), answer["hits"]["hits"]
            yield from hits
            if len(hits) < PAGE:
                return
            after = hits[-1].get("sort")
            search["track_total_hits"] = False

    def _page(self, search: Mapping[str, Any]) -> Any:
        """One page, whole: what a shard could not say must not pass for missing."""
        answer = self._api.ask("POST", "/_search", {"allow_partial_search_results": "false"}, body=search)
        try:
            if answer.get("timed_out") or answer.get("_shards", {}).get("failed"):
                raise Unreachable(f"{self._api.base}: not all shards answered")
            total = answer["hits"].get("total")
            self.total = int(total["value"]) if total else self.total
            answer["hits"]["hits"][:]
        except (KeyError, TypeError, AttributeError, ValueError):
            raise Unreachable(f"{self._api.base}: not the answer of a search") from None
        return answer

    def _query(self) -> dict[str, Any]:
        """Narrowed by time, but for checkpoints, and by stream."""
        window, stream = self._request.window, self._request.stream
        filters: list[dict[str, Any]] = []
        if window:
            bounds = {"gte": str(window.begin_ns // 10**6)}
            bounds |= {"lte": str(window.end_ns(0) // 10**6 + 1)} if window.until_ns else {}
            within = {"range": {"@timestamp": {**bounds, "format": "epoch_millis"}}}
            filters.append(_any(within, *_terms("attributes.vedette.type", "checkpoint")))
        if stream:
            filters.append(_any(*_terms("attributes.vedette.stream.id", stream)))
        return {"bool": {"filter": filters}} if filters else {"match_all": {}}

    def _body(self, hit: Any) -> Iterator[str]:
        self.done += 1
        source = hit.get("_source") if isinstance(hit, dict) else None
        self._where = f"document {hit.get('_id')}" if isinstance(hit, dict) else "a document"
        names = (self._api.options["field"],) if "field" in self._api.options else BODIES
        found = [_at(source, name) for name in names]
        body = next((each for each in found if type(each) is str), None)
        if body is None:
            self.complain("a document without a text body")
            return
        self.index = flat(_at(source, "attributes"))
        yield body
        self.index = None


def _any(*queries: dict[str, Any]) -> dict[str, Any]:
    return {"bool": {"should": list(queries), "minimum_should_match": 1}}


def _terms(name: str, value: str) -> list[dict[str, Any]]:
    """How a name was mapped is not known, so both ways are tried."""
    return [{"term": {each: value}} for each in (name, f"{name}.keyword")]


def _at(document: Any, path: str) -> Any:
    """What stands at `path`, whether its names are nested or dotted."""
    if not isinstance(document, dict):
        return None
    if path in document:
        return document[path]
    name, dot, rest = path.partition(".")
    return _at(document.get(name), rest) if dot else None


def flat(value: Any, prefix: str = "", depth: int = MOST_NESTED) -> dict[str, Any]:
    """Attributes under dotted names; a synthetic `_source` nests them."""
    if not isinstance(value, dict):
        return {prefix: value} if prefix else {}
    found: dict[str, Any] = {}
    for name, each in value.items() if depth else ():
        found |= flat(each, f"{prefix}.{name}" if prefix else str(name), depth - 1)
    return found
