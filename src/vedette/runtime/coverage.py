"""What is woven, what is not and why, with which settings: a record at start, on change and at the end."""

from __future__ import annotations

import os
import platform
import socket
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from vedette.capture.weave import stitches
from vedette.config import Problem, Settings, table
from vedette.event import Call, Kind, Result
from vedette.guard import faults
from vedette.names import SCHEMA
from vedette.redact import engine_name
from vedette.signals.adoption import left_out
from vedette.versions import version as distribution_version

BLIND = ("pycurl", "curl_cffi", "primp", "pyreqwest", "grpc")
"""Libraries that reach the network below every hook of Python (wire.md 2.4): named when a host imports one."""


def lifecycle(phase: str, reason: str = "") -> Call:
    """A record of our own life, to be filled with facts and sent down the line."""
    facts: dict[str, Any] = {"vedette.lifecycle.phase": phase}
    if reason:
        facts["vedette.lifecycle.reason"] = reason
    return Call(Kind.LIFECYCLE, phase, "vedette", facts=facts, result=Result.OK, closed=True)


def coverage(settings: Settings, problems: Sequence[Problem], reason: str) -> Call:
    """The coverage record; `reason` is `start`, `change` or `end`."""
    call = lifecycle("coverage", reason)
    call.facts["vedette.guard.faults"] = sum(faults().values())
    call.facts["vedette.coverage"] = {
        "libraries": libraries(),
        "seams": seams(),
        "faults": faults(),
        "blind": blind(),
        "redaction": engine_name(),
    }
    if reason == "start":
        call.facts["vedette.settings"] = {
            "effective": {variable: value for variable, value, _, _ in table(settings)},
            "problems": [str(problem) for problem in problems],
            "opentelemetry": {name: "set" for name in sorted(os.environ) if name.startswith("OTEL_")},
        }
    return call


def policy_change(path: str, refused: str) -> Call:
    """The user's redaction file was taken, or `refused` for this reason and the one before stays in force."""
    facts = {
        "vedette.change.subject": "policy",
        "vedette.change.name": "redaction",
        "vedette.change.after": "the one before stays in force" if refused else path,
        "vedette.change.detail": {"file": path, **({"refused": refused} if refused else {})},
    }
    result = Result.DENIED if refused else Result.OK
    return Call(
        Kind.CHANGE,
        "change policy",
        "vedette",
        facts=facts,
        result=result,
        begin_ns=time.time_ns(),
        event_id=os.urandom(8).hex(),
        closed=True,
    )


def seams() -> list[dict[str, str]]:
    return [{key: value for key, value in asdict(each).items() if value} for each in stitches()]


def libraries() -> dict[str, str]:
    """The libraries that our seams belong to and that this process has imported, with their versions."""
    tops = {each.target.partition(":")[0].partition(".")[0] for each in stitches()}
    return {top: version(top) for top in sorted(tops) if top in sys.modules}


def version(module: str) -> str:
    """The version of an imported library: what it says of itself, else its distribution, else Python's."""
    said = getattr(sys.modules.get(module), "__version__", "")
    if said:
        return str(said)
    return distribution_version(module.replace("_", "-")) or platform.python_version()


def blind() -> list[str]:
    """What we cannot see: clients below Python's hooks, and foreign spans that cannot be adopted."""
    return [name for name in BLIND if name in sys.modules] + [f"span of {name}" for name in left_out()]


def program(script: str, given: Sequence[str]) -> str:
    """What a reader knows a process by: the file's name, of `python -m` the module's, else Python's own.

    While `sitecustomize` runs, `-m` and `-c` stand where the script will.
    """
    name = os.path.basename(script)  # noqa: PTH119 - a name, not a path
    if name in ("-m", "__main__.py") and "-m" in given[:-1]:
        return given[given.index("-m") + 1]
    return "python -c" if name == "-c" else name or os.path.basename(sys.executable)  # noqa: PTH119 - likewise


def birth(resource: dict[str, Any], redaction_key: str) -> Call:
    """The first record of a stream: who runs here, with what, and by which key its pseudonyms were made."""
    call = lifecycle("birth")
    call.facts |= {
        "service.name": str(resource.get("service.name", "")),
        "service.version": str(resource.get("service.version", "")),
        "service.instance.id": str(resource.get("service.instance.id", "")),
        "host.name": socket.gethostname(),
        "os.type": platform.system().lower(),
        "process.runtime.name": platform.python_implementation().lower(),
        "process.runtime.version": platform.python_version(),
        "telemetry.distro.name": "vedette",
        "telemetry.distro.version": distribution_version("vedette"),
        "telemetry.sdk.version": distribution_version("opentelemetry-sdk"),
        "process.executable.name": program(sys.argv[0], sys.orig_argv),
        "vedette.schema": SCHEMA,
        "vedette.key.id": redaction_key,
    }
    call.facts = {name: value for name, value in call.facts.items() if value != ""}
    return call
