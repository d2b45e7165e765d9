"""A service that answers for many users: who asked, in which session, and who could not log in, by Vedette's API.

opentelemetry-instrument uvicorn --app-dir examples fastapi_service:app
curl -H 'authorization: Bearer ada-token' -H 'x-session: s1' 'localhost:8000/ask?question=Why%3F'
"""

from typing import Annotated

import openai
from fastapi import FastAPI, Header, HTTPException
from standin import base_url

import vedette

USERS = {"Bearer ada-token": "ada", "Bearer bob-token": "bob"}

app = FastAPI()
client = openai.AsyncOpenAI(base_url=base_url("OPENAI_API_KEY", "/v1"))


@app.get("/ask")
async def ask(
    question: str, authorization: Annotated[str, Header()], x_session: Annotated[str, Header()]
) -> dict[str, str]:
    user = USERS.get(authorization, "")
    vedette.note.auth_attempt(user=user or "unknown", success=bool(user), method="token", target="/ask")
    if not user:
        raise HTTPException(401)
    async with vedette.session(user=user, session=x_session, agent="clerk"):
        vedette.note.user_input(question)
        messages = [{"role": "user", "content": question}]
        reply = await client.chat.completions.create(model="gpt-5", messages=messages)
        answer = reply.choices[0].message.content or ""
        vedette.note.output(answer)
    return {"answer": answer}
