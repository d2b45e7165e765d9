"""The provider's name by host, where the wire format alone would name another (wire.md 3.9, semconv 4)."""

from __future__ import annotations

_SUFFIXES = (
    (".openai.azure.com", "azure.ai.openai"),
    (".cognitiveservices.azure.com", "azure.ai.openai"),
    (".services.ai.azure.com", "azure.ai.inference"),
    ("api.groq.com", "groq"),
    ("api.deepseek.com", "deepseek"),
    ("api.x.ai", "x_ai"),
    ("api.perplexity.ai", "perplexity"),
    ("api.mistral.ai", "mistral_ai"),
    ("api.moonshot.ai", "moonshot_ai"),
)


def provider(host: str, family: str) -> str:
    """Who answers: the host's owner if it is known, else the family whose format is spoken."""
    if family == "anthropic":
        return family
    return next((name for suffix, name in _SUFFIXES if host.lower().endswith(suffix)), family)
