"""What can be done to a trail, each at places that a seeded generator chooses."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import replace

from tests import trail_forge as forge
from tests.trail_forge import Item, Stream

Attack = Callable[[list[Stream], random.Random], None]


def some(streams: list[Stream], chance: random.Random, sort: str = "record") -> tuple[Stream, Item]:
    one = chance.choice([each for each in streams if any(item.sort == sort for item in each.items)])
    return one, chance.choice([item for item in one.items if item.sort == sort])


def alter(streams: list[Stream], chance: random.Random) -> None:
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        one, item = some(streams, chance)
        one.swap(item, item.changed(e=f"other {chance.randrange(100)}"))


def delete(streams: list[Stream], chance: random.Random) -> None:
    one, item = some(streams, chance)
    last = item.n + chance.choice((0, 0, 0, 1, 2, 5))
    one.drop(*(each for each in one.items if each.sort == "record" and item.n <= each.n <= last))


def delete_two(streams: list[Stream], chance: random.Random) -> None:
    for _ in range(2):
        one, item = some(streams, chance)
        one.drop(item)


def delete_tail(streams: list[Stream], chance: random.Random) -> None:
    one = chance.choice(streams)
    first = chance.randrange(len(one.leaves) // 2, len(one.leaves))
    one.drop(*(each for each in one.items if each.sort == "record" and each.n >= first))


def cut(streams: list[Stream], chance: random.Random) -> None:
    one = chance.choice([each for each in streams if not isinstance(each, forge.Host)])
    one.cut(one.every * chance.randrange(len(one.leaves) // one.every + 1) + 1)


def renumber(streams: list[Stream], chance: random.Random) -> None:
    one, item = some(streams, chance)
    beside = (item.n + 1) % len(one.leaves)
    there = [each for each in one.items if each.sort == "record" and each is not item]
    other = next((each for each in there if each.n == beside), None) or chance.choice(there)
    one.swap(item, other.changed(n=item.n))
    one.swap(other, item.changed(n=other.n))


def twin(streams: list[Stream], chance: random.Random) -> None:
    one, item = some(streams, chance)
    false = item.changed(e="twin", **chance.choice([{}, {"c": {"input": ["A" * 43, 3]}}, {"p": "A" * 43}]))
    one.swap(item, *chance.choice([(item, false), (false, item)]))


def move(streams: list[Stream], chance: random.Random) -> None:
    one, item = some(streams, chance)
    moved = [each for each in one.items if each.n == item.n and each.sort in ("record", "content")]
    one.drop(*moved)
    target = chance.choice(streams)
    target.items += [each.changed(s=target.id) for each in moved]


def drop_stream(streams: list[Stream], chance: random.Random) -> None:
    del streams[chance.randrange(len(streams))]


def edit_content(streams: list[Stream], chance: random.Random) -> None:
    one, item = some(streams, chance, "content")
    one.swap(item, item.changed(**chance.choice([{"d": "x"}, {"f": "other"}, {"n": item.n + 1}, {"salt": "A" * 22}])))


def delete_content(streams: list[Stream], chance: random.Random) -> None:
    one, item = some(streams, chance, "content")
    one.drop(item)


def delete_checkpoint(streams: list[Stream], chance: random.Random) -> None:
    one, item = some(streams, chance, "checkpoint")
    one.drop(item)


def edit_checkpoint(streams: list[Stream], chance: random.Random) -> None:
    one, item = some(streams, chance, "checkpoint")
    note = item.value["note"]
    lines = note.split("\n")
    edited = note.replace(f"\n{lines[1]}\n", f"\n{int(lines[1]) + 1}\n")
    more = [
        {"note": edited},
        {"f": ["A" * 43]},
        {"i": item.n + 1},
        {"i": item.n + 5},
        {"note": note.replace("next", "nexT")},
    ]
    one.swap(item, item.changed(**chance.choice(more)))


def two_heads(streams: list[Stream], chance: random.Random) -> None:
    one, item = some(streams, chance, "checkpoint")
    size = int(item.value["note"].split("\n")[1])
    other = one.line(item.n, one.note(item.n, size=size, top=bytes(32)), ())
    one.swap(item, *chance.choice([(other, item), (item, other)]))


def garbage_head(streams: list[Stream], chance: random.Random) -> None:
    one, item = some(streams, chance, "checkpoint")
    note = item.value["note"].replace("\nnext ", "\nnope ")
    one.swap(item, item, item.changed(note=note))


def late(streams: list[Stream], chance: random.Random) -> None:
    one = chance.choice(streams)
    one.record(k="tool", e="late")
    if chance.random() < 0.5:
        one.checkpoint()


def reserialise(streams: list[Stream], chance: random.Random) -> None:
    one, item = some(streams, chance, chance.choice(("record", "content", "checkpoint")))
    one.swap(item, replace(item, body=json.dumps(item.value, ensure_ascii=False)))


def rewrite(streams: list[Stream], chance: random.Random) -> None:
    """History anew from record 1 on, each checkpoint signed with the last key."""
    at = chance.choice([at for at, each in enumerate(streams) if not isinstance(each, forge.Host)])
    true = streams[at]
    stolen = dict.fromkeys(range(1, true.index + 2), true.key(true.index - 1))
    thief = Stream(true.ordinal, true.every, keys={0: true.key(0), **stolen}, host=None)
    for item in true.items:
        if item.sort == "record":
            facts = {key: value for key, value in item.value.items() if key not in ("p", "c", "s", "n")}
            thief.record(**(facts if item.n == 0 else {**facts, "e": "rewritten"}))
    thief.checkpoint(last=True)
    thief.swap(thief.at("checkpoint", 0), true.at("checkpoint", 0))
    streams[at] = thief


def replaced(streams: list[Stream], chance: random.Random) -> None:
    """A stream of somebody else's, with the host key or without it."""
    at = chance.choice([at for at, each in enumerate(streams) if not isinstance(each, forge.Host)])
    host = chance.choice((None, forge.HOST))
    twin = chance.choice(("", "twin"))
    streams[at] = forge.stream(streams[at].ordinal, records=9, every=4, host=host, twin=twin)


def far(streams: list[Stream], chance: random.Random) -> None:
    one, item = some(streams, chance)
    one.items.append(item.changed(n=chance.choice((2**20 + 5, 2**40, 2**53 - 1, len(one.leaves) + 2))))


def unsound(streams: list[Stream], chance: random.Random) -> None:
    """Peaks of another tree, and something missing behind it."""
    one, item = some(streams, chance, "checkpoint")
    one.swap(item, item.changed(f=[*reversed(item.value["f"]), "A" * 43]))
    delete(streams, chance)


ATTACKS: tuple[Attack, ...] = (
    alter, delete, delete_two, delete_tail, cut, renumber, twin, move, drop_stream, edit_content, delete_content,
    delete_checkpoint, edit_checkpoint, two_heads, garbage_head, late, reserialise, rewrite, replaced, far, unsound,
)  # fmt: skip
