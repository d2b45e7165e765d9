"""Who speaks: the instrumentation scope of all our spans and metrics."""

from importlib.metadata import version

SCOPE = "vedette"
VERSION = version("vedette")
