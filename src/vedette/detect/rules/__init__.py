"""The rules that ship. Few, and each one sound; the rest of them has an issue of its own."""

from vedette.detect.rules.authentication import REPEATED_FAILURES
from vedette.detect.rules.secrets import SECRET_IN_PROMPT, SECRET_IN_REQUEST

RULES = (SECRET_IN_PROMPT, SECRET_IN_REQUEST, REPEATED_FAILURES)

__all__ = ["RULES"]
