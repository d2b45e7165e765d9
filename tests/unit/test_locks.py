"""Locks across a fork."""

from __future__ import annotations

import os
import threading
import warnings

import pytest

from vedette import locks


@pytest.mark.parametrize("make", [locks.lock, locks.rlock])
def test_a_lock_that_another_thread_holds_is_free_in_a_forked_child(make: object) -> None:
    """The child exits with 0 where it got the lock at once; the parent's stays held."""
    lock = make()  # type: ignore[operator]  # either maker
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with lock:
            held.set()
            done.wait(10)

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait(10)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # 3.12: forking beside threads is the point here
        child = os.fork()
    if not child:
        os._exit(0 if lock.acquire(timeout=5) else 1)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0
    assert not lock.acquire(blocking=False)
    done.set()
    holder.join()
