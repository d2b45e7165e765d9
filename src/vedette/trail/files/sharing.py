"""Who may read a trail: its owner alone, or a group as well (`VEDETTE_TRAIL_GROUP`), such as that of the keeper's user.

A shared folder carries the set-group-id bit, so what is made in it belongs to the group, and says itself that it is
shared: nothing else has to know. Nobody but the owner ever writes; `host.key` and keys of redaction are never shared.
"""

from __future__ import annotations

import grp
import os
import stat
from pathlib import Path

_SHARED = stat.S_ISGID | stat.S_IRGRP
_TOLD = "VEDETTE_TRAIL_GROUP={!r} is not valid: use the name or number of a group that you are in"


class NoGroup(ValueError):
    """A group that does not exist, or that this user may not give files to; one sentence."""


def share(folder: Path, group: str) -> None:
    """Let `group` read the trail in `folder`. Raises `NoGroup`; what lies in it already keeps its mode."""
    try:
        os.chown(folder, -1, number_of(group))
    except PermissionError as error:
        raise NoGroup(_TOLD.format(group)) from error
    folder.chmod(0o2750)


def number_of(group: str) -> int:
    """The number of a group that is given by it or by name. Raises `NoGroup`."""
    try:
        return int(group) if group.isdigit() else grp.getgrnam(group).gr_gid
    except KeyError as error:
        raise NoGroup(_TOLD.format(group)) from error


def modes(folder: Path) -> tuple[int, int]:
    """The modes of a folder and of a file that are made in `folder`."""
    shared = folder.stat().st_mode & _SHARED == _SHARED
    return (0o2750, 0o640) if shared else (0o700, 0o600)
