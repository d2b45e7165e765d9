"""The trail: the durable, tamper-evident record. Spans, log records, metrics and the console are projections of it.

Guarantee: every record that `append` returned for survives SIGKILL; what is sealed cannot be altered, removed, inserted
or reordered without `verify` naming it (docs/threat-model.md says against whom). Format: docs/trail-format.md.
"""

from vedette.trail.files.folder import Unavailable
from vedette.trail.writing.log import Trail

__all__ = ["Trail", "Unavailable"]
