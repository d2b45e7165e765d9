"""Who answers, by host, where the wire format alone would name another (wire.md 3.9, semconv.md 4)."""

from __future__ import annotations

import functools
import re

_HOSTS = (
    ("api.openai.com", "openai"),
    ("openai.azure.com", "azure.ai.openai"),
    ("cognitiveservices.azure.com", "azure.ai.openai"),
    ("services.ai.azure.com", "azure.ai.inference"),
    ("aiplatform.googleapis.com", "gcp.vertex_ai"),
    ("claude.googleapis.com", "gcp.vertex_ai"),
    ("generativelanguage.googleapis.com", "gcp.gemini"),
    ("api.mistral.ai", "mistral_ai"),
    ("api.groq.com", "groq"),
    ("api.cohere.com", "cohere"),
    ("api.deepseek.com", "deepseek"),
    ("api.x.ai", "x_ai"),
    ("api.perplexity.ai", "perplexity"),
    ("api.moonshot.ai", "moonshot_ai"),
)
_BEDROCK = re.compile(r"bedrock-(?:runtime|mantle)[.-].*(?:\.amazonaws\.com|\.api\.aws)")


def provider(host: str, path: str, family: str) -> str:
    """The owner of a known host, else the family whose format is spoken; `server.address` tells of a gateway."""
    owner = _owner(host) or family
    if owner == "azure.ai.inference" and not path.lower().startswith("/models"):
        return "azure.ai.openai" if family == "openai" else family
    return owner


@functools.lru_cache(maxsize=256)
def _owner(host: str) -> str:
    host = host.lower()
    if _BEDROCK.fullmatch(host):
        return "aws.bedrock"
    return next((name for known, name in _HOSTS if _below(host, known)), "")


def _below(host: str, known: str) -> bool:
    """The host itself, a sub-domain, or a region before Vertex's name (`europe-west4-aiplatform…`)."""
    return (
        host == known or host.endswith(f".{known}") or (known.startswith("aiplatform.") and host.endswith(f"-{known}"))
    )
