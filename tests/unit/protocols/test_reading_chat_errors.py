"""OpenAI chat where it goes wrong: errors of many shapes and places, refusals, and replies that say nothing."""

import pytest

REQUEST = {"model": "gpt-5", "messages": [{"role": "user", "content": "Hi"}]}
USAGE = {"prompt_tokens": 40, "completion_tokens": 12}


def chunk(delta):
    return {"id": "c", "object": "chat.completion.chunk", "choices": [{"index": 0, "delta": delta}]}


def test_an_error_answer(told):
    """`error.type` is the provider's code; the text, which may echo the prompt, is content."""
    error = {"error": {"message": "Rate limit", "type": "requests", "param": None, "code": "rate_limit_exceeded"}}
    found = told("/v1/chat/completions", REQUEST, error, status=429)
    assert found["error"] == "rate_limit_exceeded"
    assert found["facts"]["vedette.error.message"] == "Rate limit"


@pytest.mark.parametrize(
    ("body", "error", "message"),
    [
        ({"error": {"message": "no", "code": 402}}, "402", "no"),
        ({"error": "model not found"}, "500", "model not found"),
        ({"object": "error", "message": "too long", "type": "BadRequestError"}, "BadRequestError", "too long"),
        ({"error": {"message": "m", "code": "the prompt was: my secret is\n..."}}, "500", "m"),
        ({"detail": "Not Found"}, "500", None),
        (b"<html>502</html>", "500", None),
        (b"", "500", None),
    ],
)
def test_errors_of_many_shapes(told, body, error, message):
    """Whatever the body is, the error has a type of low cardinality: a word of the provider's, or else the status."""
    found = told("/v1/chat/completions", REQUEST, body, status=500)
    assert (found["error"], found["facts"].get("vedette.error.message")) == (error, message)


def test_an_error_inside_a_stream(told, events):
    """The status says 200, the call failed all the same; what arrived before stays."""
    stream = events(chunk({"content": "Hel"}), {"error": {"message": "overloaded", "type": "server_error"}})
    found = told("/v1/chat/completions", REQUEST, stream)
    assert found["error"] == "server_error"
    assert found["facts"]["gen_ai.output.messages"][0]["parts"] == [{"type": "text", "content": "Hel"}]


def test_groq(told, events):
    """Usage, and an error, also under `x_groq`."""
    stream = events(chunk({"content": "Hi"}), {"x_groq": {"usage": USAGE}}, {"x_groq": {"error": "broken pipe"}})
    found = told("https://api.groq.com/openai/v1/chat/completions", REQUEST, stream)
    assert (found["error"], found["facts"]["vedette.error.message"]) == ("error", "broken pipe")
    assert found["facts"]["gen_ai.usage.input_tokens"] == 40
    assert found["facts"]["gen_ai.provider.name"] == "groq"


@pytest.mark.parametrize("choices", [None, [], [None], {}, [{}], [{"message": None}], [{"message": {"content": None}}]])
@pytest.mark.parametrize("usage", [{}, {"usage": None}, {"usage": []}, {"usage": {"prompt_tokens": None}}])
def test_the_null_matrix(told, events, choices, usage):
    """Nothing is invented where a reply says nothing, plain and streamed."""
    plain = told("/v1/chat/completions", REQUEST, {"id": "c", "choices": choices, **usage})
    deltas = [{**each, "delta": each.get("message")} if each else each for each in choices] if choices else choices
    stream = told("/v1/chat/completions", REQUEST, events({"id": "c", "choices": deltas, **usage}))
    for found in (plain, stream):
        assert set(found) == {"protocol", "facts"}
        assert not [name for name in found["facts"] if "usage" in name or "finish" in name]
        assert all(each["parts"] == [] for each in found["facts"].get("gen_ai.output.messages", []))


def test_a_refusal_and_speech(told):
    """What the model will not say, and what it says aloud."""
    message = {"content": None, "refusal": "No.", "audio": {"id": "a", "data": "AAAA", "transcript": "Never."}}
    request = {**REQUEST, "modalities": ["text", "audio"]}
    facts = told("/v1/chat/completions", request, {"choices": [{"message": message, "finish_reason": "stop"}]})["facts"]
    assert facts["gen_ai.output.type"] == "speech"
    assert [each.get("content", each.get("size")) for each in facts["gen_ai.output.messages"][0]["parts"]] == [
        "No.",
        "Never.",
        3,
    ]
