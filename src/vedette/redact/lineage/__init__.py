"""What detection needs of the raw text and never sees itself (detection.md 2.7): keyed digests, places and bits."""

from vedette.redact.lineage.handover import Lineage

__all__ = ["Lineage"]
