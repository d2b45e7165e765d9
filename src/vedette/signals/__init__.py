"""Signals: pure projections of Events as spans, log records and metrics. Nothing here decides anything."""
