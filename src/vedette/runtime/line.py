"""The line: the one way of the data, from a closed Call to the trail, the rules and the signals.

Guarantees. What `append` returned for survives SIGKILL. The intent of an action is in the trail before its effect.
The queue is bounded and nothing is dropped: when it is full, the host's thread walks the line itself.
Sad path: while the trail cannot be written, signals and rules go on and the next record that can be written is a gap.
"""

from __future__ import annotations

import os
import queue
import threading
import time
from collections.abc import Callable
from typing import Any
from weakref import WeakSet

from vedette import background, late, locks
from vedette.config import Settings
from vedette.detect import Engine
from vedette.event import Ack, Call, Event, Kind
from vedette.guard import guard
from vedette.redact import Redactor
from vedette.runtime.stage import off_stage
from vedette.signals.adoption import Adoption
from vedette.signals.metrics import Metrics
from vedette.signals.spans import Spans
from vedette.trail import Trail

LINGER = 0.03
"""Seconds that the thread rests when all is walked. Both threads at once hand the interpreter's lock to and fro a dozen
times a call, at 1.1 ms of CPU. A SIGKILL costs outcomes that are as old (docs/decisions/0057).
"""

_ACTIONS = frozenset({Kind.TOOL, Kind.EXCHANGE, Kind.INFERENCE, Kind.PROCESS, Kind.CHANGE})
_ALL = _ACTIONS | {Kind.AGENT, Kind.RETRIEVAL, Kind.CONNECTION}
INTENTS = {"actions": _ACTIONS, "all": _ALL, "off": frozenset[Kind]()}


class Line:
    """The thread and its five steps. Built once a process by `vedette.start`; a fork gets a thread of its own."""

    def __init__(
        self, settings: Settings, redactor: Redactor, trail: Trail, is_readonly: Callable[[str], bool]
    ) -> None:
        self.trail = trail
        self.redactor = redactor
        self.spans = Spans(settings)
        self.metrics = Metrics(settings)
        self._reader: Any = None
        self._making = locks.lock()
        self._rules = Engine()
        self.adoption = Adoption()
        self._intents = INTENTS[settings.write_ahead]
        self._readonly = is_readonly
        self._inline = settings.inline
        self._most = settings.queue
        self._fresh()
        _lines.add(self)

    def _fresh(self) -> None:
        """Nothing queued, no thread: at birth, and in a forked child, whose parent walks what was queued."""
        self._queue: queue.SimpleQueue[Call | threading.Event | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()
        self._hurry = threading.Event()

    # On the host's thread.

    def begin(self, call: Call) -> Ack | None:
        with guard("line.begin"):
            if not self.adoption.take(call):
                self.spans.start(call)
        if call.kind not in self._intents:
            return None
        with guard("line.intent"):
            sync = self.trail.classes.forces_intent(call.kind) and not self._readonly(call.name)
            ack = self.trail.append(self.redactor.intent(call), sync=sync)
            call.intent = ack.n
            return ack if sync else None
        return None

    def wait(self, ack: Ack) -> bool:
        return self.trail.wait(ack)

    async def wait_async(self, ack: Ack) -> bool:
        return await self.trail.wait_async(ack)

    def end(self, call: Call) -> None:
        with guard("line.end"):
            if self._inline or self._queue.qsize() >= self._most:  # by as many more as threads ask at once
                self.walk(call)
                return
            self._queue.put(call)
            if self._thread is None:
                self.start()

    # The line itself.

    def walk(self, call: Call) -> None:
        """Read, redact, append, detect, signal."""
        for each in self._read(call):
            with guard("line.redact"):
                self.record(self.redactor.event(each), each)

    def _read(self, call: Call) -> list[Call]:
        """`call` with its wire read, and what else it tells of."""
        if call.wire is None and call.kind is not Kind.TOOL:
            return [call]
        if self._reader is None:
            with self._making:
                self._reader = self._reader or _reader()
        read: list[Call] = self._reader.read(call)
        return read

    def record(self, event: Event, call: Call | None = None) -> None:
        with guard("line.append"):
            self.trail.append(event)
        with guard("line.detect"):
            for finding in self._rules.see(event):
                self.record(finding)
        with guard("line.metrics"):
            self.metrics.record(event)
        if call is not None and call.span is not None:
            with guard("line.span"):
                self.spans.finish(call.span, event)

    # Its thread.

    def start(self) -> None:
        """Start the thread. Where none can start any more (the interpreter ends), the caller walks the line."""
        with self._starting:
            if self._thread is not None:
                return
            try:
                self._thread = background.start(self._run, "vedette-line")
            except RuntimeError:
                self._inline = True
                self._walk_queued()

    def _run(self) -> None:
        off_stage()
        while True:
            item = self._queue.get()
            if item is None:
                return
            if isinstance(item, threading.Event):
                item.set()
                continue
            with guard("line.walk"):
                self.walk(item)
            if self._queue.empty():
                self._hurry.wait(LINGER)

    def _walk_queued(self) -> None:
        while not self._queue.empty():
            item = self._queue.get()
            if isinstance(item, Call):
                self.walk(item)

    def flush(self, timeout: float) -> bool:
        """Whether everything that was queued before has been walked within `timeout` seconds."""
        if self._thread is None or not self._thread.is_alive():
            self._walk_queued()
            return True
        if threading.current_thread() is self._thread:
            return True
        done = threading.Event()
        self._queue.put(done)
        self._hurry.set()
        try:
            return done.wait(timeout)
        finally:
            self._hurry.clear()

    def stop(self) -> None:
        """End the thread when it has walked what is queued; whoever ends a Call after that walks the line himself."""
        self._inline = True
        self._queue.put(None)
        self._hurry.set()
        with guard("line.metrics"):
            self.metrics.settle()

    @property
    def depth(self) -> int:
        return self._queue.qsize()


_lines: WeakSet[Line] = WeakSet()


def _reader() -> Any:
    """Late on purpose: the readers of protocols are imported with the first exchange or tool call (law 7)."""
    return late.module("vedette.capture.reading").Reader()


def _after_fork() -> None:
    for line in list(_lines):
        line._fresh()


os.register_at_fork(after_in_child=_after_fork)


def deadline(seconds: float) -> Callable[[], float]:
    """How many of `seconds` are left, never below 0."""
    end = time.monotonic() + seconds
    return lambda: max(end - time.monotonic(), 0.0)
