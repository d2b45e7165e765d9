"""The engines over the pack that ships, compiled once a run (and kept for the next in the user's cache)."""

import random
from collections.abc import Callable, Iterator

import pytest
from tests.corpora.secrets import planted

from vedette import guard
from vedette.redact import Redactor, make_key
from vedette.redact.find import Finder
from vedette.redact.pack import shipped
from vedette.redact.scanners.choose import Engine, compiled, ready
from vedette.redact.scanners.regex import Plain, Twin

KEY = make_key(b"k" * 32)


@pytest.fixture(autouse=True)
def loud() -> Iterator[None]:
    before = guard.loud(True)
    yield
    guard.loud(before)


@pytest.fixture(scope="session")
def engines() -> dict[str, Engine]:
    """By name; the first is the one that ships."""
    pack = shipped()
    first = ready(pack) or compiled(pack)
    assert first is not None, "hyperscan must be installed to test it"
    cores = list(pack.cores.values())
    return {"hyperscan": first, "re2": Engine(Twin(pack), cores), "plain": Engine(Plain(pack), cores)}


@pytest.fixture(scope="session")
def finders(engines: dict[str, Engine]) -> dict[str, Finder]:
    """A finder over each engine."""

    def of(engine: Engine) -> Callable[[], Engine]:
        return lambda: engine

    return {name: Finder(shipped(), of(engine), personal=True) for name, engine in engines.items()}


@pytest.fixture
def redactor(engines: dict[str, Engine]) -> Redactor:
    """A fresh one, so that no test remembers another's values; over engine A, compiled by `engines`."""
    return Redactor("all", KEY)


@pytest.fixture(scope="session")
def corpus() -> list[str]:
    """Texts with a planted secret, drawn from the whole test corpus: every format, every surrounding."""
    samples = list(planted(7))
    return [sample.text for sample in random.Random(7).sample(samples, 4000)]
