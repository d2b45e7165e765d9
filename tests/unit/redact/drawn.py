"""Texts for properties: words, secrets and the glue between them that breaks redactors."""

import random
import string

from hypothesis import strategies as st

ALNUM = string.ascii_letters + string.digits
_GLUE = (" ", "\n", "\t", '"', "'", "\\n", '\\"', "\\\\n", "=", ": ", "&", "%20", "%3D", "[", "]", "(", ",", ";", "\0",
         "中", "é", "\u202e", "\ud800", "://", "@", ".", "-", "_", "{", "}", "</b>")  # fmt: skip
_WORDS = ("password", "token", "api_key", "the", "user", "hello", "secret", "Authorization", "Bearer", "id", "é",
          "a1b2", "max_tokens", "127.0.0.1", "2026-11-25", "deadbeef", "https", "data", "key", "sig")  # fmt: skip


def secret(rng: random.Random) -> str:
    """Something that redaction knows by its looks."""

    def run(count: int, alphabet: str = ALNUM) -> str:
        return "".join(rng.choices(alphabet, k=count))

    made = (
        lambda: "ghp_" + run(36),
        lambda: "AKIA" + run(16, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"),
        lambda: "sk-ant-api03-" + run(93) + "AA",
        lambda: f"{run(8, string.ascii_lowercase)}@{run(6, string.ascii_lowercase)}.com",
        lambda: "4111 1111 1111 1111",
        lambda: "DE89370400440532013000",
        lambda: f"password={run(14)}",
        lambda: f'"client_secret": "{run(24)}"',
        lambda: (
            "-----BEGIN RSA PRIVATE KEY-----\n"
            + "\n".join(run(64) for _ in range(3))
            + "\n-----END RSA PRIVATE KEY-----"
        ),
        lambda: f"https://u:{run(12)}@db.example.com/x?sig={run(20)}",
        lambda: "xoxb-" + run(11, string.digits) + "-" + run(12, string.digits) + "-" + run(24),
    )
    return rng.choice(made)()


def _text(parts: list[tuple[int, int]]) -> str:
    pieces = []
    for kind, seed in parts:
        rng = random.Random(seed)
        pieces.append((secret(rng), rng.choice(_WORDS), rng.choice(_GLUE), rng.choice(_GLUE))[kind])
    return "".join(pieces)


texts = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2**32)), max_size=40).map(_text)
"""Short texts, dense with secrets, names and glue."""
