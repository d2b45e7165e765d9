"""The instruments: names, units, buckets and dimensions of semconv section 10, as data."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from vedette.event import Kind

_D = tuple(0.01 * 2**step for step in range(14))
_A = tuple(0.1 * 2**step for step in range(13))
_T = tuple(float(4**step) for step in range(14))
_W = (1.0, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0, 3600.0, 7200.0)
_N = tuple(float(2**step) for step in range(8))
_P = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0)
_H = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0)
_B = (0.0, *(float(1024 * 4**step) for step in range(11)))

_GEN_AI = ("gen_ai.operation.name", "gen_ai.provider.name", "gen_ai.request.model", "gen_ai.response.model",
           "server.address", "server.port")  # fmt: skip
_HTTP = ("http.request.method", "server.address", "server.port", "http.response.status_code", "network.protocol.name",
         "network.protocol.version", "error.type")  # fmt: skip
_TOOL = ("gen_ai.tool.name", "gen_ai.tool.type", "gen_ai.agent.name", "error.type")
_MCP = ("mcp.method.name", "mcp.protocol.version", "gen_ai.operation.name", "gen_ai.tool.name", "gen_ai.prompt.name",
        "rpc.response.status_code", "error.type", "network.transport", "network.protocol.name",
        "network.protocol.version", "server.address", "server.port")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Instrument:
    """A histogram where it has `buckets`, else a counter. `fact` is what it measures ("" = the duration, or one).

    `token_type` is the dimension that its fellow of conventions 1.41 has besides.
    """

    name: str
    unit: str
    dimensions: tuple[str, ...]
    buckets: tuple[float, ...] = ()
    fact: str = ""
    token_type: str = ""


def _tokens(name: str, token_type: str) -> Instrument:
    return Instrument(
        f"gen_ai.client.inference.operation.{name}", "{token}", _GEN_AI, _T, f"gen_ai.usage.{name}", token_type
    )


USAGE = tuple(
    Instrument(
        f"gen_ai.client.inference.usage.{name}",
        "{token}",
        (*_GEN_AI, "gen_ai.token.modality"),
        fact=f"gen_ai.usage.{name}",
    )
    for name in (
        "input_tokens",
        "output_tokens",
        "cache_read.input_tokens",
        "cache_write.input_tokens",
        "reasoning.output_tokens",
    )
)
INFERENCE = (
    Instrument("gen_ai.client.inference.duration", "s", (*_GEN_AI, "error.type"), _D),
    Instrument("gen_ai.client.inference.time_to_first_chunk", "s", _GEN_AI, _D, "gen_ai.response.time_to_first_chunk"),
    _tokens("input_tokens", "input"),
    _tokens("output_tokens", "output"),
)
CLIENT = (Instrument("gen_ai.client.operation.duration", "s", (*_GEN_AI, "error.type"), _D),)
AGENT = (Instrument("gen_ai.invoke_agent.duration", "s", ("gen_ai.agent.name", "error.type"), _A),)
WORKFLOW = (Instrument("gen_ai.invoke_workflow.duration", "s", ("gen_ai.workflow.name", "error.type"), _W),)
MCP_CLIENT = (Instrument("mcp.client.operation.duration", "s", _MCP, _P),)
MCP_SERVER = (Instrument("mcp.server.operation.duration", "s", _MCP, _P),)
CALLS = MappingProxyType(
    {
        Kind.INFERENCE: Instrument(
            "gen_ai.invoke_agent.inference_calls", "{inference_call}", ("gen_ai.agent.name",), _N
        ),
        Kind.TOOL: Instrument("gen_ai.invoke_agent.tool_calls", "{tool_call}", ("gen_ai.agent.name",), _N),
    }
)
BY_KIND = MappingProxyType(
    {
        Kind.TOOL: (Instrument("gen_ai.execute_tool.duration", "s", _TOOL, _D),),
        Kind.RETRIEVAL: CLIENT,
        Kind.EXCHANGE: (
            Instrument("http.client.request.duration", "s", _HTTP, _H),
            Instrument("http.client.request.body.size", "By", _HTTP, _B, "http.request.body.size"),
            Instrument("http.client.response.body.size", "By", _HTTP, _B, "http.response.body.size"),
        ),
        Kind.PROCESS: (Instrument("vedette.process.duration", "s", ("process.executable.name", "error.type"), _W),),
        Kind.CONNECTION: (
            Instrument("vedette.connections", "{connection}", ("network.transport", "vedette.net.unwoven")),
        ),
        Kind.AUTH: (
            Instrument("vedette.auth.attempts", "{attempt}", ("vedette.auth.mechanism", "vedette.auth.result")),
        ),
        Kind.FINDING: (
            Instrument(
                "vedette.findings",
                "{finding}",
                ("security_rule.name", "security_rule.category", "vedette.finding.severity"),
            ),
        ),
    }
)
EVENTS = Instrument("vedette.events", "{event}", ("vedette.kind", "vedette.outcome"))
REDACTIONS = Instrument("vedette.redactions", "{label}", ("vedette.label.kind",))
LINE = Instrument("vedette.line.duration", "s", (), _D)

OWNED = MappingProxyType(
    {
        "opentelemetry.instrumentation.": frozenset(
            {"http.client.request.duration", "gen_ai.client.operation.duration", "gen_ai.client.token.usage",
             "gen_ai.client.operation.time_to_first_chunk"}
        ),
    }
)  # fmt: skip
"""Scope (prefix) of an adopted span -> what its owner measures itself, under the name that would be ours too.

The native spans of anthropic and those of OpenInference come without metrics, so nothing of theirs stands here.
"""

_PROGRAMS = """
bash sh zsh dash fish pwsh powershell cmd env sudo su python pypy pip uv uvx poetry conda node npm npx yarn pnpm bun
deno ruby gem perl php java javac mvn gradle go cargo rustc gcc g++ clang cc ld make cmake ninja git gh svn hg ssh
scp sftp rsync curl wget nc ncat socat telnet ftp dig nslookup ping openssl gpg docker podman kubectl helm terraform
ansible aws gcloud az psql mysql sqlite redis-cli mongosh cat ls cp mv rm mkdir rmdir ln touch chmod chown find grep
egrep rg fd sed awk sort uniq head tail wc cut tr xargs tee diff patch tar gzip gunzip zip unzip xz base64 xxd echo
printf date uname hostname whoami id ps kill pkill top df du mount systemctl journalctl crontab apt apt-get yum dnf
brew jq yq claude codex gemini ffmpeg pandoc pdftotext pytest ruff mypy chrome chromium firefox
"""
EXECUTABLES = frozenset(_PROGRAMS.split())
"""Programs that a metric may name; a model can write and start a file of any name, which would be content."""
