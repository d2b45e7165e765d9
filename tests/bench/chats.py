"""Texts to measure redaction on: agent chats of a given size, all different, from a seed; clean, with hits, and
hostile.

Built at run time: nothing that looks like a live key stands in this file.
"""

from __future__ import annotations

import json
import random
import string
from collections.abc import Callable

_WORDS = """the a of to and in is that for it with as was on are by this be from or which you an at not have were can
their its if will one all more out so what up time there about into than them could only other new some would these
user file error line code function value return class test result please summary table report customer order invoice
shipping address weather query database index search tool call agent message response model prompt context window retry
failed timeout connection server request header payload schema column row update select insert delete commit branch
merge""".split()
_TOOLS = ("search_web", "read_file", "run_query", "send_message", "list_orders", "get_weather")


def _sentence(rng: random.Random) -> str:
    words = rng.choices(_WORDS, k=rng.randint(6, 18))
    if rng.random() < 0.15:
        words.insert(rng.randrange(len(words)), f"{rng.randint(1, 9999)}")
    if rng.random() < 0.1:
        words.insert(rng.randrange(len(words)), f"`{rng.choice(_WORDS)}_{rng.choice(_WORDS)}()`")
    return " ".join(words).capitalize() + rng.choice(".?!:")


def _tool(rng: random.Random) -> str:
    call = {"id": f"call_{rng.getrandbits(96):024x}", "name": rng.choice(_TOOLS)}
    arguments = {rng.choice(_WORDS): rng.choice((rng.randint(0, 999), _sentence(rng), True)) for _ in range(3)}
    return json.dumps({**call, "arguments": arguments, "max_tokens": rng.randint(64, 4096)})


def _code(rng: random.Random) -> str:
    name, other = rng.sample(_WORDS, 2)
    return f"    def {name}_{other}(self, {other}: str) -> int:\n        return len({other}) + {rng.randint(1, 99)}\n"


def _pick(rng: random.Random, alphabet: str, count: int) -> str:
    return "".join(rng.choices(alphabet, k=count))


def _hits(rng: random.Random) -> list[str]:
    """What an agent's chat really holds now and then."""
    alnum = string.ascii_letters + string.digits
    return [
        f"use ghp_{_pick(rng, alnum, 36)} for it",
        f"mail {_pick(rng, string.ascii_lowercase, 7)}@{_pick(rng, string.ascii_lowercase, 8)}.com",
        f'"api_key": "{_pick(rng, alnum, 32)}"',
        f"AWS_ACCESS_KEY_ID=AKIA{_pick(rng, string.ascii_uppercase + '234567', 16)}",
    ]


def chat(seed: int, size: int, *, hits: bool) -> str:
    """About `size` bytes, one hit a KB if any."""
    rng = random.Random(seed)
    parts: list[str] = []
    length = next_hit = 0
    while length < size:
        part = rng.choices((_sentence, _tool, _code), (8, 1, 1))[0](rng)
        if hits and length >= next_hit:
            part, next_hit = f"{rng.choice(_hits(rng))} {part}", next_hit + 1024
        parts.append(part)
        length += len(part) + 1
    return "\n".join(parts)[:size]


def _runs(unit: str) -> Callable[[random.Random, int], str]:
    return lambda rng, size: (unit * (size // len(unit) + 1))[:size]


def _drawn(alphabet: str) -> Callable[[random.Random, int], str]:
    return lambda rng, size: _pick(rng, alphabet, size)


def _keys(rng: random.Random, size: int) -> str:
    alnum = string.ascii_letters + string.digits
    return " ".join(f"ghp_{_pick(rng, alnum, 36)}" for _ in range(size // 41))


HOSTILE: dict[str, Callable[[random.Random, int], str]] = {
    "one letter": _runs("a"),
    "digits": _runs("1"),
    "random digits": _drawn(string.digits),
    "digits and blanks": _drawn(string.digits + " "),
    "digits and dashes": _drawn(string.digits + "-"),
    "hex": _drawn("0123456789abcdef"),
    "base64": _drawn(string.ascii_letters + string.digits + "+/"),
    "at signs": _runs("a@"),
    "mail addresses": _runs("a@b.co "),
    "dots": _runs("1.1."),
    "colons": _runs("a:"),
    "key headers": _runs("-----BEGIN RSA PRIVATE KEY-----\n"),
    "token heads": _runs("ghp_"),
    "jwt heads": _runs("eyJhbGciOi"),
    "jwt dots": _runs("eyJhbGciOiJIUzI1NiJ9."),
    "key names": _runs("password="),
    "quoted key names": _runs('"password": "'),
    "json keys": _runs('"token":"aB3dE6gH9j",'),
    "keys without an opening quote": _runs("x" * 120 + ' token":'),
    "urls": _runs("https://a:b@c/?d=e&sig=f "),
    "percent": _runs("%41%3D"),
    "backslashes": _runs("\\"),
    "escaped quotes": _runs('\\"'),
    "brackets": _runs("[{"),
    "genuine keys": _keys,
    "context words": _runs("adafruit datadog stripe secret key = "),
    "phone numbers": _runs("+49 30 1234567, "),
}
"""Name to maker of a text of a given size: what is worst for patterns that begin or end with these."""
