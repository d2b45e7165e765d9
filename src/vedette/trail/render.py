"""A report for people: what is proven, what is not, which record it is, and what that means."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timezone
from itertools import groupby

from vedette.trail.verdicts import Grade, Report, StreamReport, Verdict


def render(report: Report, colour: bool = False) -> str:
    return ""
