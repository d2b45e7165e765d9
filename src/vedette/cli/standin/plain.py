"""Endpoints that are no model: what an agent's tools talk to."""

from __future__ import annotations

import hashlib

from vedette.cli.standin.wire import Request, Response, document

SKIES = ("sunny", "cloudy", "rainy", "windy")


def weather(request: Request) -> Response:
    """`/weather?city=`: the same weather in a city for ever."""
    city = request.query.get("city", "")
    chance = hashlib.sha256(city.encode()).digest()
    return document({"city": city, "temperature_c": chance[0] % 35, "sky": SKIES[chance[1] % len(SKIES)]})


def echo(request: Request) -> Response:
    """`/echo`: the request, told back as JSON."""
    told = {
        "method": request.method,
        "path": request.path,
        "query": request.query,
        "headers": request.headers,
        "body": request.body.decode(errors="replace"),
    }
    return document(told)
