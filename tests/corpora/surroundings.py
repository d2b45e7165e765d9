"""Where people and programs put secrets: twelve surroundings and three escapings.

Each surrounding takes a name and a value and gives a text with the value in it, verbatim. An escaping wraps a whole text
as JSON would, once or twice; the value then stands there escaped, and what redaction leaves of it is what counts.
"""

from __future__ import annotations

import json
from collections.abc import Callable

Surrounding = Callable[[str, str], str]


def prose(name: str, value: str) -> str:
    return f"Hi team, the {_spaced(name)} is {value} - please rotate it after the demo."


def json_object(name: str, value: str) -> str:
    return json.dumps({"region": "eu-1", name: value, "retries": 3})


def shell(name: str, value: str) -> str:
    return f"$ export {name.upper()}={value} && ./deploy.sh --region eu-1"


def url(name: str, value: str) -> str:
    return f"GET https://api.example.org/v1/items?page=2&{name}={value}&limit=10 HTTP/1.1"


def header(name: str, value: str) -> str:
    return f"POST /v1/run HTTP/1.1\r\nHost: api.example.org\r\nX-{name.replace('_', '-').title()}: {value}\r\nAccept: */*\r\n\r\n"


def brackets(name: str, value: str) -> str:
    return f"credentials ({name}: [{value}], expires soon)"


def yaml(name: str, value: str) -> str:
    return f"service:\n  region: eu-1\n  {name}: {value}\n  replicas: 2\n"


def dotenv(name: str, value: str) -> str:
    return f'DEBUG=1\n{name.upper()}="{value}"\nPORT=8080\n'


def log_line(name: str, value: str) -> str:
    return f"2026-03-01T12:00:00Z INFO worker-3 request rejected {name}={value} status=401"


def cjk(name: str, value: str) -> str:
    return f"\u8bf7\u4f7f\u7528{name}\uff1a{value}\uff0c\u4e0d\u8981\u6cc4\u9732\u3002"


def python_code(name: str, value: str) -> str:
    return f'client = Client(\n    timeout=30,\n    {name}="{value}",\n)\n'


def tool_arguments(name: str, value: str) -> str:
    arguments = json.dumps({"command": f"login --{name.replace('_', '-')} {value}", "timeout": 5})
    return json.dumps({"role": "assistant", "tool_calls": [{"function": {"name": "shell", "arguments": arguments}}]})


SURROUNDINGS: dict[str, Surrounding] = {
    each.__name__: each
    for each in (
        prose,
        json_object,
        shell,
        url,
        header,
        brackets,
        yaml,
        dotenv,
        log_line,
        cjk,
        python_code,
        tool_arguments,
    )
}

ESCAPINGS: dict[str, Callable[[str], str]] = {
    "plain": lambda text: text,
    "json": lambda text: json.dumps({"content": text}),
    "json in json": lambda text: json.dumps({"body": json.dumps({"content": text})}),
}


def _spaced(name: str) -> str:
    return name.replace("_", " ")
