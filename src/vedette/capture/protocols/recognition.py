"""Which protocol an exchange speaks: by the end of its path, then by its request, or else by its response.

Two chances, so that a request that was streamed, or whose keys were not kept, still resolves. The host never decides.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from vedette.capture.protocols.exchange import Side
from vedette.capture.protocols.table import PROTOCOLS, Protocol

_API = re.compile(r"/v\d|/openai|/anthropic|/chat/|/deployments/|/models?/")
_MODEL = re.compile(r"/(?:deployments|models?)/([^/:]+)")
_THREAD = "/threads/"
_SEEN = 4096


@dataclass(frozen=True, slots=True)
class Place:
    host: str
    path: str


def place_of(url: str) -> Place | None:
    """Host and path of a URL; None if it is none."""
    try:
        parts = urlsplit(url)
        return Place(parts.hostname or "", parts.path)
    except ValueError:
        return None


def model_in(path: str) -> str:
    """The model that a path names, as Azure, Vertex and Bedrock have it; on Azure it is the deployment."""
    named = _MODEL.search(path)
    return unquote(named[1]) if named else ""


def protocol_at(path: str, body: bytes | None) -> Protocol | None:
    """By path and request. Without a body the path has to look like that of a model API: `/messages` is any chat's."""
    found = _by_path(path)
    if found is None:
        return None
    known = _has_keys(found, body) if body else _API.search(path.lower())
    return found if known else None


def protocol_of(place: Place, asked: Side, answered: Side) -> Protocol | None:
    """By all that was kept of an exchange."""
    found = _by_path(place.path)
    if found is None:
        return None
    by_request = asked.body and _has_keys(found, asked.body, asked.tail)
    by_response = not (asked.body and asked.whole) and found.shape.search((answered.body or b"")[:_SEEN])
    return found if by_request or by_response else None


@functools.lru_cache(maxsize=256)
def _by_path(path: str) -> Protocol | None:
    path = path.lower().rstrip("/")
    if _THREAD in path:
        return None
    return next((each for each in PROTOCOLS if each.path.search(path)), None)


def _has_keys(protocol: Protocol, body: bytes, tail: bytes = b"") -> bool:
    return any(all(key in body or key in tail for key in group) for group in protocol.keys)
