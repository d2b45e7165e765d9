"""Encryption at rest: what is on the disk, who can read it, and that nothing else changes."""

from __future__ import annotations

import base64
import errno
import hmac
import json
import os
import resource
import signal
import struct
from collections import Counter
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given, settings
from hypothesis import strategies as st

from vedette import guard
from vedette.config import load
from vedette.event import Event, Kind
from vedette.trail import Trail, Unavailable, sources
from vedette.trail.files import identities, reading, rest
from vedette.trail.files.follow import frames
from vedette.trail.files.identities import BadIdentity, Keys, generate, read_identities, recipients
from vedette.trail.files.identity import Custody
from vedette.trail.format.merkle import leaf_hash
from vedette.trail.format.spool import (
    CONTENT,
    ENCRYPTED,
    ENVELOPE,
    HEADER_SIZE,
    KEY,
    Header,
    encode_frame,
    read_segment,
    scan,
    segment_files,
    stream_folders,
)
from vedette.trail.proving.verify import verify
from vedette.trail.writing import segment

SECRET, PUBLIC = generate()
KEYS = Keys([identities.unb64u(SECRET.removeprefix(identities.SECRET))])
HEADER = Header(bytes(range(16)), 0, 3, 0, 1, bytes(32))
WORDS = "a sentence that nobody else may read"


def birth() -> Event:
    return Event(kind=Kind.LIFECYCLE, name="birth")


def recorded(folder: Path, *, count: int = 3, at_rest: tuple[str, ...] = (PUBLIC,)) -> Path:
    trail = Trail(folder, birth=birth, custody=Custody(at_rest=at_rest))
    for number in range(count):
        trail.append(Event(kind=Kind.TOOL, name="weather", content={"said": f"{WORDS} {number}"}))
    trail.close("stop")
    return folder


def files(folder: Path) -> list[Path]:
    return [path for stream in stream_folders(folder) for path in segment_files(stream)]


def test_the_disk_holds_no_word_and_the_key_opens_all(tmp_path: Path) -> None:
    """Neither content nor envelope is on the disk in clear; an identity key reads every record as it was written."""
    folder = recorded(tmp_path / "trail")
    data = b"".join(path.read_bytes() for path in files(folder))
    assert WORDS.encode() not in data and b"weather" not in data and b"vedette.local" not in data
    found = [each.content for each in reading.records(folder, keys=KEYS) if each.content]
    assert found == [{"said": f"{WORDS} {number}"} for number in range(3)]


def test_without_the_key_one_sentence_says_so(tmp_path: Path) -> None:
    """No key and a foreign key are the same: the file is named, and what to do."""
    folder = recorded(tmp_path / "trail")
    foreign = Keys([os.urandom(32)])
    for keys in (Keys(), foreign):
        with pytest.raises(rest.Locked, match="VEDETTE_AT_REST_KEY"):
            list(reading.records(folder, keys=keys))


def test_each_of_several_recipients_can_read(tmp_path: Path) -> None:
    """The shipper's key, the auditor's: each opens it alone."""
    other_secret, other = generate()
    folder = recorded(tmp_path / "trail", at_rest=(other, PUBLIC))
    theirs = Keys([identities.unb64u(other_secret.removeprefix(identities.SECRET))])
    assert [r.raw for r in reading.records(folder, keys=theirs)] == [r.raw for r in reading.records(folder, keys=KEYS)]


def test_every_frame_but_the_key_frame_is_encrypted(tmp_path: Path) -> None:
    """The key frame comes first, the header names it, and recovery scans all of it without any key."""
    (path,) = files(recorded(tmp_path / "trail"))
    segment = read_segment(path)
    assert (segment.header.cipher, segment.tail) == (1, "clean")
    assert segment.frames[0].type == KEY and segment.frames[0].offset == HEADER_SIZE
    assert all(frame.flags & ENCRYPTED for frame in segment.frames[1:])
    assert rest._mark(segment.frames[0].payload) == segment.header.mark


def counts(path: Path) -> list[int]:
    return [
        struct.unpack_from("<Q", frame.payload)[0] for frame in frames(path, HEADER_SIZE, final=True) if frame.flags
    ]


def test_a_nonce_never_comes_twice_not_even_after_a_failed_write(tmp_path: Path) -> None:
    """The disk refuses a write; what is written at the same offset afterwards has counts that were not used before."""
    trail = Trail(tmp_path / "trail", birth=birth, custody=Custody(at_rest=(PUBLIC,)))
    trail.append(Event(kind=Kind.TOOL, name="first"))
    (path,) = files(tmp_path / "trail")
    before = counts(path)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size, hard))
    try:
        with pytest.raises(Unavailable):
            trail.append(Event(kind=Kind.TOOL, name="refused", content={"said": "x" * 2**20}))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, ignored)
    trail.append(Event(kind=Kind.TOOL, name="second"))
    trail.close("stop")
    found = counts(path)
    assert max(Counter(found).values()) == 1 and found == sorted(found)
    assert found[len(before)] > before[-1] + 2  # the two frames that were refused used two


