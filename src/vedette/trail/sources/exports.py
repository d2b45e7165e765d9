"""What exporters write, taken apart: OTLP-JSON, OTLP protobuf, and rows of a Splunk search.

Each yields (body, attributes). A body is None where a record has none that is text.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

Entry = tuple[str | None, Mapping[str, Any]]


class NotAnExport(ValueError):
    """It has not the form it should have."""


def otlp_json(text: str) -> list[Entry]:
    """The log records of an `ExportLogsServiceRequest` in JSON, or of an array of them; bodies as JSON strings.

    Raises `NotAnExport`.
    """
    try:
        found = json.loads(text)
        if type(found) is dict and "resourceLogs" not in found:
            return [(text, {})]  # a body, in which the word stands
        return [entry for each in (found if type(found) is list else [found]) for entry in _entries(each)]
    except (ValueError, RecursionError, AttributeError, TypeError):
        raise NotAnExport("not an OTLP-JSON export") from None


def _entries(one: Any) -> Iterator[Entry]:
    if type(one) is dict and "resourceLogs" in one:
        yield from _records(one)
    else:
        yield one if type(one) is str else None, {}


def _records(export: Any) -> Iterator[Entry]:
    for resource in export.get("resourceLogs") or ():
        for scope in resource.get("scopeLogs") or ():
            for record in scope.get("logRecords") or ():
                body = (record.get("body") or {}).get("stringValue")
                yield body if type(body) is str else None, _attributes(record.get("attributes") or ())


def _attributes(pairs: Any) -> dict[str, Any]:
    """Text and integers; integers come as decimal strings (protobuf's JSON mapping)."""
    found = {}
    for pair in pairs:
        value = pair.get("value") or {}
        found[str(pair.get("key"))] = value.get("stringValue", value.get("intValue"))
    return found


def splunk_json(text: str) -> list[Entry]:
    """A line of `output_mode=json`, as the export search and the web page write it; all of a search; or a raw event.

    Raises `NotAnExport`.
    """
    try:
        line = json.loads(text)
        if not line.keys() & {"result", "results", "_raw", "preview"}:
            return [(text, {})]
        rows = line.get("results", [line.get("result", line)])
        return [splunk_row(row) for row in rows if row]
    except (ValueError, RecursionError, AttributeError, TypeError):
        raise NotAnExport("not a line of a Splunk export") from None


def splunk_row(row: Mapping[str, Any]) -> Entry:
    """A search result: `_raw` is the event as it was sent, all else an index of it."""
    raw = row.get("_raw")
    return raw if type(raw) is str else None, row
