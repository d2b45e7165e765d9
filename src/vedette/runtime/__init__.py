"""The line and its life: what `vedette.start` puts together, and `vedette.stop` takes apart."""

from vedette.runtime.start import (
    adopt,
    at_exit,
    flush,
    record,
    redactor,
    running,
    start,
    stop,
    weave_seams,
)

__all__ = ["adopt", "at_exit", "flush", "record", "redactor", "running", "start", "stop", "weave_seams"]
