"""Context into threads: a thread or pool task acts inside the Call that started it, for the actor that started it.

Only our frame and OpenTelemetry's context travel; the host's own context variables stay as they are without us.
`asyncio` needs nothing: tasks, `to_thread` and `call_soon` copy the context themselves; `run_in_executor` comes
through `ThreadPoolExecutor.submit`.
"""

from __future__ import annotations

import functools
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, cast

from vedette.capture import context

_run = threading.Thread.run
_start = threading.Thread.start
_submit = ThreadPoolExecutor.submit


@functools.wraps(_start)
def _starting(self: threading.Thread) -> None:
    if "run" not in vars(self) and not context.at_top():
        run = context.carry(self.run)

        def run_there() -> None:
            del self.run  # the thread is as the host made it again
            run()

        self.run = run_there  # type: ignore[method-assign]  # on the one object, and only until it runs
    _start(self)


@functools.wraps(cast("Any", _submit))
def _submitting(self: ThreadPoolExecutor, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
    return _submit(self, context.carry(fn), *args, **kwargs)


def install() -> None:
    if threading.Thread.start is _start:
        threading.Thread.start = _starting  # type: ignore[method-assign]  # the seam of this module
    if ThreadPoolExecutor.submit is _submit:
        ThreadPoolExecutor.submit = _submitting  # type: ignore[method-assign,assignment]  # likewise


def uninstall() -> None:
    if threading.Thread.start is _starting:
        threading.Thread.start = _start  # type: ignore[method-assign]  # put back
    if ThreadPoolExecutor.submit is _submitting:
        ThreadPoolExecutor.submit = _submit  # type: ignore[method-assign]  # put back
