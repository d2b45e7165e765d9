"""Who is acting, said by the application: user, session, agent."""

from __future__ import annotations

from types import TracebackType

from vedette.capture import context
from vedette.guard import guard


class session:
    """Used like a function: `with vedette.session(user="ada"):`, or `async with`.

    Everything inside, threads and tasks included, is done for this user, in this session, by this agent; what is left
    out stays as it is outside. User and session leave the process as keyed pseudonyms only. `run` tells runs of one
    agent apart. Names that are no text, numbers and UUIDs, are taken as text; None is nobody.
    """

    def __init__(self, *, user: object = "", session: object = "", agent: object = "", run: object = "") -> None:
        self._who = {"user": _name(user), "session": _name(session), "agent": _name(agent), "run": _name(run)}
        self._before: list[context.Place] = []

    def __enter__(self) -> session:
        self._before.append(context.here())
        context.go(context.acting(**self._who))
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        context.go(self._before.pop())

    async def __aenter__(self) -> session:
        return self.__enter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None
    ) -> None:
        self.__exit__(kind, error, tb)


def _name(given: object) -> str:
    with guard("capture.session"):
        return "" if given is None else str(given)
    return ""
