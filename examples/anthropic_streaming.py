"""An agent that streams its answer from Anthropic's messages API.

opentelemetry-instrument python examples/anthropic_streaming.py
"""

import anthropic
from standin import base_url


def tell(client: anthropic.Anthropic, subject: str) -> str:
    """Print the words as they come; give the whole text back."""
    prompt = [{"role": "user", "content": f"One sentence about {subject}."}]
    with client.messages.stream(model="claude-sonnet-5", max_tokens=200, messages=prompt) as stream:
        for words in stream.text_stream:
            print(words, end="", flush=True)
        print()
        return stream.get_final_text()


if __name__ == "__main__":
    with anthropic.Anthropic(base_url=base_url("ANTHROPIC_API_KEY")) as client:
        tell(client, "sentinels on horseback")
