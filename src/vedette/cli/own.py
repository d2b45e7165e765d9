"""What a command leaves of itself in the trail it works on: a stream of its own, as every process start has."""

from __future__ import annotations

import getpass
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from vedette.cli import UsageError
from vedette.config import Settings
from vedette.event import Event
from vedette.redact import BadKey, Redactor, load_key
from vedette.runtime.coverage import birth
from vedette.trail import Trail, Unavailable
from vedette.trail.custody.holds import BadHolds
from vedette.trail.files.identities import BadIdentity
from vedette.trail.files.identity import Custody
from vedette.trail.writing.room import Limits

NO_CAP = 2**62
"""A command writes a few kilobytes, however full the trail is, and lets nothing go: that is for those who record."""


def redactor(settings: Settings, folder: Path) -> Redactor:
    """The redactor of a trail. `UsageError` where its key cannot be read: nobody could be found by name."""
    try:
        return Redactor(settings.redact, load_key(settings.redact_key, folder))
    except (BadKey, OSError) as error:
        raise UsageError(str(error)) from error


def names(value: str | None, settings: Settings, folder: Path) -> frozenset[str]:
    """What stands in records for a user or a session that is given as itself, or as a pseudonym already."""
    if not value:
        return frozenset()
    return frozenset({value, redactor(settings, folder).pseudonym(value)})


def operator(given: str | None) -> str:
    """Who acts: as said, else the user of the operating system, and who became that user by sudo."""
    if given:
        return given
    try:
        user = getpass.getuser()
    except (KeyError, OSError, ImportError):  # a container without a user database
        user = f"uid {os.getuid()}"
    return f"{os.environ['SUDO_USER']} as {user}" if os.environ.get("SUDO_USER") else user


@contextmanager
def own_trail(settings: Settings, folder: Path, command: str) -> Iterator[Trail]:
    """The trail in `folder`, with a stream of this command's, closed and sealed at the end."""
    redact = redactor(settings, folder)

    def born() -> Event:
        return redact.event(birth({"service.name": f"vedette {command}"}, redact.key_id))

    custody = Custody(settings.at_rest, settings.trail_group, settings.host_log)
    limits = Limits(most=NO_CAP, sync=settings.sync)
    trail = Trail(folder, origin=settings.origin, birth=born, content=settings.content, custody=custody, limits=limits)
    try:
        with plainly():
            yield trail
    finally:
        trail.close("stop")


@contextmanager
def plainly() -> Iterator[None]:
    """What is wrong with a trail, said in one line."""
    try:
        yield
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        raise UsageError(f"{where}{error.strerror or error}") from error
    except (Unavailable, BadHolds, BadIdentity) as error:
        raise UsageError(str(error)) from error


def folder_of(given: Path | None, settings: Settings) -> Path:
    """The trail that is meant. `UsageError` where there is none."""
    folder = given or settings.trail
    if not (folder / "streams").is_dir():
        raise UsageError(f"{folder} holds no trail; record one first, or name its folder")
    return folder