def test_what_a_disk_lost_is_encrypted_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a failed sync the same records go to another segment, under another key: no ciphertext comes twice."""
    guard.loud(False)
    trail = Trail(tmp_path / "trail", birth=birth, custody=Custody(at_rest=(PUBLIC,)))
    assert trail.wait(trail.append(Event(kind=Kind.TOOL, name="first")))
    real, failed = segment._datasync, []

    def failing(descriptor: int) -> None:
        if not failed:
            failed.append(descriptor)
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        real(descriptor)

    monkeypatch.setattr(segment, "_datasync", failing)
    assert trail.wait(trail.append(Event(kind=Kind.TOOL, name="second", content={"said": WORDS}), sync=True))
    trail.close("stop")
    first, second = (read_segment(path) for path in files(tmp_path / "trail"))
    assert first.frames[0].payload != second.frames[0].payload and second.header.first == 2
    assert not {each.payload for each in first.frames} & {each.payload for each in second.frames}
    found = [each for each in reading.records(tmp_path / "trail", keys=KEYS) if each.envelope["k"] == "tool"]
    assert [each.content for each in found][-1] == {"said": WORDS}
    assert verify(sources.segments(tmp_path / "trail", KEYS)).exit_code == 0


def test_a_segment_moved_elsewhere_does_not_open(tmp_path: Path) -> None:
    """The wrapped key and each frame are bound to stream and segment number."""
    cipher = rest.Cipher(recipients([PUBLIC]), HEADER)
    data = cipher.begin(HEADER) + cipher.seal(encode_frame(ENVELOPE, b"{}"))
    moved = Header(HEADER.stream, 0, 4, 0, 1, bytes(32), 1, rest._mark(next(scan(data)).payload)).pack()
    path = tmp_path / "000003.seg"
    path.write_bytes(data)
    assert payloads(path) == [b"{}"]
    path.write_bytes(moved + data[HEADER_SIZE:])
    with pytest.raises(rest.Locked):
        payloads(path)


def payloads(path: Path) -> list[bytes]:
    return [frame.payload for frame in rest.opened(frames(path, HEADER_SIZE, final=True), path, KEYS)]


@settings(max_examples=40, deadline=None)
@given(written=st.lists(st.tuples(st.sampled_from([ENVELOPE, CONTENT]), st.binary(max_size=60)), max_size=8))
def test_encrypting_any_frames_leaves_the_same_leaves(
    tmp_path_factory: pytest.TempPathFactory, written: list[tuple[int, bytes]]
) -> None:
    """Types, order, payloads, and so leaves, are those of the plain frames; the ciphertext is another each time."""
    plain = b"".join(encode_frame(kind, payload) for kind, payload in written)
    cipher = rest.Cipher(recipients([PUBLIC]), HEADER)
    path = tmp_path_factory.mktemp("rest") / "000003.seg"
    path.write_bytes(cipher.begin(HEADER) + cipher.seal(plain))
    found = list(rest.opened(frames(path, HEADER_SIZE, final=True), path, KEYS))
    assert [(each.type, leaf_hash(each.payload)) for each in found] == [(k, leaf_hash(p)) for k, p in written]
    assert not written or cipher.seal(plain) != cipher.seal(plain)


def test_an_edited_ciphertext_is_left_out(tmp_path: Path) -> None:
    """Its CRC made right again does not help: the record is missing, which the chain then tells."""
    folder = recorded(tmp_path / "trail")
    (path,) = files(folder)
    data = bytearray(path.read_bytes())
    victim = next(frame for frame in scan(bytes(data)) if frame.type == CONTENT)
    changed = bytearray(victim.payload)
    changed[20] ^= 1
    data[victim.offset : victim.end] = encode_frame(CONTENT, bytes(changed), victim.flags)
    path.write_bytes(data)
    contents = [each.content for each in reading.records(folder, keys=KEYS) if each.envelope["k"] == "tool"]
    assert contents == [{}, {"said": f"{WORDS} 1"}, {"said": f"{WORDS} 2"}]


def test_a_recipient_that_is_none_writes_nothing_in_clear(tmp_path: Path) -> None:
    """What should have been encrypted is not written at all."""
    trail = Trail(tmp_path / "trail", birth=birth, custody=Custody(at_rest=("nobody",)))
    with pytest.raises(Unavailable):
        trail.append(Event(kind=Kind.TOOL, name="weather"))
    assert not files(tmp_path / "trail")
    trail.close("stop")


def _labeled(label: bytes, kind: bytes, data: bytes) -> bytes:
    return b"HPKE-v1" + kind + label + data


def _extract(salt: bytes, label: bytes, kind: bytes, data: bytes) -> bytes:
    return hmac.digest(salt or bytes(32), _labeled(label, kind, data), "sha256")


def _expand(key: bytes, label: bytes, kind: bytes, data: bytes, size: int) -> bytes:
    about = size.to_bytes(2, "big") + _labeled(label, kind, data)
    return hmac.digest(key, about + b"\x01", "sha256")[:size]


def _hpke_open(secret: bytes, sealed: bytes, info: bytes) -> bytes:
    """RFC 9180, base mode, by its text: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM, empty aad, sequence 0."""
    kem, suite = b"KEM\x00\x20", b"HPKE\x00\x20\x00\x01\x00\x02"
    private = X25519PrivateKey.from_private_bytes(secret)
    enc, ciphertext = sealed[:32], sealed[32:]
    shared = private.exchange(X25519PublicKey.from_public_bytes(enc))
    context = enc + private.public_key().public_bytes_raw()
    shared = _expand(_extract(b"", b"eae_prk", kem, shared), b"shared_secret", kem, context, 32)
    hashes = _extract(b"", b"psk_id_hash", suite, b"") + _extract(b"", b"info_hash", suite, info)
    key = _extract(shared, b"secret", suite, b"")
    schedule = b"\x00" + hashes
    nonce = _expand(key, b"base_nonce", suite, schedule, 12)
    return AESGCM(_expand(key, b"key", suite, schedule, 32)).decrypt(nonce, ciphertext, b"")


def test_the_format_by_its_document_alone(tmp_path: Path) -> None:
    """Key frame and frames open with HMAC, X25519 and AES-GCM, as docs/trail-format.md says, and nothing of ours."""
    (path,) = files(recorded(tmp_path / "trail"))
    data = path.read_bytes()
    key_frame, *sealed = scan(data)
    entries = json.loads(key_frame.payload)["keys"]
    secret = base64.urlsafe_b64decode(SECRET.partition(":")[2] + "=")
    public = X25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw()
    assert [name for name, _ in entries] == [sha256(public).hexdigest()[:16]]
    wrapped = base64.urlsafe_b64decode(entries[0][1] + "=" * (-len(entries[0][1]) % 4))
    about = data[16:32] + data[36:40]
    opener = AESGCM(_hpke_open(secret, wrapped, b"vedette at rest 1\n" + about))
    opened = [
        opener.decrypt(
            bytes(4) + frame.payload[:8], frame.payload[8:], about + data[frame.offset + 4 : frame.offset + 12]
        )
        for frame in sealed
    ]
    assert [each.raw for each in reading.records(tmp_path / "trail", keys=KEYS)] == [
        payload for payload, frame in zip(opened, sealed, strict=True) if frame.type == ENVELOPE
    ]


def test_bad_settings_take_the_safe_side() -> None:
    """A recipient that is none: nobody, so nothing is written. A policy that is none: no content. Else the default."""
    bad = {"VEDETTE_AT_REST": f"{PUBLIC},age1", "VEDETTE_CONTENT": "away", "VEDETTE_RETENTION": "soon"}
    settings, problems = load(bad)
    assert (settings.at_rest, settings.content, settings.retention) == (("nobody",), "none", 400)
    assert {each.variable for each in problems} == set(bad)
    good, none = load(
        {"VEDETTE_AT_REST": f"{PUBLIC}, {PUBLIC}", "VEDETTE_RETENTION": "30d", "VEDETTE_CONTENT": "sealed"}
    )
    assert (good.at_rest, good.retention, good.at_rest_key, none) == ((PUBLIC, PUBLIC), 30, None, ())


def test_an_identity_file_is_the_owners_alone(tmp_path: Path) -> None:
    """Readable by others, empty or wrong: refused with what to do. Comments and several identities are taken."""
    path = tmp_path / "identity"
    path.write_text(f"# {PUBLIC}\n{SECRET}\n{generate()[0]}\n")
    path.chmod(0o640)
    with pytest.raises(BadIdentity, match="chmod 600"):
        read_identities(path)
    path.chmod(0o600)
    assert len(read_identities(path)) == 2
    for text, said in (("", "vedette keygen"), ("x25519-secret:AAAA", "base64url")):
        path.write_text(text)
        with pytest.raises(BadIdentity, match=said):
            read_identities(path)
