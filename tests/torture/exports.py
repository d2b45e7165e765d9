"""Exports changed in their structure: members, levels, batches and packing; from a seeded generator."""

from __future__ import annotations

import gzip
import json
import random
from typing import Any

from tests import trail_forge as forge
from tests.torture import mutate

Chance = random.Random


def some_export(lines: list[str], chance: Chance) -> bytes:
    """OTLP-JSON of these bodies in batches, of which one or two are bent, spelled and packed in some way."""
    size = chance.randrange(1, len(lines) + 2)
    batches: list[Any] = [_export(lines[at : at + size]) for at in range(0, len(lines), size)]
    for _ in range(chance.choice((0, 1, 1, 2))):
        _bend(chance.choice(batches) if batches else {}, chance)
    if chance.random() < 0.3:
        chance.shuffle(batches)
    data = _spelled(batches, chance).encode("utf-8", "replace")
    return _packed(data, chance)


def _export(lines: list[str]) -> dict[str, Any]:
    records = [{"body": {"stringValue": each}, "attributes": _index(each)} for each in lines]
    return {"resourceLogs": [{"resource": {"attributes": []}, "scopeLogs": [{"scope": {}, "logRecords": records}]}]}


def _index(line: str) -> list[dict[str, Any]]:
    """Attributes as they are shipped, that say what the body says."""
    try:
        value = json.loads(line)
        pairs = {"vedette.stream.id": {"stringValue": value["s"]}, "vedette.seq": {"intValue": str(value["n"])}}
        return [{"key": key, "value": each} for key, each in pairs.items()]
    except (ValueError, TypeError, KeyError):
        return []


def _bend(export: Any, chance: Chance) -> None:
    """Somewhere in the tree a member is left out, doubled, moved, or is something else."""
    boxes = [each for each in _boxes(export) if each]
    if not boxes:
        return
    box = chance.choice(boxes)
    at = chance.choice(list(box)) if isinstance(box, dict) else chance.randrange(len(box))
    match chance.randrange(4):
        case 0:
            del box[at]
        case 1 if isinstance(box, list):
            box.insert(chance.randrange(len(box) + 1), box[at])
        case 2 if isinstance(box, list):
            box.append(box.pop(at))
        case 1 | 2:
            box[f"{at}{chance.choice(('', 's', '_'))}"] = box.pop(at)
        case _:
            box[at] = chance.choice(mutate.ODD)


def _boxes(value: Any) -> list[Any]:
    found, left = [], [value]
    while left:
        each = left.pop()
        if isinstance(each, dict | list):
            found.append(each)
            left += each.values() if isinstance(each, dict) else each
    return found


def _spelled(batches: list[Any], chance: Chance) -> str:
    match chance.randrange(6):
        case 0:
            return json.dumps(batches)
        case 1:
            return json.dumps(batches, indent=chance.choice((0, 1, 2)))
        case 2:
            return "\r\n".join(json.dumps(each, indent=2, ensure_ascii=False) for each in batches)
        case 3:
            return "\ufeff" + "\n".join(map(json.dumps, batches))
        case 4:
            return json.dumps([forge.exported([]), *batches]) + "\n" + "[\n" * chance.randrange(3)
        case _:
            return "\n".join(json.dumps(each, ensure_ascii=False) for each in batches)


def _packed(data: bytes, chance: Chance) -> bytes:
    if chance.random() < 0.7:
        return data
    packed = gzip.compress(data, 1, mtime=0)
    match chance.randrange(3):
        case 0:
            return packed
        case 1:
            return packed[: chance.randrange(len(packed) + 1)]
        case _:
            return mutate.some_bytes(packed, chance)


def splunk(lines: list[str], chance: Chance) -> bytes:
    """Rows of a Splunk search: JSON, CSV or raw, with bytes changed in half of them."""
    rows = [{"_raw": each, "vedette_seq": chance.choice(("", "0", 1, None))} for each in lines]
    text = {
        0: lambda: "\n".join(json.dumps({"preview": False, "result": each}) for each in rows),
        1: lambda: json.dumps({"results": rows}),
        2: lambda: "\n".join(["_time,_raw", *('1,"' + each.replace('"', '""') + '"' for each in lines)]),
        3: lambda: "\n".join(lines),
    }[chance.randrange(4)]()
    data = text.encode("utf-8", "replace")
    return mutate.some_bytes(data, chance) if chance.random() < 0.5 else data
