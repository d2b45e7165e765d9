"""`python -m vedette.redact.rules` writes the pack anew from the facts; fails, and writes nothing, if the lint does."""

from __future__ import annotations

import sys

from vedette.redact.rules.pack import PATH, text


def main() -> int:
    written = text()
    PATH.write_text(written, encoding="ascii")
    sys.stdout.write(f"{PATH.name}: {written.count(chr(10))} rules\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
