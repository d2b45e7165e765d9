"""Detection: rules over Events. A finding is an Event too, and walks the same way as any other."""

from vedette.detect.engine import Engine
from vedette.detect.rule import Rule

__all__ = ["Engine", "Rule"]
