"""`force_flush` of a provider drains our line first: what it still holds becomes spans and metrics of that provider."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from vedette.guard import guard
from vedette.otel.ties import Around, Ties

DEFAULT_MS = 30_000
"""`force_flush()` without a timeout, in the SDK: 30 s for spans and logs."""


def draining(ties: Ties) -> Around:
    """At most half of the host's time is ours; `ties.flush` bounds it further. The result is the provider's alone."""

    def flush(original: Callable[..., Any], provider: Any, *args: Any, **kwargs: Any) -> Any:
        with guard("otel.flush"):
            ties.flush(_timeout_ms(args, kwargs) / 1000 / 2)
        return original(provider, *args, **kwargs)

    return flush


def _timeout_ms(args: tuple[Any, ...], kwargs: dict[str, Any]) -> float:
    given = args[0] if args else kwargs.get("timeout_millis")
    return DEFAULT_MS if given is None else float(given)
