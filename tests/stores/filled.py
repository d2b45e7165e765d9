"""What a trail looks like in a store: the bodies of streams with the attributes that the shipper gives them."""

from __future__ import annotations

import random
from collections.abc import Mapping

from tests import trail_forge as forge
from tests.stores.elastic import Elastic
from tests.stores.loki import Loki
from tests.trail_forge import Item, Stream


def attributes(item: Item) -> dict[str, str | int]:
    """The index of one body."""
    found: dict[str, str | int] = {"vedette.stream.id": item.stream, "vedette.type": item.sort}
    if item.sort == "record":
        leaf = forge.b64u(forge.leaf(item.body))
        found |= {"vedette.seq": item.n, "log.record.uid": f"{item.stream}-{item.n}", "vedette.leaf": leaf}
        found |= {"vedette.kind": item.value["k"], "vedette.phase": item.value["f"]}
        found |= {name: value for name, value in item.value.get("a", {}).items() if type(value) is str}
    return found


def loki(*streams: Stream, step_ns: int = 1, begin: int = forge.BEGIN, **settings: object) -> Loki:
    """Each stream a Loki stream, its stamps `step_ns` apart (0 = all equal), every tenth entry twice."""
    entries = []
    for one in streams:
        for at, item in enumerate(one.items):
            labels = {name.replace(".", "_"): str(value) for name, value in attributes(item).items()}
            entry = (begin + at * step_ns, item.body, {**labels, "service_name": "agent", "detected_level": "unknown"})
            entries += [entry] * (1 + (at % 10 == 0))
    return Loki(entries, **settings)  # type: ignore[arg-type]  # settings of the dataclass


def documents(*streams: Stream) -> list[dict[str, object]]:
    """As the Collector's Elasticsearch exporter writes them; attributes are nested, as by a synthetic source."""
    items = [item for one in streams for item in one.items]
    random.Random(4).shuffle(items)
    found = [{"body": {"text": item.body}, "attributes": _nested(attributes(item))} for item in items]
    return found + found[::10]


def elastic(*streams: Stream, **settings: object) -> Elastic:
    return Elastic(documents(*streams), **settings)  # type: ignore[arg-type]  # settings of the dataclass


def _nested(flat: Mapping[str, object]) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, value in flat.items():
        *path, last = name.split(".")
        place = found
        for part in path:
            inner = place.setdefault(part, {})
            assert isinstance(inner, dict)
            place = inner
        place[last] = value
    return found
