"""Reads checkpoints that came from outside: the line that travels, the signed note in it, and its signatures.

Formats: C2SP signed-note and tlog-checkpoint. Limits: 64 KiB a note, 16 signatures, 64 peaks. Whatever breaks them is
no checkpoint; nothing here raises on hostile input but `BadNote`.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from vedette.trail.format.checkpoint import ED25519, key_id, verifies
from vedette.trail.format.envelope import unb64u
from vedette.trail.format.merkle import root_of

MAX_NOTE = 64 * 1024
MAX_SIGNATURES = 16
MAX_PEAKS = 64
_DASH = "\N{EM DASH} "


class BadNote(ValueError):
    """Not a signed note as this format writes them."""


@dataclass(frozen=True, slots=True)
class Note:
    """A signed note. `text` is what is signed; `extensions` maps the first word of a line to the rest of it.

    `signatures` are (name, key id, signature); `whole` is the note with its signature lines.
    """

    text: str
    origin: str
    size: int
    root: bytes
    extensions: Mapping[str, str]
    signatures: tuple[tuple[str, bytes, bytes], ...]
    whole: str = ""

    @property
    def prefix(self) -> str:
        """`<origin>/<trail id>`: what all keys of one trail have in common."""
        return self.origin.rpartition("/")[0]

    @property
    def of_host(self) -> bool:
        """Whether it is of the host log, whose stream is the trail itself."""
        return self.origin.endswith("/host")

    def key(self, extension: str) -> bytes | None:
        """The public key that the extension line `key` or `next` names."""
        try:
            raw = _base64(self.extensions.get(extension, ""))
        except BadNote:
            return None
        return raw if len(raw) == 32 else None

    def signed_by(self, name: str, public: bytes) -> bool:
        """Whether one of the signatures is that of `public` under `name`."""
        wanted = (name, key_id(name, public))
        data = self.text.encode()
        return any(verifies(public, each[2], data) for each in self.signatures if each[:2] == wanted)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """One line of a trail: `index` is not signed, but the key that signed the note is that of this index."""

    index: int
    note: Note
    peaks: tuple[bytes, ...] | None

    @property
    def sound(self) -> bool:
        """Whether the peaks are those of the signed root, so that a tree may be grown from them."""
        peaks = self.peaks
        return peaks is not None and len(peaks) == self.note.size.bit_count() and root_of(peaks) == self.note.root


def parse_checkpoint(line: Mapping[str, Any]) -> Checkpoint:
    """A checkpoint from its parsed line; its note MUST be of the stream that the line names."""
    index, text, stream = line.get("i"), line.get("note"), line.get("s")
    if type(index) is not int or not 0 <= index < 2**53 or type(text) is not str:
        raise BadNote("a checkpoint without index or note")
    note = parse_note(text)
    if not note.origin.endswith((f"/{stream}", f"/{stream}/host")):
        raise BadNote("the note is of another stream")
    return Checkpoint(index, note, _peaks(line.get("f")))


def parse_note(text: str) -> Note:
    """A note as C2SP signed-note and tlog-checkpoint have it."""
    if len(text.encode("utf-8", "surrogatepass")) > MAX_NOTE:
        raise BadNote("longer than 64 KiB")
    body, blank, tail = text.rpartition("\n\n")
    lines = body.split("\n")
    signatures = tail.split("\n")
    if not blank or len(lines) < 3 or not 2 <= len(signatures) <= MAX_SIGNATURES + 1 or signatures[-1]:
        raise BadNote("not a signed note")
    origin, size, root = lines[0], lines[1], _base64(lines[2])
    if not (size.isascii() and size.isdigit()) or len(size) > 16 or str(int(size)) != size or len(root) != 32:
        raise BadNote("not a checkpoint")
    extensions = {word: rest for word, _, rest in (line.partition(" ") for line in lines[3:])}
    return Note(body + "\n", origin, int(size), root, extensions, tuple(map(_signature, signatures[:-1])), text)


def _signature(line: str) -> tuple[str, bytes, bytes]:
    name, _, blob = line[len(_DASH) :].partition(" ")
    raw = _base64(blob)
    if not line.startswith(_DASH) or not name or len(raw) < 5:
        raise BadNote("not a signature line")
    return name, raw[:4], raw[4:]


def _base64(text: str) -> bytes:
    """Bytes have one spelling only: padded, and with no bit set beyond them."""
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise BadNote("not base64") from None
    if base64.b64encode(raw).decode() != text:
        raise BadNote("not base64")
    return raw


def _peaks(value: object) -> tuple[bytes, ...] | None:
    if type(value) is not list or len(value) > MAX_PEAKS:
        return None
    try:
        peaks = tuple(unb64u(each) for each in value)
    except (TypeError, ValueError, AttributeError):
        return None
    return peaks if all(len(each) == 32 for each in peaks) else None


def decoded_key(text: str) -> bytes:
    """The bytes that a `key` or `next` line holds. Raises `BadNote`."""
    return _base64(text)


def public_key(text: str) -> bytes:
    """The 32 bytes of a key given as plain base64 or as a C2SP verifier key, `name+id+base64`. Raises `BadNote`."""
    text = text.strip()
    try:
        raw = _base64(text)
    except BadNote:
        raw = _base64(text.split("+", 2)[-1])
    if len(raw) == 33 and raw[0] == ED25519:
        raw = raw[1:]
    if len(raw) != 32:
        raise BadNote("not an Ed25519 public key")
    return raw
