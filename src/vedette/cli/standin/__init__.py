"""A stand-in for the model providers: OpenAI and Anthropic on the loopback, without a key, without a network.

    with StandIn(script=[tool("weather", {"city": "Paris"}), text("Mild, as ever.")]) as server:
        client = openai.OpenAI(base_url=f"{server.url}/v1", api_key="none")

It speaks chat completions, completions, responses, embeddings and messages, plain and streamed, and two endpoints for
tools: `/weather?city=` and `/echo`. From a shell: `python -m vedette.cli.standin`. Standard library only.

Not spoken: WebSockets, HTTP/2, TLS, and the protocols of other providers.
"""

from vedette.cli.standin.server import StandIn
from vedette.cli.standin.turn import error, refusal, text, tool, tools
from vedette.cli.standin.wire import Request

__all__ = ["Request", "StandIn", "error", "refusal", "text", "tool", "tools"]
