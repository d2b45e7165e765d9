"""Embeddings: what went in, how long the vectors are, what it cost."""

import base64

from inline_snapshot import snapshot


def test_a_plain_exchange(told):
    """The vectors are not content; base64 of 32-bit floats counts as what it stands for."""
    vector = base64.b64encode(bytes(4 * 1536)).decode()
    response = {
        "object": "list",
        "data": [{"object": "embedding", "index": 0, "embedding": vector}],
        "model": "text-embedding-3-small",
        "usage": {"prompt_tokens": 8, "total_tokens": 8},
    }
    request = {"model": "text-embedding-3-small", "input": ["one", "two"], "encoding_format": "base64"}
    assert told("/v1/embeddings", request, response) == snapshot(
        {
            "protocol": "openai_embeddings",
            "facts": {
                "gen_ai.operation.name": "embeddings",
                "gen_ai.provider.name": "openai",
                "gen_ai.request.model": "text-embedding-3-small",
                "gen_ai.request.encoding_formats": ["base64"],
                "vedette.embeddings.input": ["one", "two"],
                "gen_ai.response.model": "text-embedding-3-small",
                "gen_ai.usage.input_tokens": 8,
                "gen_ai.embeddings.dimension.count": 1536,
            },
        }
    )


def test_voyage(told):
    """Only a total of tokens; vectors of numbers."""
    response = {"object": "list", "data": [{"embedding": [0.1, 0.2]}], "usage": {"total_tokens": 3}}
    facts = told("https://api.voyageai.com/v1/embeddings", {"input": "one", "model": "voyage-4"}, response)["facts"]
    assert (facts["gen_ai.usage.input_tokens"], facts["gen_ai.embeddings.dimension.count"]) == (3, 2)


def test_input_that_is_tokens_already(told):
    """There is nothing to read in it."""
    assert "vedette.embeddings.input" not in told("/v1/embeddings", {"input": [[1, 2], [3]]}, {"data": None})["facts"]
