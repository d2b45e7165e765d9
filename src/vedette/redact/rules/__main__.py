"""`python -m vedette.redact.rules` writes the pack anew from the facts, and compiles it; one with a fault it refuses.

The lint tries each rule on some twenty texts and takes a minute; `--quick` leaves it to the tests.
"""

from __future__ import annotations

import sys

from vedette.redact.pack import Pack
from vedette.redact.rule import dumps
from vedette.redact.rules import databases, lint
from vedette.redact.rules.pack import PATH, forged


def main(arguments: list[str]) -> int:
    rules = forged()
    faults = [] if "--quick" in arguments else lint.faults(rules)
    if faults:
        sys.stderr.write("\n".join([*faults, f"{len(faults)} faults; {PATH.name} is as it was\n"]))
        return 1
    text = dumps(rules)
    PATH.write_text(text, encoding="ascii")
    sys.stdout.write(f"{PATH.name}: {len(rules)} rules\n{databases.write(Pack(text))}: compiled\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
