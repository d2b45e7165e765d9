"""The keeper as the settings have it: in this process, or as `vedette keeper`."""

from __future__ import annotations

import logging

from vedette.config import Settings
from vedette.trail.files.identity import identity, kept
from vedette.trail.hosting.anchoring import Anchoring
from vedette.trail.hosting.anchors import anchor
from vedette.trail.hosting.anchors.anchor import BadAnchor
from vedette.trail.hosting.keeping import Keeping

logger = logging.getLogger("vedette")


def keeper(settings: Settings) -> Keeping:
    """The keeper of the trail's own host log. An anchor that is none is said once, and left out."""
    return Keeping(
        settings.trail, settings.trail / "host", identity(settings.trail, settings.origin), _anchoring(settings)
    )


def alone(settings: Settings) -> Keeping:
    """The keeper as a process of its own, with its own key where `VEDETTE_HOST_LOG` says.

    Raises `BadAnchor`, and `FileNotFoundError` while there is no trail yet.
    """
    host_log = settings.host_log
    who = kept(settings.trail, host_log) if host_log else identity(settings.trail, settings.origin)
    anchoring = Anchoring(settings.anchors, settings.anchor_period)
    return Keeping(settings.trail, host_log or settings.trail / "host", who, anchoring)


def _anchoring(settings: Settings) -> Anchoring:
    good = []
    for entry in settings.anchors:
        try:
            anchor(entry)
        except BadAnchor as error:
            logger.warning("vedette: VEDETTE_ANCHORS: %s", error)
        else:
            good.append(entry)
    return Anchoring(good, settings.anchor_period)
