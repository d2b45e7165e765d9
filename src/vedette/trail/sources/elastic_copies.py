"""Deletes copies of content in Elasticsearch and OpenSearch, one by one, so that any mapping and any server will do."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any
from urllib.parse import quote

from vedette.trail.custody.copies import Field, carries
from vedette.trail.sources.elastic import Elastic
from vedette.trail.sources.http import reason
from vedette.trail.sources.request import Unreachable


class ElasticCopies(Elastic):
    """The documents of one index, alias, data stream or pattern."""

    def delete(self, fields: Collection[Field]) -> int:
        """Delete the documents whose body carries one of `fields`; how many. Raises `Unreachable`."""
        try:
            with self._point_in_time() as sort:
                found = list(self._carrying(sort, fields))
            deleted = sum(self._delete(path) for path in found)
            if found:
                self._api.ask("POST", f"/{self._index}/_refresh")  # seen at once by who searches
            return deleted
        finally:
            self._api.close()

    def _carrying(self, sort: list[Any], fields: Collection[Field]) -> Iterator[str]:
        """Where the documents lie: a data stream's in the index behind it."""
        for hit in self._hits(sort):
            if any(carries(body, fields) for body in self._body(hit)):
                yield f"/{quote(str(hit['_index']), safe='')}/_doc/{quote(str(hit['_id']), safe='')}"

    def _delete(self, path: str) -> bool:
        """Whether it was there: a try that came through and was not answered may have deleted it."""
        status, answer = self._api.attempt("DELETE", path)
        if status not in (200, 404):
            raise Unreachable(f"{self._api.base}: not all copies could be deleted: {status} {reason(answer)}")
        return status == 200
