"""`file:` a directory that this host can only add to: another machine's, a write-once share, a git work tree.

One note a file, `<trail id>/<size>.note`. It tells no time, and proves what the directory's owner makes impossible.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from vedette.trail.files.folder import create
from vedette.trail.format.notes import MAX_NOTE, parse_note
from vedette.trail.hosting.anchors.anchor import Anchor, BadAnchor, Failed, Forked, Growing, Statement


def make(where: str, options: Mapping[str, str]) -> Anchor:
    folder = Path(where)
    if not folder.is_absolute():
        raise BadAnchor(f"file:{where} is not an absolute path")
    return Folder(folder)


def place(note: str) -> str:
    """Where the note of a host log goes: by trail and size, so that two histories meet in one name."""
    found = parse_note(note)
    return f"{found.origin.split('/')[-2]}/{found.size:016d}.note"


class Folder:
    """One directory."""

    kind = "file"

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.name = str(folder)

    def attest(self, log: Growing) -> Statement:
        path = self._folder / place(log.note)
        try:
            path.parent.mkdir(exist_ok=True)
            create(path, log.note.encode())
        except FileExistsError:
            self._same(path, log.note)
        except OSError as error:
            raise Failed(f"{path}: {error.strerror}") from error
        return Statement(self.kind, self.name, log.note)

    @staticmethod
    def _same(path: Path, note: str) -> None:
        try:
            found = path.read_text()
        except OSError as error:
            raise Failed(f"{path}: {error.strerror}") from error
        if found.rpartition("\n\n")[0] != note.rpartition("\n\n")[0]:
            raise Forked(f"{path} holds another note of this size")

    def time(self, statement: Statement) -> None:
        return None

    def kept(self, trail: str) -> Iterator[tuple[Statement, int]]:
        try:
            for path in sorted((self._folder / trail).glob("*.note")):
                if path.stat().st_size <= MAX_NOTE:
                    yield Statement(self.kind, self.name, path.read_text("utf-8", "replace")), 0
        except OSError as error:
            raise Failed(f"{self.name}: {error.strerror}") from error
