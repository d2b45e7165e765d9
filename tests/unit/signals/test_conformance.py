"""Every name that a span, a metric or a log record may carry is one of the conventions, or stands here with a reason.

The conventions are those of the installed `opentelemetry-semantic-conventions`, whose constants are plain strings.
"""

import importlib
import pkgutil
from collections.abc import Iterable
from types import ModuleType

import opentelemetry.semconv._incubating.attributes as development_attributes
import opentelemetry.semconv._incubating.metrics as development_metrics
import opentelemetry.semconv.attributes as stable_attributes
import opentelemetry.semconv.metrics as stable_metrics

from vedette.event import Kind
from vedette.names import CONTENT, FACTS, OLD_1_41
from vedette.signals import instruments, logs
from vedette.signals.instruments import Instrument
from vedette.signals.observed import OBSERVED

GENAI = "open-telemetry/semantic-conventions-genai, November 2026: newer than core 1.41, where the package ends"
NEWER_ATTRIBUTES = {
    "gen_ai.conversation.compacted": GENAI,
    "gen_ai.memory.query.text": GENAI,
    "gen_ai.memory.record.count": GENAI,
    "gen_ai.memory.record.id": GENAI,
    "gen_ai.memory.records": GENAI,
    "gen_ai.memory.store.id": GENAI,
    "gen_ai.prompt.version": GENAI,
    "gen_ai.request.previous_response.id": GENAI,
    "gen_ai.request.reasoning.level": GENAI,
    "gen_ai.request.stream_cursor": GENAI,
    "gen_ai.response.status": GENAI,
    "gen_ai.retrieval.top_k": f"{GENAI} (#217)",
    "gen_ai.token.modality": f"{GENAI} (#374)",
    "gen_ai.usage.audio.input_tokens": GENAI,
    "gen_ai.usage.audio.output_tokens": GENAI,
    "gen_ai.usage.cache_write.input_tokens": f"{GENAI} (#440)",
    "gen_ai.usage.image.input_tokens": GENAI,
    "gen_ai.usage.image.output_tokens": GENAI,
    "gen_ai.usage.text.input_tokens": GENAI,
    "gen_ai.usage.text.output_tokens": GENAI,
}
NEWER_METRICS = {
    "gen_ai.client.inference.duration": f"{GENAI} (#521)",
    "gen_ai.client.inference.time_to_first_chunk": f"{GENAI} (#521)",
    "gen_ai.client.inference.operation.input_tokens": f"{GENAI} (#374)",
    "gen_ai.client.inference.operation.output_tokens": f"{GENAI} (#374)",
    "gen_ai.client.inference.usage.cache_read.input_tokens": f"{GENAI} (#374)",
    "gen_ai.client.inference.usage.cache_write.input_tokens": f"{GENAI} (#374)",
    "gen_ai.client.inference.usage.input_tokens": f"{GENAI} (#374)",
    "gen_ai.client.inference.usage.output_tokens": f"{GENAI} (#374)",
    "gen_ai.client.inference.usage.reasoning.output_tokens": f"{GENAI} (#374)",
    "gen_ai.execute_tool.duration": GENAI,
    "gen_ai.invoke_agent.duration": GENAI,
    "gen_ai.invoke_agent.inference_calls": GENAI,
    "gen_ai.invoke_agent.tool_calls": GENAI,
    "gen_ai.invoke_workflow.duration": f"{GENAI} (#341)",
    "gen_ai.workflow.duration": "the name before #341, emitted by official instrumentors (VEDETTE_SEMCONV=1.41)",
}


def constants(*packages: ModuleType) -> set[str]:
    """All names that the modules of these packages define; enum classes are left alone, for touching one warns."""
    found: set[str] = set()
    for package in packages:
        for each in pkgutil.iter_modules(package.__path__):
            module = importlib.import_module(f"{package.__name__}.{each.name}")
            found |= {value for name, value in vars(module).items() if name.isupper() and isinstance(value, str)}
    return found


def foreign(names: Iterable[str]) -> set[str]:
    """Those that are not in our own namespace."""
    return {name for name in names if not name.startswith("vedette.")}


def told() -> list[Instrument]:
    groups = [*instruments.BY_KIND.values(), instruments.INFERENCE, instruments.USAGE, instruments.CLIENT]
    groups += [instruments.AGENT, instruments.WORKFLOW, instruments.MCP_CLIENT, instruments.MCP_SERVER]
    single = [*instruments.CALLS.values(), instruments.EVENTS, instruments.REDACTIONS, instruments.LINE]
    return [*single, *(each for group in groups for each in group)]


def test_every_attribute_is_one_of_the_conventions() -> None:
    """Facts and content become attributes under their own names, or under those of 1.41; metrics add two dimensions."""
    dimensions = {name for each in told() for name in each.dimensions} | {"gen_ai.token.type"}
    old = {old for new, old in OLD_1_41.items() if new in FACTS}
    emitted = foreign({*FACTS, *dimensions, *old})
    known = constants(stable_attributes, development_attributes)
    assert emitted - known == NEWER_ATTRIBUTES.keys()
    assert FACTS.keys() >= CONTENT


def test_every_metric_is_one_of_the_conventions() -> None:
    """Under their newest names and those of 1.41; an exception that has arrived in the package must go from here."""
    names = {each.name for each in told()} | OBSERVED.keys()
    old = {old for new, old in OLD_1_41.items() if new not in FACTS}
    assert foreign(names | old) - constants(stable_metrics, development_metrics) == NEWER_METRICS.keys()


def test_every_dimension_that_is_ours_is_a_fact_or_counts_ourselves() -> None:
    """A dimension that is no fact has no value: only what we count of ourselves has names of its own."""
    ours = {name for each in told() for name in each.dimensions} | {by for _, _, by in OBSERVED.values() if by}
    assert ours - FACTS.keys() == {
        "gen_ai.token.modality",
        "vedette.label.kind",
        "vedette.room",
        "vedette.signal",
    }


def test_a_log_record_names_facts_only() -> None:
    """Whatever an envelope holds, the index of its log record is made of names that the vocabulary has."""
    for kind in Kind:
        envelope = {
            "v": 1, "s": "s", "n": 1, "t": 1, "b": 1, "d": 1, "k": kind.value, "f": "single", "r": "ok",
            "a": {name: "x" for name, fact in FACTS.items() if fact == "string"},
            "w": {"user": "u", "session": "s", "agent": "a", "run": "r"},
        }  # fmt: skip
        assert logs.project(envelope).attributes.keys() <= FACTS.keys()
