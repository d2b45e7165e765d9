"""Settings that only what they name can prove wrong: a key, a file of rules, an anchor, a group."""

from __future__ import annotations

import difflib
import os
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from vedette.cli.checks import Check
from vedette.config import Settings, table
from vedette.redact import BadKey, Change, LivePolicy, load_key
from vedette.trail.files.sharing import NoGroup, number_of
from vedette.trail.hosting.anchors import anchor, parts
from vedette.trail.hosting.anchors.anchor import BadAnchor


def refused(settings: Settings) -> Iterator[str]:
    """One sentence for each that is not valid."""
    if settings.redact_key:
        yield from _told(partial(load_key, settings.redact_key, settings.trail))
    yield from _others(settings, parts)


def checks(settings: Settings) -> Iterator[Check]:
    """The same for `vedette doctor`, which tells of the key by itself; and of an anchor that cannot be used here."""
    yield from (Check("settings", "bad", told) for told in _others(settings, anchor))
    for name in sorted(set(_variables()) - {variable for variable, *_ in table()}):
        near = difflib.get_close_matches(name, [variable for variable, *_ in table()], 1)
        yield Check("settings", "warn", f"{name} is no setting" + (f"; {near[0]} is" if near else ""))


def _variables() -> Iterator[str]:
    return (name for name in os.environ if name.startswith("VEDETTE_"))


def _others(settings: Settings, read: Callable[[str], object]) -> Iterator[str]:
    if settings.redact_config:
        yield from _policy(Path(settings.redact_config).expanduser())
    for entry in settings.anchors:
        yield from (f"VEDETTE_ANCHORS: {told}" for told in _told(partial(read, entry)))
    if settings.trail_group:
        yield from _told(partial(number_of, settings.trail_group))


def _told(read: Callable[[], object]) -> Iterator[str]:
    try:
        read()
    except (BadKey, BadAnchor, NoGroup, OSError) as error:
        yield str(error)


def _policy(path: Path) -> Iterator[str]:
    seen: list[Change] = []
    LivePolicy(path, seen.append)()
    yield from (f"VEDETTE_REDACT_CONFIG: {each.path}: {each.refused}" for each in seen if each.refused)
