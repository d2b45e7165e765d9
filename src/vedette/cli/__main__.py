"""`python -m vedette.cli`: the `vedette` command of this very interpreter."""

import sys

from vedette.cli import main

sys.exit(main())
