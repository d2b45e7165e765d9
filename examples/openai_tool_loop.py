"""A hand-written tool loop over OpenAI chat completions, and not a word about Vedette.

opentelemetry-instrument python examples/openai_tool_loop.py
"""

import json

import openai
from standin import base_url

TOOLS = [
    {
        "type": "function",
        "function": {
            "name": "weather",
            "description": "The weather in a city.",
            "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
        },
    }
]


def weather(city: str) -> str:
    return f"18 degrees and sunny in {city}"


def ask(client: openai.OpenAI, question: str) -> str:
    messages = [{"role": "user", "content": question}]
    while True:
        reply = client.chat.completions.create(model="gpt-5", messages=messages, tools=TOOLS).choices[0].message
        if not reply.tool_calls:
            return reply.content or ""
        messages.append(reply.model_dump(exclude_none=True))
        for call in reply.tool_calls:
            result = weather(**json.loads(call.function.arguments))
            messages.append({"role": "tool", "tool_call_id": call.id, "content": result})


if __name__ == "__main__":
    with openai.OpenAI(base_url=base_url("OPENAI_API_KEY", "/v1")) as client:
        print(ask(client, "What is the weather in Paris? Answer to ada@example.org."))
