"""The one vocabulary: every name that a fact may carry, with its type, for trail, rules, dashboards and spans.

Names are those of the OpenTelemetry semantic conventions where one exists (core 1.44.0 and
`open-telemetry/semantic-conventions-genai` as of November 2026); `vedette.*` is ours. The facts themselves are strings,
integers and booleans: a double stays the decimal string that was on the wire and a list is a JSON array as a string;
the type here says what a span attribute becomes. `content` is redacted text kept apart from the facts and committed to.
"""

from __future__ import annotations

from typing import Literal

Type = Literal["string", "int", "bool", "double", "list", "content"]

SCHEMA = "vedette/1 semconv/1.44.0 genai/2026-11"
"""The vocabulary's version, stated in each trail's birth record and on each log record (`vedette.schema`)."""

SCHEMA_URL = "https://opentelemetry.io/schemas/1.44.0"

_STRINGS = """
gen_ai.operation.name gen_ai.provider.name gen_ai.request.model gen_ai.response.model gen_ai.response.id
gen_ai.response.status gen_ai.request.stream_cursor gen_ai.request.reasoning.level gen_ai.request.previous_response.id
gen_ai.output.type gen_ai.conversation.id gen_ai.prompt.name gen_ai.prompt.version
gen_ai.agent.name gen_ai.agent.description gen_ai.agent.id gen_ai.agent.version gen_ai.workflow.name
gen_ai.tool.name gen_ai.tool.type gen_ai.tool.description gen_ai.tool.call.id gen_ai.data_source.id
gen_ai.memory.store.id gen_ai.memory.record.id
openai.api.type openai.request.service_tier openai.response.service_tier openai.response.system_fingerprint
aws.bedrock.guardrail.id aws.bedrock.knowledge_base.id azure.resource_provider.namespace
mcp.method.name mcp.protocol.version mcp.session.id mcp.resource.uri jsonrpc.request.id jsonrpc.protocol.version
rpc.response.status_code
http.request.method http.request.method_original url.full url.scheme url.template url.path user_agent.original
server.address network.peer.address network.transport network.type network.local.address network.protocol.name
network.protocol.version tls.protocol.name tls.protocol.version tls.cipher tls.server.subject tls.server.issuer
tls.server.not_after tls.server.hash.sha256 tls.client.server_name dns.question.name
process.executable.name process.executable.path process.working_directory process.user.name
user.id user.name user.email user.full_name user.hash session.id session.previous_id client.address
service.name service.version service.instance.id
error.type event.name log.record.uid
security_rule.name security_rule.category security_rule.ruleset.name security_rule.uuid security_rule.version
security_rule.description security_rule.reference
telemetry.distro.name telemetry.distro.version telemetry.sdk.version process.runtime.name process.runtime.version
host.name os.type
vedette.kind vedette.phase vedette.event.id vedette.operation.id vedette.parent.id vedette.stream.id vedette.schema
vedette.outcome vedette.adopted vedette.run.id vedette.actor.kind vedette.type vedette.leaf vedette.source
vedette.protocol vedette.finish_reason.raw
vedette.auth.mechanism vedette.auth.scheme vedette.auth.result vedette.auth.target vedette.auth.subject
vedette.change.subject vedette.change.name vedette.change.before vedette.change.after
vedette.finding.severity vedette.finding.action
vedette.lifecycle.phase vedette.lifecycle.reason vedette.gap.state vedette.gap.kinds vedette.gap.first vedette.gap.last
vedette.trail.id vedette.host.id vedette.boot.id vedette.start_ns
vedette.key.id vedette.parent.stream vedette.body.sha256 vedette.http.redirect.from vedette.end.reason
vedette.content.policy vedette.erasure.stream vedette.erasure.field vedette.erasure.runs vedette.erasure.subject
vedette.trim.stream vedette.trim.what vedette.told.first vedette.who vedette.why vedette.hold.id vedette.hold.subject
vedette.arguments.digest vedette.approval vedette.process.env.names
vedette.log vedette.head.stream vedette.head.root vedette.head.next vedette.torn.sha256 vedette.disk
vedette.anchor.kind vedette.anchor.name vedette.anchor.hash
"""

