"""Identities of operations: random, 64 bits an operation, 128 bits a trace (W3C Trace Context), in hex."""

from __future__ import annotations

import os
import random

_ours = random.Random()  # not the host's: a program that seeds its own has the same numbers with us, and we others
os.register_at_fork(after_in_child=_ours.seed)


def operation_id() -> str:
    return f"{_ours.getrandbits(64):016x}"


def trace_id() -> str:
    return f"{_ours.getrandbits(128):032x}"
