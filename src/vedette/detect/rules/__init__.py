"""The rules that ship: few, each one exact. What is only unusual (a new destination) is no finding."""

from vedette.detect.rules.authentication import REPEATED_FAILURES
from vedette.detect.rules.lineage import DATA_TO_NEW, DATA_TO_PLANTED
from vedette.detect.rules.redirects import CREDENTIAL_FORWARDED
from vedette.detect.rules.secrets import SECRET_IN_ARGUMENTS, SECRET_IN_PROMPT, SECRET_IN_REQUEST

RULES = (
    SECRET_IN_PROMPT,
    SECRET_IN_REQUEST,
    SECRET_IN_ARGUMENTS,
    CREDENTIAL_FORWARDED,
    REPEATED_FAILURES,
    DATA_TO_PLANTED,
    DATA_TO_NEW,
)

__all__ = ["RULES"]
