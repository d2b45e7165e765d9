"""The segments of a local trail: its host log, all streams, and what only their folder tells, in `known`."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

from vedette.trail.files.identities import OURS, Keys
from vedette.trail.files.keeper import writer_is_dead
from vedette.trail.files.lock import held
from vedette.trail.files.mounts import is_weak
from vedette.trail.format import spool
from vedette.trail.proving.known import Source
from vedette.trail.sources.frames import Frames


class Segments(Source):
    """Raises `OSError` while it is read, if a file cannot be, also for want of a key that opens it.

    `host_log` is where the host log lies, if not in the trail itself. It is read first: heads in it that are newer than
    what was read of their streams would look like a rollback.
    """

    def __init__(self, folder: Path, keys: Keys = OURS, *, host_log: Path | None = None) -> None:
        super().__init__()
        self._host_log = host_log or folder / "host"
        self._keys = keys
        self._folder = folder
        self._path = folder
        self.known.local = True
        self.known.ephemeral = folder.resolve().is_relative_to(Path(tempfile.gettempdir()).resolve())
        self.known.weak_disk = is_weak(folder)
        self.known.host_keys = {**_host_keys(folder / "trail.json"), **_host_keys(self._host_log / "host.json")}

    def where(self) -> str:
        return str(self._path.relative_to(self._folder) if self._path.is_relative_to(self._folder) else self._path)

    def __iter__(self) -> Iterator[str]:
        folders = [self._host_log, *spool.stream_folders(self._folder)]
        self.total = sum(path.stat().st_size for folder in folders for path in spool.segment_files(folder))
        for stream in folders:
            yield from self._stream(stream)

    def _stream(self, folder: Path) -> Iterator[str]:
        """The lock is asked before the files are read: a stream that is dead by then does not change any more."""
        files = spool.segment_files(folder)
        live = bool(files) and self._is_written(folder)
        reader = Frames(self._keys)
        for path in files:
            self._path = path
            yield from reader.bodies(path, last=path == files[-1])
            self.done += path.stat().st_size
        self._conclude(folder, reader, live=live)

    def _is_written(self, folder: Path) -> bool:
        if folder == self._host_log:
            return held(self._folder / "keeper.lock")
        return not writer_is_dead(folder)

    def _conclude(self, folder: Path, reader: Frames, *, live: bool) -> None:
        known = self.known
        if reader.is_empty:
            if reader.corrupt:
                self.complain("nothing in it could be read")
            known.unborn |= {int(folder.name)} if folder != self._host_log else set()
            return
        if live:
            known.live.add(reader.stream)
        elif reader.torn:
            known.torn.add(reader.stream)
        if reader.corrupt:
            known.corrupt[reader.stream] = reader.corrupt


def _host_keys(path: Path) -> dict[str, str]:
    """The host's public key as the trail's own files have it; none if that cannot be read."""
    try:
        about = json.loads(path.read_text())
        return {f"{about['origin']}/{about['trail_id']}/host": str(about["host_key"])} if about["host_key"] else {}
    except (OSError, ValueError, KeyError, TypeError):
        return {}
