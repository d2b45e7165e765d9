"""The engine as the line runs it, over single texts: no memory from one to the next, the compiled engine at once."""

from __future__ import annotations

import functools

from vedette.redact import make_key
from vedette.redact.find import Finder
from vedette.redact.memory import Memory
from vedette.redact.pack import Pack
from vedette.redact.policy import Policy
from vedette.redact.rules.pack import PATH
from vedette.redact.scanners import choose
from vedette.redact.texts import Cut, Texts
from vedette.redact.tokens import Tokens


@functools.lru_cache(maxsize=1)
def _texts() -> Texts:
    pack = Pack(PATH.read_text(encoding="ascii"))
    engine = choose.ready(pack) or choose.compiled(pack) or choose.fallback(pack)
    finder, policy = Finder(pack, lambda: engine, personal=True), Policy()
    return Texts(lambda: finder, lambda: policy, Tokens(make_key(bytes(32))), Memory(most=0))


def cuts(text: str) -> list[Cut]:
    """What would be cut out of a text, by byte offsets."""
    return _texts().cuts(text.encode("utf-8", "surrogatepass"))[0]


def covered(text: str, value: str, found: list[Cut]) -> float:
    """The share of a value's bytes that is cut out, where it stands first (verbatim or escaped as JSON would)."""
    data = text.encode()
    start = data.find(value.encode())
    if start < 0:
        return 0.0
    end = start + len(value.encode())
    hidden = sum(max(0, min(cut.end, end) - max(cut.start, start)) for cut in found)
    return hidden / (end - start)


def alerts(found: list[Cut]) -> list[Cut]:
    return [cut for cut in found if cut.taken.tier == "alert"]
