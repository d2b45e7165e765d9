"""Which engine runs: the best that imports. Databases that neither ship nor are stored are compiled behind the next."""

from __future__ import annotations

import importlib
import importlib.util
import threading
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType

from vedette import late, locks
from vedette.guard import guard
from vedette.redact.pack import Pack
from vedette.redact.scanners import databases, store
from vedette.redact.scanners.contract import Scanner


@dataclass(frozen=True, slots=True)
class Engine:
    """A scanner with the rules of each of its cores."""

    scanner: Scanner
    cores: list[list[int]]


def imported(name: str) -> ModuleType | None:
    """Late on purpose (law 7): a native library is imported when a text is first redacted. Absent is an answer."""
    try:
        found: ModuleType = late.module(name)
    except ImportError:
        return None
    return found


def ready(pack: Pack) -> Engine | None:
    """Engine A, if it imports and its databases are shipped or in the store."""
    build = imported("vedette.redact.scanners.hyper_build")
    if build is None:
        return None
    fingerprint = build.fingerprint(pack)
    for load in (databases.load, store.load):
        with guard("redact.databases"):
            blob = load(fingerprint)
            if blob is not None:
                cores, opened = build.opened(blob)
                return Engine(late.module("vedette.redact.scanners.hyper").Hyper(opened), cores)
    return None


def compiled(pack: Pack) -> Engine | None:
    """Engine A, compiled now (seconds) and put into the store; None where it does not import."""
    build = imported("vedette.redact.scanners.hyper_build")
    if build is None:
        return None
    with guard("redact.compile"):
        made = build.compiled(pack)
        store.save(build.fingerprint(pack), build.dumped(pack, made))
        hyper = late.module("vedette.redact.scanners.hyper")
        return Engine(hyper.Hyper(made), list(pack.cores.values()))
    return None


def small(pack: Pack) -> Engine:
    """An engine for a few rules, compiled now (milliseconds) and kept nowhere."""
    build = imported("vedette.redact.scanners.hyper_build")
    if build is not None:
        with guard("redact.compile"):
            hyper = late.module("vedette.redact.scanners.hyper")
            return Engine(hyper.Hyper(build.compiled(pack)), list(pack.cores.values()))
    regex = late.module("vedette.redact.scanners.regex")
    return Engine(regex.Plain(pack), list(pack.cores.values()))


def fallback(pack: Pack) -> Engine:
    """Engine B, else C."""
    regex = late.module("vedette.redact.scanners.regex")
    re2 = imported("re2")  # `pyre2` has the same name and no Set
    scanner = regex.Twin(pack) if re2 is not None and hasattr(re2, "Set") else regex.Plain(pack)
    return Engine(scanner, list(pack.cores.values()))


def said(pack: Pack) -> str:
    """Which engine will run here."""
    build = imported("vedette.redact.scanners.hyper_build")
    if build is not None:
        fingerprint = build.fingerprint(pack)
        with guard("redact.databases"):
            if databases.load(fingerprint) or store.load(fingerprint):
                return "hyperscan"
        return "hyperscan (its databases are compiled with the first text, behind another engine)"
    re2 = imported("re2")
    found = re2 is not None and hasattr(re2, "Set")
    return "google-re2 (hyperscan is not installed)" if found else "standard library (neither hyperscan nor google-re2)"


def installed() -> str:
    """The best engine that is installed, without importing it."""
    for name, module in (("hyperscan", "hyperscan"), ("google-re2", "re2")):
        if importlib.util.find_spec(module) is not None:
            return name
    return "standard library"


class Choice:
    """The engine in force: A at once where its databases ship or are stored, else the next until they are compiled."""

    def __init__(self, pack: Callable[[], Pack]) -> None:
        self._pack = pack
        self._engine: Engine | None = None
        self._lock = locks.lock()

    def prepare(self) -> None:
        """Wait for the best engine."""
        with self._lock:
            if self._engine is None:
                self._engine = ready(self._pack()) or compiled(self._pack()) or fallback(self._pack())

    def engine(self) -> Engine:
        engine = self._engine
        return engine if engine is not None else self._chosen()

    def _chosen(self) -> Engine:
        with self._lock:
            if self._engine is None:
                self._engine = ready(self._pack())
            if self._engine is None:
                self._engine = fallback(self._pack())
                self._compile_behind()
            return self._engine

    def _compile_behind(self) -> None:
        """A daemon thread; where none can start any more, the engine stays what it is."""

        def compile_() -> None:
            better = compiled(self._pack())
            if better is not None:
                self._engine = better

        try:
            threading.Thread(target=compile_, name="vedette-compile", daemon=True).start()
        except RuntimeError:
            return

    @property
    def name(self) -> str:
        """Of the engine in force; while nobody asked for one, of the best that is installed."""
        return self._engine.scanner.name if self._engine else installed()
