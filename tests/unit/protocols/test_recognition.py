"""What is an inference, and what only stands near one."""

import pytest

from vedette.capture.protocols import PROTOCOLS, operation, recognise
from vedette.capture.protocols.providers import provider

CHAT, COMPLETION = b'{"messages": [], "model": "m"}', b'{"prompt": "Once"}'
MESSAGES = b'{"max_tokens": 5, "messages": []}'


@pytest.mark.parametrize(
    ("path", "body", "protocol"),
    [
        ("/v1/chat/completions", CHAT, "openai_chat"),
        ("/V1/Chat/Completions/", CHAT, "openai_chat"),
        ("/openai/deployments/d/chat/completions", CHAT, "openai_chat"),
        ("/v1/completions", COMPLETION, "openai_completions"),
        ("/v1/fim/completions", COMPLETION, "openai_completions"),
        ("/v1/responses", b'{"input": "Hi"}', "openai_responses"),
        ("/v1/responses", b'{"previous_response_id": "r"}', "openai_responses"),
        ("/v1/embeddings", b'{"input": "Hi"}', "openai_embeddings"),
        ("/v1/messages", MESSAGES, "anthropic_messages"),
        ("/anthropic/v1/messages", MESSAGES, "anthropic_messages"),
        (
            "/v1/projects/p/publishers/anthropic/models/m:rawPredict",
            b'{"anthropic_version": "x"}',
            "anthropic_messages",
        ),
        ("/model/anthropic.claude/invoke", b'{"anthropic_version": "x"}', "anthropic_messages"),
    ],
)
def test_recognised_by_path_and_keys(path, body, protocol):
    """The end of the path decides, whatever stands before it, and the request has the keys of the protocol."""
    assert recognise(path, body) == protocol
    assert recognise(path) == protocol


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/messages/count_tokens", MESSAGES),
        ("/v1/messages/batches", MESSAGES),
        ("/v1/threads/thread_1/messages", MESSAGES),
        ("/v1/responses/resp_1", b'{"input": ""}'),
        ("/v1/responses/resp_1/cancel", b""),
        ("/v1/responses/compact", b'{"input": ""}'),
        ("/v1/responses/input_tokens", b'{"input": ""}'),
        ("/v1/files", CHAT),
        ("/v1/traces/ingest", CHAT),
        ("/v1/chat/completions", b'{"text": "a chat of my own"}'),
        ("/v1/messages", b'{"messages": []}'),
        ("/api/messages", b""),
        ("/survey/responses", b""),
        ("/model/meta.llama/invoke", b'{"prompt": "x"}'),
        ("/model/m/invoke-with-response-stream", MESSAGES),
        ("", b""),
    ],
)
def test_not_an_inference(path, body):
    """What stands near an inference, and what somebody's own API calls by the same word."""
    assert recognise(path, body) == ""


def test_every_protocol_names_its_operation():
    """Span and intent are called by it before anything is read."""
    assert {each.name: operation(each.name) for each in PROTOCOLS} == {
        "openai_chat": "chat",
        "openai_completions": "text_completion",
        "openai_responses": "chat",
        "openai_embeddings": "embeddings",
        "anthropic_messages": "chat",
    }


def test_only_a_post_is_an_inference(reading):
    """A GET of a response fetches one."""
    assert reading("/v1/chat/completions", {"messages": []}, {"choices": []}, method="GET") is None


def test_the_second_chance(reading):
    """A request that was produced while it was sent is known by its answer; another answer is another API."""
    chat = {"object": "chat.completion", "model": "m", "choices": [{"message": {"content": "Hi"}}]}
    assert reading("/v1/chat/completions", b"", chat).facts["gen_ai.response.model"] == "m"
    assert reading("/v1/messages", b"", {"type": "message", "content": []}).protocol == "anthropic_messages"
    assert reading("/v1/messages", b"", {"ok": True}) is None


def test_an_api_of_another_kind(reading):
    """Path and keys fit, yet the answer is no model's: a plain exchange."""
    assert reading("https://survey.example/responses", {"input": "5 stars"}, {"saved": True}) is None
    assert reading("https://survey.example/responses", {"input": "5 stars"}, {}) is not None


def test_a_request_that_is_no_json_is_broken(reading):
    """It looked like an inference and could not be read: said, not raised."""
    assert reading("/v1/chat/completions", b'"messages" and so on', {"choices": []}).broken


def test_an_answer_that_cannot_be_read_is_counted(told):
    """An encoding that nobody here undoes: the request stands, the answer is a number of bytes."""
    headers = (("content-encoding", "x-unheard-of"),)
    facts = told("/v1/chat/completions", {"messages": [], "model": "m"}, b"12345", response_headers=headers)["facts"]
    assert (facts["gen_ai.request.model"], facts["vedette.content.unread"]) == ("m", 5)


def test_a_url_that_is_none(reading):
    """Nothing is read, nothing is raised."""
    assert reading("https://[broken/v1/chat/completions", {"messages": []}, b"") is None


@pytest.mark.parametrize(
    ("host", "path", "family", "name"),
    [
        ("api.openai.com", "/v1/responses", "openai", "openai"),
        ("gateway.example", "/v1/chat/completions", "openai", "openai"),
        ("127.0.0.1", "/v1/messages", "anthropic", "anthropic"),
        ("corp.openai.azure.com", "/openai/v1/responses", "openai", "azure.ai.openai"),
        ("corp.services.ai.azure.com", "/models/chat/completions", "openai", "azure.ai.inference"),
        ("corp.services.ai.azure.com", "/openai/v1/responses", "openai", "azure.ai.openai"),
        ("corp.services.ai.azure.com", "/anthropic/v1/messages", "anthropic", "anthropic"),
        ("bedrock-mantle.eu-west-1.api.aws", "/openai/v1/responses", "openai", "aws.bedrock"),
        ("bedrock-runtime.eu-west-1.amazonaws.com", "/model/m/invoke", "anthropic", "aws.bedrock"),
        ("europe-west4-aiplatform.googleapis.com", "/v1/x:rawPredict", "anthropic", "gcp.vertex_ai"),
        ("API.GROQ.COM", "/openai/v1/chat/completions", "openai", "groq"),
        ("not-api.groq.com", "/openai/v1/chat/completions", "openai", "openai"),
        ("openai.azure.com.evil.example", "/openai/v1/responses", "openai", "openai"),
    ],
)
def test_the_provider(host, path, family, name):
    """The wire format decides, except at hosts whose owner is known; a look-alike is none of them."""
    assert provider(host, path, family) == name
