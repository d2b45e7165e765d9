"""The facts that every recorded HTTP exchange with the stand-in has, and which library carried it."""

from __future__ import annotations

from typing import Any

from tests.clients.records import Told


def carrier(client: type) -> str:
    """`httpx` or `httpx2`: the library whose client class an SDK builds on."""
    roots = (each.__module__.partition(".")[0] for each in client.__mro__)
    return next(root for root in roots if root in ("httpx", "httpx2"))


def exchange(path: str, source: str, *, status: int = 200) -> dict[str, Any]:
    """Method, place, peer, status and sizes of a POST to the stand-in."""
    return {
        "http.request.body.size": "{received}",
        "http.request.method": "POST",
        "http.response.body.size": "{size}",
        "http.response.status_code": status,
        "network.peer.address": "127.0.0.1",
        "network.peer.port": "{port}",
        "network.protocol.name": "http",
        "network.protocol.version": "1.1",
        "network.transport": "tcp",
        "server.address": "127.0.0.1",
        "server.port": "{port}",
        "url.full": f"{{url}}{path}",
        "url.scheme": "http",
        "vedette.source": source,
    }


def said(role: str, text: str, **more: Any) -> dict[str, Any]:
    """A message of one text, in the shape of the semantic conventions."""
    return {"role": role, "parts": [{"type": "text", "content": text}], **more}


def inference(model: str, facts: dict[str, Any], content: dict[str, Any], does: str = "chat", **more: Any) -> Told:
    """An inference that went well, unless `result` says otherwise."""
    known = {"gen_ai.operation.name": does, "gen_ai.request.model": model}
    return Told("inference", f"{does} {model}", **{"result": "ok", **more}, facts=known | facts, content=content)
