"""OpenTelemetry's side of the house: the doors through which Vedette is started, and the guard of every exporter.

`doors` holds what the entry points name, `opening` what every door does, `guarding` the guard: no span, log record or
metric of this process reaches an exporter but as a redacted copy. Nothing of the SDK is imported before the host does.
"""
