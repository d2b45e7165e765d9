"""The search API of Elasticsearch and of OpenSearch: a point in time, `search_after`, and what they refuse."""

from __future__ import annotations

import base64
import random
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.stores.server import Answer, Asked, serve

LARGEST_WINDOW = 10_000


@dataclass(slots=True)
class Elastic:
    """`documents` are the sources of one index. `lame`: a shard fails. A point in time has a new id with each page."""

    documents: list[dict[str, Any]]
    index: str = "logs-vedette"
    opensearch: bool = False
    password: str = ""
    throttle: int = 0
    lame: bool = False
    gone: set[str] = field(default_factory=set)
    asked: list[Asked] = field(default_factory=list)
    points: dict[str, list[tuple[str, dict[str, Any]]]] = field(default_factory=dict)

    def answer(self, asked: Asked) -> Answer:
        self.asked.append(asked)
        wanted = "Basic " + base64.b64encode(f"audit:{self.password}".encode()).decode()
        if self.password and asked.headers.get("authorization") != wanted:
            return Answer({"error": {"type": "security_exception"}}, 401)
        if self.throttle and len(self.asked) % self.throttle == 0:
            return Answer({"error": {"type": "circuit_breaking_exception"}}, 429, (("retry-after", "0"),))
        return self._route(asked)

    def _route(self, asked: Asked) -> Answer:
        about = {"number": "2.19.2", "distribution": "opensearch"} if self.opensearch else {"number": "8.19.0"}
        made = f"/{self.index}/" + ("_search/point_in_time" if self.opensearch else "_pit")
        if asked.path == "/":
            return Answer({"version": about})
        if (asked.method, asked.path) == ("POST", made):
            return self._open("pit_id" if self.opensearch else "id")
        if asked.method == "DELETE":
            _, document, name = asked.path.rpartition(f"/{self.index}/_doc/")
            return self._delete(name) if document else self._close(asked.body)
        if (asked.method, asked.path) == ("POST", "/_search"):
            return self._search(asked.body)
        if (asked.method, asked.path) == ("POST", f"/{self.index}/_refresh"):
            return Answer({"_shards": {"failed": 0}})
        return Answer({"error": {"type": "index_not_found_exception", "reason": "no such index"}}, 404)

    def _delete(self, name: str) -> Answer:
        """By its id, which is its place; the others keep theirs."""
        there = name not in self.gone
        self.gone.add(name)
        return Answer({"result": "deleted" if there else "not_found"}, 200 if there else 404)

    def _open(self, name: str) -> Answer:
        held = [(f"{at:06d}", each) for at, each in enumerate(self.documents) if f"{at:06d}" not in self.gone]
        random.Random(len(self.asked)).shuffle(held)
        self.points[key := f"point-{len(self.asked)}"] = held
        return Answer({name: key})

    def _close(self, body: Mapping[str, Any]) -> Answer:
        ids = body.get("pit_id") if self.opensearch else [body.get("id")]
        gone = [self.points.pop(each, None) for each in ids or ()]
        return Answer({"succeeded": bool(gone)}, 200 if all(gone) else 404)

    def _search(self, body: Mapping[str, Any]) -> Answer:
        key = body["pit"]["id"]
        if key not in self.points:
            return Answer({"error": {"type": "search_context_missing_exception"}}, 404)
        if body["size"] > LARGEST_WINDOW:
            return Answer(
                {"error": {"type": "illegal_argument_exception", "reason": "Result window is too large"}}, 400
            )
        if self.opensearch == (body["sort"] == [{"_shard_doc": "asc"}]):
            return Answer({"error": {"reason": "No mapping found for [_shard_doc] in order to sort on"}}, 400)
        held = sorted(self.points.pop(key)) if self.opensearch else self.points.pop(key)
        self.points[renewed := key + "+"] = held
        begin = self._after(held, body.get("search_after"))
        page = held[begin : begin + body["size"]]
        hits = [
            {"_index": self.index, "_id": name, "_source": each, "sort": [name if self.opensearch else begin + at]}
            for at, (name, each) in enumerate(page)
        ]
        total = {"total": {"value": len(held)}} if body.get("track_total_hits") else {}
        return Answer(
            {
                "pit_id": renewed,
                "timed_out": False,
                "_shards": {"failed": int(self.lame)},
                "hits": {"hits": hits, **total},
            }
        )

    def _after(self, held: list[tuple[str, dict[str, Any]]], after: list[Any] | None) -> int:
        if after is None:
            return 0
        return [name for name, _ in held].index(after[0]) + 1 if self.opensearch else int(after[0]) + 1


@contextmanager
def running(elastic: Elastic) -> Iterator[str]:
    with serve(elastic.answer) as address:
        yield address
