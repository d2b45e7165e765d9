"""The rows of the matrix: which versions of which client, with what beside them, and which tests they must pass."""

from __future__ import annotations

import re
from dataclasses import dataclass

_FILES = {
    "openai": ("test_openai", "test_openai_responses", "test_openai_failures"),
    "anthropic": ("test_anthropic", "test_anthropic_failures"),
    "langchain-openai": ("test_langchain_openai",),
    "langchain-anthropic": ("test_langchain_anthropic",),
    "litellm": ("test_litellm",),
    "instructor": ("test_instructor",),
}


@dataclass(frozen=True)
class Row:
    """One environment. The pins that name no version are the newest of their libraries."""

    name: str
    pins: tuple[str, ...]
    tests: tuple[str, ...]
    options: tuple[str, ...] = ()

    @property
    def newest(self) -> bool:
        return any(self.libraries == (pin,) or re.fullmatch(r"[\w-]+", pin) for pin in self.pins)

    @property
    def libraries(self) -> tuple[str, ...]:
        """The distributions that the row is about: those it names."""
        return tuple(re.split(r"[<>=!~\[; ]", pin)[0] for pin in self.pins)


_LEAKS = ("-W", "ignore::ResourceWarning", "-W", "ignore::pytest.PytestUnraisableExceptionWarning")
"""LiteLLM leaves loops and connections to the end of the process, with or without Vedette."""


def _client(name: str, *pins: str) -> Row:
    client = name.partition(" ")[0]
    tests = tuple(f"tests/clients/{file}.py" for file in _FILES[client])
    return Row(name, pins, tests, _LEAKS if client == "litellm" else ())


def _http(name: str, **versions: str) -> Row:
    """The HTTP instrumentors' tests import every client; what is not named is the newest."""
    pins = {"aiohttp": "", "httpx": "", "requests": "", "urllib3": "", **versions}
    tests = ("test_http_clients", "test_nested", "test_urllib3_future")
    return Row(
        name,
        tuple(pin + version for pin, version in pins.items()),
        tuple(f"tests/instrumentors/{each}.py" for each in tests),
    )


ROWS = (
    _client("openai 1 oldest", "openai==1.60.0", "httpx==0.27.2"),
    _client("openai 1 last", "openai==1.109.1", "httpx"),
    _client("openai 2 last", "openai==2.54.0", "httpx"),
    _client("openai newest", "openai", "httpx2"),
    _client("anthropic 0 oldest", "anthropic==0.60.0", "httpx==0.27.2"),
    _client("anthropic 0 last", "anthropic==0.125.0", "httpx"),
    _client("anthropic newest", "anthropic", "httpx2"),
    _client("langchain-openai 0", "langchain-openai==0.3.0", "langchain-core==0.3.30", "openai==1.60.0", "httpx<0.28"),
    _client("langchain-openai 1.0", "langchain-openai==1.0.0", "langchain-core", "openai"),
    _client("langchain-openai newest", "langchain-openai", "langchain-core", "openai"),
    _client("langchain-anthropic 0", "langchain-anthropic==0.3.15", "langchain-core==0.3.84", "anthropic==0.60.0"),
    _client("langchain-anthropic newest", "langchain-anthropic", "langchain-core", "anthropic"),
    _client("litellm oldest", "litellm==1.80.0", "openai==2.8.0", "aiohttp"),
    _client("litellm newest", "litellm", "openai", "aiohttp"),
    _client("instructor oldest", "instructor==1.7.0", "openai==1.60.0", "httpx==0.27.2", "pydantic"),
    _client("instructor newest", "instructor", "openai", "pydantic"),
    Row("langchain classic oldest", ("langchain==0.3.0",), ("tests/instrumentors/test_langchain_classic.py",)),
    Row("langchain classic", ("langchain-classic",), ("tests/instrumentors/test_langchain_classic.py",)),
    _http("httpx oldest", httpx="==0.23.3"),
    _http("http newest", httpx2=""),
    _http("aiohttp oldest", aiohttp="==3.8.6"),
    _http("aiohttp older", aiohttp="==3.10.11"),
    _http("urllib3-future", urllib3="", **{"urllib3-future": "", "niquests": ""}),
    _http("requests oldest", requests="==2.31.0", urllib3="==1.26.20"),
)
