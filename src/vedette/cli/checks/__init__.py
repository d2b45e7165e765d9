"""What `vedette doctor` looks at: what is installed, what can be reached, what the last run said of itself."""

from __future__ import annotations

from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Check:
    """`state` is ok, note, warn or bad; only `bad` makes the exit code 1."""

    name: str
    state: str
    about: str

    def to_dict(self) -> dict[str, str]:
        return asdict(self)
