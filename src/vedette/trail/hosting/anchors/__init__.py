"""Anchors: somebody outside this host who has seen the host log, and says so (docs/trail-format.md, "Anchors").

`VEDETTE_ANCHORS` names them, comma separated; what follows `#` never leaves this host:

    tsa:https://tsa.example/tsr#ca=/etc/tsa.pem          RFC 3161; `ca` pins the authority's certificates (PEM)
    witness:https://w.example/log#key=w.example+1234abcd+BAAA…   C2SP tlog-witness; `key` is its verifier key
    file:/mnt/worm/anchors                               notes in a directory that this host can only add to
    s3lock:https://s3.eu-central-1.amazonaws.com/bucket/prefix#days=400   notes in a bucket with object lock
"""

from __future__ import annotations

from urllib.parse import parse_qsl

from vedette import late
from vedette.trail.hosting.anchors.anchor import Anchor, BadAnchor

KINDS = ("tsa", "witness", "file", "s3lock")


def parts(text: str) -> tuple[str, str, str]:
    """Kind, place and options of an entry, as text. Raises `BadAnchor`; whether it can be used here is not asked."""
    kind, _, rest = text.partition(":")
    where, _, fragment = rest.partition("#")
    if kind not in KINDS or not where:
        raise BadAnchor(f"{text!r} is no anchor: use tsa:URL, witness:URL, file:FOLDER or s3lock:URL")
    return kind, where, fragment


def anchor(text: str) -> Anchor:
    """The anchor that one entry of `VEDETTE_ANCHORS` names. Raises `BadAnchor` with one clear sentence."""
    kind, where, fragment = parts(text)
    # late on purpose: HTTP clients and ASN.1 are imported only where such an anchor is used (law 7)
    module = late.module(f"vedette.trail.hosting.anchors.{kind}")
    # `+` is a letter of base64 in a verifier key, not a blank
    options = dict(parse_qsl(fragment.replace("+", "%2B"), keep_blank_values=True))
    made: Anchor = module.make(where, options)
    return made
