"""Imports every library that there are seams for, in a process of its own, and prints what was woven, as JSON.

    python -m vedette.cli.checks.probe [SETTING OF VEDETTE_DISABLE]

Nothing is recorded: no line runs here. A library that is not installed is left out.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import json
import sys
from dataclasses import asdict

from vedette.capture import weave
from vedette.guard import guard


def main(disabled: str) -> None:
    weave.weave(name for name in disabled.split(",") if name)
    names = [entry.name for entry in importlib.metadata.entry_points(group=weave.GROUP)]
    state = {name: _imported(name) for name in names}
    print(json.dumps({"seams": [asdict(each) for each in weave.stitches()], "imported": state}))


def _imported(name: str) -> str:
    """`yes`, `absent`, or `broken`: the library is there and its own import fails."""
    with guard("doctor.import"):
        try:
            importlib.import_module(name)
        except ModuleNotFoundError as error:
            return "absent" if error.name and f"{name}.".startswith(f"{error.name}.") else "broken"
        return "yes"
    return "broken"


if __name__ == "__main__":
    main(sys.argv[1] if sys.argv[1:] else "")
