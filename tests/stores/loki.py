"""Loki's query API: labels and `query_range`, with its limits. Entries of one stamp come in another order each time."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import groupby

from tests.stores.server import Answer, Asked, serve

LONGEST_NS = 721 * 3600 * 10**9
_SELECTOR = re.compile(r'\{(\w+)=("(?:[^"\\]|\\.)*")\}(?: \| (\w+)="(\w+)")?')


@dataclass(slots=True)
class Loki:
    """`entries` are (ns, line, labels). Every `throttle`-th request is answered 429; 0 = none."""

    entries: list[tuple[int, str, Mapping[str, str]]]
    tenant: str = ""
    throttle: int = 0
    most: int = 5000
    message_bytes: int = 4 * 1024 * 1024
    asked: list[Asked] = field(default_factory=list)
    chance: random.Random = field(default_factory=lambda: random.Random(5))

    def answer(self, asked: Asked) -> Answer:
        self.asked.append(asked)
        if self.tenant and asked.headers.get("x-scope-orgid") != self.tenant:
            return Answer(b"no org id\n", 401)
        if self.throttle and len(self.asked) % self.throttle == 0:
            return Answer(b"too many outstanding requests", 429, (("retry-after", "0"),))
        begin, end = int(asked.query["start"]), int(asked.query["end"])
        if asked.path.startswith("/loki/api/v1/label/"):
            name = asked.path.split("/")[5]
            values = {labels[name] for at, _, labels in self.entries if begin <= at <= end and name in labels}
            return Answer({"status": "success", **({"data": sorted(values)} if values else {})})
        return self._range(asked, begin, end) if asked.path == "/loki/api/v1/query_range" else Answer(b"404", 404)

    def _range(self, asked: Asked, begin: int, end: int) -> Answer:
        limit = int(asked.query["limit"])
        if end - begin > LONGEST_NS:
            return Answer(b"the query time range exceeds the limit (query length: 9600h, limit: 30d1h)", 400)
        if limit > self.most:
            refusal = f"max entries limit per query exceeded, limit > max_entries_limit ({limit} > {self.most})"
            return Answer(refusal.encode(), 400)
        found = self._found(asked.query["query"], begin, end)[:limit]
        if sum(len(line) for _, line, _ in found) > self.message_bytes:
            return Answer(b"request timed out, decrease the duration of the request", 504)  # after a minute, really
        return Answer({"status": "success", "data": {"resultType": "streams", "result": _grouped(found)}})

    def _found(self, query: str, begin: int, end: int) -> list[tuple[int, str, Mapping[str, str]]]:
        selector = _SELECTOR.fullmatch(query)
        name, value = (selector[1], json.loads(selector[2])) if selector else ("", "")
        found = [each for each in self.entries if begin <= each[0] < end and each[2].get(name, "") == value]
        if selector and selector[3]:
            found = [each for each in found if each[2].get(selector[3]) == selector[4]]
        self.chance.shuffle(found)
        return sorted(found, key=lambda each: each[0])


def _grouped(entries: Sequence[tuple[int, str, Mapping[str, str]]]) -> list[dict[str, object]]:
    """A result for each set of labels, as Loki 3 answers: structured metadata are among them."""
    by_labels = sorted(entries, key=lambda each: json.dumps(each[2], sort_keys=True))
    return [
        {"stream": json.loads(labels), "values": [[str(at), line] for at, line, _ in group]}
        for labels, group in groupby(by_labels, key=lambda each: json.dumps(each[2], sort_keys=True))
    ]


@contextmanager
def running(loki: Loki) -> Iterator[str]:
    with serve(loki.answer) as address:
        yield address
