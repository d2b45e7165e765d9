"""What can be reached: the trail's folder is written to, the collector is asked, as a recording process would."""

from __future__ import annotations

import importlib
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from vedette.cli.checks import Check
from vedette.config import Settings
from vedette.redact import BadKey, available, load_key
from vedette.trail import Unavailable
from vedette.trail.files.folder import prepare
from vedette.trail.files.identities import BadIdentity, Keys, read_identities, recipients, wrapped
from vedette.trail.shipping.answer import NO_CLIENT, WORDS, Action, Answer
from vedette.trail.shipping.target import Target, target

PATIENCE = 5.0
"""Seconds for the collector's answer."""


def trail(folder: Path) -> Check:
    """The folder is made if it is missing, as the first record would make it, and one byte is written there."""
    try:
        prepare(folder)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"\n")
            file.flush()
    except Unavailable as error:
        return Check("trail", "bad", str(error))
    except OSError as error:
        return Check("trail", "bad", f"{folder} cannot be written to: {error.strerror}; set VEDETTE_TRAIL")
    return Check("trail", "ok", f"{folder} can be written to")


def redaction(settings: Settings) -> Check:
    """The engine that would run, and the key, which is not made by looking for it."""
    if not settings.redact_key and not (settings.trail / "redact.key").exists():
        return Check("redaction", "ok", f"mode {settings.redact}, {available()}; a key is made with the first record")
    try:
        key = load_key(settings.redact_key, settings.trail)
    except (BadKey, OSError) as error:
        return Check("redaction", "bad", str(error))
    return Check("redaction", "ok", f"mode {settings.redact}, {available()}, key {key.id}")


def at_rest(settings: Settings) -> Iterator[Check]:
    """Whether what is encrypted here can be opened here: else nothing can be shipped, shown or erased."""
    if not settings.at_rest:
        return
    try:
        to = recipients(settings.at_rest)
        keys = Keys(read_identities(settings.at_rest_key) if settings.at_rest_key else ())
        opens = keys.unwrapped(wrapped(bytes(32), to, b""), b"") is not None
    except (Unavailable, BadIdentity) as error:
        yield Check("at rest", "bad", str(error))
        return
    about = "VEDETTE_AT_REST_KEY opens it" if opens else "no key here opens it: it can be neither shipped nor shown"
    yield Check("at rest", "ok" if opens else "warn", f"encrypted to {len(to)} recipient(s); {about}")


def collector(env: Mapping[str, str], settings: Settings) -> Check:
    """Asked with an empty export, over the shipper's own client: address, TLS, keys and protocol are all tried."""
    found = target(env)
    if found is None:
        return Check("collector", "note", "none configured (OTEL_EXPORTER_OTLP_ENDPOINT): records stay in the trail")
    if settings.ship == "off":
        return Check("collector", "note", f"{_place(found)} is not asked: VEDETTE_SHIP=off")
    return _verdict(found, _ask(replace(found, timeout=min(found.timeout, PATIENCE))))


def _ask(found: Target) -> Answer:
    """Late on purpose, as in `runtime.shipping`: a transport imports requests or grpc."""
    otlp = importlib.import_module("vedette.trail.shipping.otlp")
    try:
        transport = otlp.connect(found)
    except (OSError, ImportError, ValueError) as error:
        return Answer(NO_CLIENT, message=str(error))
    answer: Answer = transport.send(b"")
    transport.close()
    return answer


def _verdict(found: Target, answer: Answer) -> Check:
    place = _place(found)
    if answer.action is Action.ACCEPT:
        return Check("collector", "ok", f"{place} takes records")
    said = f"{WORDS.get(answer.status, f'refuses with {answer.status}')} {answer.message and f'({answer.message})'}"
    busy = answer.action is Action.RETRY and answer.status not in WORDS
    return Check("collector", "warn" if busy else "bad", f"{place} {said.strip()}")


def _place(found: Target) -> str:
    """The address without what an account's key may hide in: no userinfo, no query."""
    parts = urlsplit(found.endpoint if "://" in found.endpoint else f"//{found.endpoint}")
    scheme = f"{parts.scheme}://" if parts.scheme else ""
    return f"{scheme}{parts.netloc.rpartition('@')[2]}{parts.path} ({found.protocol})"
