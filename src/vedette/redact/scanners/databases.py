"""The compiled databases that ship with this distribution: no process compiles what `make pack` has compiled.

Guarantee: what `load` returns is, byte for byte, what `make pack` wrote for this pack, this machine and this version of
hyperscan: a database is native input, so its file is hashed before a byte of it is read as one, and the hash stands in
code. Anything else (another machine, another version, a pack that was changed) means None, and the databases are
compiled here. A file with another hash raises `Plain`: that is damage, or worse.
"""

from __future__ import annotations

import hashlib
import platform
import sys
from pathlib import Path

from vedette.guard import Plain
from vedette.redact.databases import SHA256

FOLDER = Path(__file__).parent.parent / "databases"


def name() -> str:
    """Of the file for this kind of machine."""
    return f"{sys.platform}-{platform.machine()}.z"


def load(fingerprint: str, folder: Path = FOLDER) -> bytes | None:
    """The databases of this fingerprint, as `hyper_build.opened` reads them."""
    expected = SHA256.get(name())
    try:
        whole = (folder / name()).read_bytes() if expected else b""
    except OSError:
        return None
    if expected and hashlib.sha256(whole).hexdigest() != expected:
        raise Plain(
            f"the compiled rules ({name()}) are not those that were shipped; they are not loaded, reinstall vedette"
        )
    made_for, _, blob = whole.partition(b"\n")
    return blob if made_for == fingerprint.encode() else None