_INTS = """
gen_ai.request.max_tokens gen_ai.request.choice.count gen_ai.request.seed gen_ai.request.top_k
gen_ai.embeddings.dimension.count gen_ai.retrieval.top_k gen_ai.memory.record.count
gen_ai.usage.input_tokens gen_ai.usage.output_tokens gen_ai.usage.cache_read.input_tokens
gen_ai.usage.cache_write.input_tokens gen_ai.usage.reasoning.output_tokens
gen_ai.usage.text.input_tokens gen_ai.usage.image.input_tokens gen_ai.usage.audio.input_tokens
gen_ai.usage.text.output_tokens gen_ai.usage.image.output_tokens gen_ai.usage.audio.output_tokens
http.response.status_code http.request.resend_count http.request.body.size http.response.body.size
http.request.size http.response.size server.port network.peer.port network.local.port client.port
process.pid process.parent_pid process.exit.code
vedette.seq vedette.finding.confidence vedette.ordinal vedette.parent.seq vedette.pid vedette.mended vedette.withheld
vedette.arguments.size vedette.content.unread vedette.http.decoded.size vedette.attempt
vedette.open.intents vedette.queue.depth vedette.unshipped.count vedette.unshipped.age vedette.guard.faults
vedette.torn.bytes vedette.gap.total vedette.sync.lag_ms vedette.gap.count vedette.clock.before vedette.clock.after
vedette.erasure.seq vedette.erasure.copies vedette.erasure.keys vedette.trim.first vedette.trim.last
vedette.head.index vedette.head.size vedette.anchor.size vedette.keeper.streams
"""

_BOOLS = """
gen_ai.request.stream gen_ai.conversation.compacted tls.resumed tls.established process.interactive
vedette.http.credential_forwarded vedette.body.truncated vedette.net.destination.first_seen vedette.net.unwoven
vedette.tool.error vedette.in_process vedette.proxy
"""

_DOUBLES = """
gen_ai.request.temperature gen_ai.request.top_p gen_ai.request.frequency_penalty gen_ai.request.presence_penalty
gen_ai.response.time_to_first_chunk
"""

_LISTS = """
gen_ai.response.finish_reasons gen_ai.request.stop_sequences gen_ai.request.encoding_formats process.command_args
user.roles dns.answers
"""

_CONTENT = """
gen_ai.system_instructions gen_ai.input.messages gen_ai.output.messages gen_ai.tool.definitions
gen_ai.tool.call.arguments gen_ai.tool.call.result gen_ai.retrieval.query.text gen_ai.retrieval.documents
gen_ai.memory.query.text gen_ai.memory.records
vedette.http.request.headers vedette.http.response.headers vedette.http.request.body vedette.http.response.body
vedette.error.message vedette.finding.message vedette.finding.evidence vedette.change.detail vedette.api.detail
vedette.coverage vedette.settings vedette.facts vedette.embeddings.input
vedette.anchor.statement
"""

FACTS: dict[str, Type] = {
    **dict.fromkeys(_STRINGS.split(), "string"),
    **dict.fromkeys(_INTS.split(), "int"),
    **dict.fromkeys(_BOOLS.split(), "bool"),
    **dict.fromkeys(_DOUBLES.split(), "double"),
    **dict.fromkeys(_LISTS.split(), "list"),
    **dict.fromkeys(_CONTENT.split(), "content"),
}

CONTENT = frozenset(_CONTENT.split())

OLD_1_41: dict[str, str] = {
    "gen_ai.usage.cache_write.input_tokens": "gen_ai.usage.cache_creation.input_tokens",
    "gen_ai.client.inference.duration": "gen_ai.client.operation.duration",
    "gen_ai.client.inference.time_to_first_chunk": "gen_ai.client.operation.time_to_first_chunk",
    "gen_ai.client.inference.operation.input_tokens": "gen_ai.client.token.usage",
    "gen_ai.client.inference.operation.output_tokens": "gen_ai.client.token.usage",
    "gen_ai.invoke_workflow.duration": "gen_ai.workflow.duration",
}
"""New name -> the name of conventions 1.41, for `VEDETTE_SEMCONV=1.41`; signals only, the trail keeps the new ones."""

EFFECTS = (
    "pay", "mail", "chat", "web", "post", "invite", "remove", "delete", "cancel", "create", "reschedule", "append",
    "share", "reserve", "password", "profile", "update",
)  # fmt: skip
"""Kinds of effects that a request may speak of and a tool may have; the order is that of the bits (`event.Traces`)."""
