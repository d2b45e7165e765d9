"""Who a trail is: its id, its origin and its host key, made once by the first process that writes to it."""

from __future__ import annotations

import base64
import fcntl
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from vedette.names import SCHEMA
from vedette.trail.files.folder import make, replace
from vedette.trail.files.sharing import modes
from vedette.trail.format.checkpoint import Named, public_bytes, signer


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


@dataclass(frozen=True, slots=True)
class Custody:
    """Who else has a part in a trail.

    `at_rest` names the recipients for whom its files are encrypted (none = they are not), `group` may read them.
    `host_log` is where a keeper of its own keeps the host log and its key; None = in the trail, kept by who records.
    """

    at_rest: Sequence[str] = ()
    group: str = ""
    host_log: Path | None = None


OWN = Custody()


def identity(folder: Path, origin: str, host_log: Path | None = None) -> Identity:
    """The identity of the trail in `folder`; `origin` counts when it is made now.

    `host_log` is where a keeper of its own keeps host log and host key; None = in the trail itself.
    """
    about = folder / "trail.json"
    if not about.exists():
        with _alone(folder):
            if not about.exists():
                _found(folder, origin, keyless=host_log is not None)
    return _read(folder, folder if host_log is None else None)


def kept(folder: Path, host_log: Path) -> Identity:
    """The identity of the trail in `folder` with the keeper's own key in `host_log`, made now if there is none.

    Raises `FileNotFoundError` while there is no trail yet. `host.json` tells everybody the public key.
    """
    who = _read(folder, None)
    make(host_log, modes(host_log.parent)[0] if host_log.parent.is_dir() else 0o700)
    key = host_log / "host.key"
    if not key.exists():
        replace(key, os.urandom(32), 0o400)
    host = Named(f"{who.origin}/{who.trail_id}/host", signer(key.read_bytes()))
    about = {"trail_id": who.trail_id, "origin": who.origin, "host_key": _encoded(host)}
    replace(host_log / "host.json", json.dumps(about, indent=1).encode())
    return Identity(who.trail_id, who.origin, host)


def _encoded(host: Named) -> str:
    return base64.b64encode(public_bytes(host.key)).decode()


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Only one process makes an identity. Not `keeper.lock`: the keeper may hold that for hours."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _found(folder: Path, origin: str, *, keyless: bool) -> None:
    trail_id = os.urandom(16).hex()
    about = {"trail_id": trail_id, "origin": origin, "schema": SCHEMA, "host_key": ""}
    if not keyless:
        key = folder / "host.key"
        if not key.exists():  # there already: a process died before it wrote trail.json
            replace(key, os.urandom(32), 0o400)
        about["host_key"] = _encoded(Named(f"{origin}/{trail_id}/host", signer(key.read_bytes())))
    replace(folder / "keeper.lock", b"")  # a keeper of another user could not make it
    replace(folder / "trail.json", json.dumps(about, indent=1).encode())


def _read(folder: Path, keys: Path | None) -> Identity:
    """`keys` is where the host key lies, if it is ours to use."""
    about = json.loads((folder / "trail.json").read_text())
    try:
        seed = (keys / "host.key").read_bytes() if keys else b""
    except FileNotFoundError:
        seed = b""
    host = Named(f"{about['origin']}/{about['trail_id']}/host", signer(seed)) if seed else None
    return Identity(about["trail_id"], about["origin"], host)
