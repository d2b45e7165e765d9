"""The shipper: carries the trail to a collector, at least once, and never holds up the host.

It reads segment files. Its own process's stream is shipped as it grows; streams whose writer is dead are adopted by the
process that holds `ship.lock`, so what a killed process left is delivered by the next. Retries last for ever; what a
backend refuses record by record is parked beside its stream.
"""

from __future__ import annotations

import contextvars
import fcntl
import os
import random
import threading
import time
from collections.abc import Callable
from pathlib import Path

from vedette.guard import guard
from vedette.trail.answer import Action, Answer
from vedette.trail.carrier import Carrier, Send
from vedette.trail.item import Project
from vedette.trail.spool import stream_folders

LINGER = 0.2
LEAST, MOST = 0.5, 30.0
ADOPT_EVERY = 10.0
_CONFIGURATION = (30.0, 300.0)


class Shipper:
    """`send` posts items and gives the collector's answer; `enter` makes the thread one of ours (not instrumented)."""

    def __init__(self, folder: Path, send: Send, project: Project, own: Callable[[], str | None]) -> None:
        self._folder = folder
        self._send = send
        self._project = project
        self._own = own
        self._carriers: dict[Path, Carrier] = {}
        self._finished: set[Path] = set()
        self._wake = threading.Event()
        self._stopping = False
        self._thread: threading.Thread | None = None
        self._busy = threading.Lock()
        self._keeper: int | None = None
        self._adopted_at = 0.0
        self._failures = 0
        self.last_answer: Answer | None = None

    def start(self, enter: Callable[[], None]) -> None:
        """Start the thread, if one can still start."""

        def run() -> None:
            enter()
            self._run()

        thread = threading.Thread(target=run, name="vedette-ship", daemon=True)
        try:
            contextvars.Context().run(thread.start)
        except RuntimeError:
            return  # the interpreter is going down: `drain` ships on the caller's thread
        self._thread = thread

    def wake(self) -> None:
        self._wake.set()

    def _run(self) -> None:
        while not self._stopping:
            pause = 1.0
            with guard("ship.run"), self._busy:
                pause = self._round()
            self._wake.wait(pause)
            self._wake.clear()
            if pause > 1.0 and not self._stopping:
                time.sleep(0)  # woken early by an append: the pause still holds

    def _round(self) -> float:
        """Ship what is there; how long to wait before looking again."""
        self._find()
        for carrier in list(self._carriers.values()):
            batch = carrier.batch()
            if batch is not None and not batch.urgent and not batch.full and not self._stopping:
                self._wait(LINGER)
            pause = self._carry(carrier)
            if pause:
                return pause
        return 1.0

    def _wait(self, seconds: float) -> None:
        """Linger for more of the same, unless there is reason to go at once."""
        deadline = time.monotonic() + seconds
        while not self._stopping and (left := deadline - time.monotonic()) > 0:
            time.sleep(min(left, 0.02))

    def _carry(self, carrier: Carrier) -> float:
        """All of one stream; 0, or how long to wait because it did not go."""
        while (answer := carrier.go()) is not None:
            self.last_answer = answer
            if answer.action is not Action.ACKNOWLEDGE:
                return self._pause(answer)
            self._failures = 0
        carrier.save()
        if carrier.done:
            self._finished.add(carrier.stream)
            del self._carriers[carrier.stream]
        return 0.0

    def _pause(self, answer: Answer) -> float:
        """Full jitter over a doubling bound; `Retry-After` wins; a wrong configuration is asked about slowly."""
        self._failures += 1
        if answer.action is Action.CONFIGURATION:
            return random.uniform(*_CONFIGURATION)  # noqa: S311 - jitter
        asked = answer.wait()
        if asked is not None:
            return asked
        return random.uniform(0, min(MOST, LEAST * 2**self._failures))  # noqa: S311 - jitter

    # Whose streams.

    def _find(self) -> None:
        own = self._own()
        adopt = time.monotonic() - self._adopted_at >= ADOPT_EVERY and self._keeps()
        if adopt:
            self._adopted_at = time.monotonic()
        for stream in stream_folders(self._folder):
            if stream in self._carriers or stream in self._finished:
                continue
            if (own and stream.name == own) or (adopt and _free(stream)):
                carrier = Carrier(stream, self._send, self._project)
                if carrier.done:
                    self._finished.add(stream)
                else:
                    self._carriers[stream] = carrier

    def _keeps(self) -> bool:
        """Whether this process is the one that adopts: it holds `ship.lock` while it lives."""
        if self._keeper is None and self._folder.is_dir():
            descriptor = os.open(self._folder / "ship.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                self._keeper = descriptor
            except BlockingIOError:
                os.close(descriptor)
        return self._keeper is not None

    # Ending.

    def drain(self, timeout: float) -> bool:
        """Ship for at most `timeout` seconds; whether all that this process may ship has been acknowledged."""
        deadline = time.monotonic() + timeout
        if not self._busy.acquire(timeout=max(timeout, 0)):
            return False
        try:
            self._find()
            while time.monotonic() < deadline and self._carriers:
                answers = [carrier.go() for carrier in list(self._carriers.values())]
                if all(answer is None for answer in answers):
                    break
                if any(answer is not None and answer.action is not Action.ACKNOWLEDGE for answer in answers):
                    return False
            for carrier in self._carriers.values():
                carrier.save()
            return all(carrier.batch() is None for carrier in self._carriers.values())
        finally:
            self._busy.release()

    def stop(self, timeout: float) -> bool:
        """Ship what goes within `timeout`, remember the place, and let go. What is left waits on disk."""
        self._stopping = True
        self._wake.set()
        done = False
        with guard("ship.stop"):
            done = self.drain(timeout)
        if self._keeper is not None:
            os.close(self._keeper)
            self._keeper = None
        return done

    @property
    def unacknowledged(self) -> int:
        """Streams that have something to ship."""
        return sum(1 for carrier in self._carriers.values() if carrier.batch() is not None)


def _free(stream: Path) -> bool:
    """Whether the stream's writer is gone: nobody holds its lock."""
    try:
        descriptor = os.open(stream / "lock", os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(descriptor)
    return True
