"""Who a trail is: its id, its origin and its host key, made once by the first process that writes to it."""

from __future__ import annotations

import base64
import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from vedette.names import SCHEMA
from vedette.trail.checkpoint import Named, public_bytes, signer
from vedette.trail.folder import replace


@dataclass(frozen=True, slots=True)
class Identity:
    """What all streams of one trail directory share. `origin` is the prefix of key names.

    `host` is None where the host key does not lie here: streams begin without its signature.
    """

    trail_id: str
    origin: str
    host: Named | None

    def stream_name(self, stream: str) -> str:
        return f"{self.origin}/{self.trail_id}/{stream}"


def identity(folder: Path, origin: str) -> Identity:
    """The identity of the trail in `folder`; `origin` counts when it is made now."""
    about = folder / "trail.json"
    if not about.exists():
        with _alone(folder):
            if not about.exists():
                _found(folder, origin)
    return _read(folder)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Only one process makes an identity. Not `keeper.lock`: the keeper may hold that for hours."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _found(folder: Path, origin: str) -> None:
    key = folder / "host.key"
    if not key.exists():  # there already: a process died before it wrote trail.json
        replace(key, os.urandom(32), 0o400)
    about = {
        "trail_id": os.urandom(16).hex(),
        "origin": origin,
        "schema": SCHEMA,
        "host_key": base64.b64encode(public_bytes(signer(key.read_bytes()))).decode(),
    }
    replace(folder / "trail.json", json.dumps(about, indent=1).encode())


def _read(folder: Path) -> Identity:
    about = json.loads((folder / "trail.json").read_text())
    prefix = f"{about['origin']}/{about['trail_id']}"
    try:
        host = Named(f"{prefix}/host", signer((folder / "host.key").read_bytes()))
    except FileNotFoundError:
        host = None
    return Identity(about["trail_id"], about["origin"], host)
