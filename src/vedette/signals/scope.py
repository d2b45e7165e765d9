"""Who speaks: the instrumentation scope of all our spans and metrics."""

from vedette.versions import version

SCOPE = "vedette"
VERSION = version("vedette")
