"""The trail's directory: who may own it, what lies in it, and its host key. Everything 0700 and 0600 whatever the umask.

A directory that is a link, foreign-owned or writable by others is refused with one clear sentence.
"""

from __future__ import annotations

import base64
import fcntl
import json
import os
import stat
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from vedette.names import SCHEMA
from vedette.trail.checkpoint import Named, public_bytes, signer


class Unavailable(Exception):
    """The trail cannot take a record; the message says what is wrong and what to do. The host never sees it."""


@dataclass(frozen=True, slots=True)
class Identity:
    """What all streams of one trail directory share. `origin` is the prefix of key names."""

    trail_id: str
    origin: str
    host: Named

    def stream_name(self, stream: str) -> str:
        return f"{self.origin}/{self.trail_id}/{stream}"


def prepare(folder: Path) -> None:
    """Make the directory, or refuse it."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = folder.lstat()
    except OSError as error:
        raise Unavailable(f"{folder}: cannot be used as a trail ({error.strerror}); set VEDETTE_TRAIL") from error
    if stat.S_ISLNK(found.st_mode):
        raise Unavailable(f"{folder} is a link; name the directory itself in VEDETTE_TRAIL")
    if found.st_uid != os.geteuid():
        raise Unavailable(f"{folder} belongs to another user; set VEDETTE_TRAIL to a directory of your own")
    if found.st_mode & 0o022:
        raise Unavailable(f"{folder} is writable by others; run `chmod go-w {folder}`")


def create(path: Path, data: bytes, mode: int = 0o600) -> None:
    """Write a file that must not exist yet, whole and on disk."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, mode)
    try:
        os.fchmod(descriptor, mode)
        os.write(descriptor, data)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_folder(path: Path) -> None:
    """Make new names in a directory survive power loss."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def identity(folder: Path, origin: str) -> Identity:
    """Who this trail is; made by the first process that comes, under a lock, and read by all others."""
    with (folder / "keeper.lock").open("ab") as lock:
        os.fchmod(lock.fileno(), 0o600)
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "trail.json").exists():
            _found(folder, origin)
    about = json.loads((folder / "trail.json").read_text())
    seed = (folder / "host.key").read_bytes()
    return Identity(about["trail_id"], about["origin"], Named(_host_name(about), signer(seed)))


def _host_name(about: dict[str, str]) -> str:
    return f"{about['origin']}/{about['trail_id']}/host"


def _found(folder: Path, origin: str) -> None:
    with suppress(FileExistsError):  # a process that died between the two files: its key is good
        create(folder / "host.key", os.urandom(32), 0o400)
    public = public_bytes(signer((folder / "host.key").read_bytes()))
    about = {
        "trail_id": os.urandom(16).hex(),
        "origin": origin,
        "schema": SCHEMA,
        "host_key": base64.b64encode(public).decode(),
    }
    scratch = folder / f".trail.{os.getpid()}"
    scratch.unlink(missing_ok=True)
    create(scratch, json.dumps(about, indent=1).encode())
    scratch.rename(folder / "trail.json")
    sync_folder(folder)


def allocate(folder: Path) -> tuple[int, Path]:
    """The next stream's ordinal and folder: `mkdir` is the allocation, exclusive on every file system."""
    streams = folder / "streams"
    streams.mkdir(mode=0o700, exist_ok=True)
    ordinal = max((int(each) for each in os.listdir(streams) if each.isdigit()), default=-1) + 1  # noqa: PTH208 - names only
    while True:
        path = streams / f"{ordinal:08d}"
        try:
            path.mkdir(mode=0o700)
        except FileExistsError:
            ordinal += 1
            continue
        sync_folder(streams)
        return ordinal, path


def lock_stream(path: Path) -> int:
    """Hold the stream's `lock` while this process lives; the descriptor is inherited by forks, which must close it."""
    descriptor = os.open(path / "lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return descriptor
