"""Who speaks: the instrumentation scope of all our spans and metrics."""

from importlib.metadata import PackageNotFoundError, version


def _version() -> str:
    try:
        return version("vedette")
    except PackageNotFoundError:  # copied into a bundle without its metadata: no reason to fail at import
        return ""


SCOPE = "vedette"
VERSION = _version()
