"""Copies of content at a backend: found by the bodies that lie there, and deleted where the backend can.

Elasticsearch and OpenSearch can. Loki, Kafka, Splunk and object lock cannot, or only much later: there
`VEDETTE_CONTENT=sealed` is the way, and the command says so.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Collection, Mapping
from typing import Any

from vedette.trail.sources.address import NONE
from vedette.trail.sources.request import Request, Unreachable

Field = tuple[str, int, str]
"""Stream, number of the record, field."""

_CAN = ("elasticsearch", "opensearch")


def delete_copies(spec: str, fields: Collection[Field], headers: Mapping[str, str] = NONE) -> int:
    """Delete what the backend `spec` holds of these fields; how many documents. Raises `Unreachable`.

    `spec` is as for `vedette verify --from`; `headers` go with each request.
    """
    name, _, where = spec.partition(":")
    if name not in _CAN:
        raise Unreachable(f"{name} cannot delete single records")
    deleting: Any = importlib.import_module("vedette.trail.sources.elastic_copies")
    deleted = 0
    for stream in sorted({stream for stream, _, _ in fields}):
        request = Request(where, stream=stream, headers=headers)
        deleted += deleting.ElasticCopies(request).delete(fields)
    return deleted


def carries(body: str, fields: Collection[Field]) -> bool:
    """Whether a body carries content of one of these fields, sealed or not."""
    try:
        line = json.loads(body)
        return line.get("y") in ("content", "sealed") and (line["s"], line["n"], line["f"]) in fields
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return False
