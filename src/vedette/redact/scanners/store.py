"""Where compiled databases are kept between processes: a file that only its owner could have written.

Guarantee: what `load` returns was written by this user through `save`, whole. The folder is the user's cache as the
password database names it (`~/.cache/vedette`), never one that a variable of the agent's workspace could set; it and
the file belong to the effective user and nobody else can write them; links are not followed; any doubt means None.
Calls: open(O_NOFOLLOW) fstat read; write to a fresh name, fsync, rename.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import pwd
import stat
from pathlib import Path

_OTHERS = stat.S_IWGRP | stat.S_IWOTH
DIGEST = 32


def folder() -> Path | None:
    """The cache folder, made if need be; None where there is no home or where others could write into it."""
    try:
        home = Path(pwd.getpwuid(os.geteuid()).pw_dir)
        cache = home / ".cache"
        cache.mkdir(mode=0o700, exist_ok=True)
        ours = cache / "vedette"
        ours.mkdir(mode=0o700, exist_ok=True)
        safe = all(_is_ours(os.lstat(each), stat.S_IFDIR) for each in (cache, ours))
    except (KeyError, OSError):
        return None
    return ours if safe else None


def _is_ours(found: os.stat_result, kind: int) -> bool:
    """Whether it is of this kind, ours, and nobody else's to write."""
    return stat.S_IFMT(found.st_mode) == kind and found.st_uid == os.geteuid() and not found.st_mode & _OTHERS


def path(fingerprint: str) -> Path | None:
    where = folder()
    return where / f"pack-{hashlib.sha256(fingerprint.encode()).hexdigest()[:32]}" if where else None


def load(fingerprint: str) -> bytes | None:
    """What was saved under this fingerprint; None if nothing was, or if it is not surely ours."""
    where = path(fingerprint)
    if where is None:
        return None
    try:
        descriptor = os.open(where, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return None
    with os.fdopen(descriptor, "rb") as file:
        if not _is_ours(os.fstat(descriptor), stat.S_IFREG):
            return None
        digest, blob = file.read(DIGEST), file.read()
    return blob if hashlib.sha256(blob).digest() == digest else None


def save(fingerprint: str, blob: bytes) -> bool:
    """Keep it for the next process; False where that is not possible, which costs time and nothing else."""
    where = path(fingerprint)
    if where is None:
        return False
    scratch = where.with_name(f".{where.name}.{os.getpid()}.{os.urandom(4).hex()}")
    try:
        descriptor = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(hashlib.sha256(blob).digest() + blob)
            file.flush()
            os.fsync(descriptor)
        scratch.rename(where)
    except OSError:
        with contextlib.suppress(OSError):
            scratch.unlink()
        return False
    return True
