"""All that an instrumentor uses: a Seam says which host callable to observe and how to read it.

    SEAMS = [Seam(target="library.module:Class.method", kind=Kind.TOOL, name=..., request=..., response=...)]

Readers take what they need from `Args` and give facts, keyed by the names of `vedette.names`; None is left out. They
may fail: the host never sees it, and it is counted.
"""

from vedette.capture.body import Tap
from vedette.capture.seam import Args, Facts, Seam
from vedette.event import Kind

__all__ = ["Args", "Facts", "Kind", "Seam", "Tap"]
