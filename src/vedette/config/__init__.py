"""Settings: one frozen dataclass, one field a variable; the README's table and `vedette config` are made from it.

A bad value never stops a host: `load` takes the safe side, which is never less redaction, and hands back the problem,
so that it can be said once and stand in the coverage record. `vedette` commands print it and stop with exit code 2.
"""

from vedette.config.loading import Env, Problem, load, state_folder
from vedette.config.settings import Settings
from vedette.config.table import table

__all__ = ["Env", "Problem", "Settings", "load", "state_folder", "table"]
