"""`vedette.session`: who is acting, in every record inside, in the order of nesting, in threads and tasks."""

from __future__ import annotations

import asyncio
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from dirty_equals import IsStr
from tests.unit.capture.noted import recorded

import vedette

PSEUDONYM = IsStr(regex=r"\[id:[0-9a-f.]{21}\]")


def say(text: str = "x") -> None:
    vedette.note.output(text)


def test_user_and_session_are_pseudonyms_agent_and_run_are_names(tmp_path: Path) -> None:
    def work() -> None:
        with vedette.session(user="ada lovelace", session="s1", agent="clerk", run="r1"):
            say()
        say()

    inside, outside = recorded(tmp_path, work)
    assert inside["w"] == {"user": PSEUDONYM, "session": PSEUDONYM, "agent": "clerk", "run": "r1"}
    assert "w" not in outside
    assert b"lovelace" not in b"".join(path.read_bytes() for path in tmp_path.rglob("*.seg"))


def test_what_is_left_out_stays_as_it_is_outside(tmp_path: Path) -> None:
    def work() -> None:
        with vedette.session(user="ada", session="s1"):
            with vedette.session(agent="clerk"):
                say()
            with vedette.session(user="bob"):
                say()
            say()

    clerk, bob, ada = (each["w"] for each in recorded(tmp_path, work))
    assert clerk == {**ada, "agent": "clerk"}
    assert bob["user"] != ada["user"] and bob["session"] == ada["session"]


def test_an_exception_passes_through_and_the_session_ends(tmp_path: Path) -> None:
    def work() -> None:
        with pytest.raises(KeyError), vedette.session(user="ada"):
            raise KeyError("x")
        say()

    (told,) = recorded(tmp_path, work)
    assert "w" not in told


def test_concurrent_tasks_do_not_see_each_others_sessions(tmp_path: Path) -> None:
    async def serve(user: str, barrier: asyncio.Event) -> None:
        async with vedette.session(user=user) as session:
            assert isinstance(session, vedette.session)
            await barrier.wait()
            say(user)
            await asyncio.to_thread(say, user)

    async def main() -> None:
        barrier = asyncio.Event()
        tasks = [asyncio.create_task(serve(f"user {each}", barrier)) for each in range(5)]
        await asyncio.sleep(0)
        barrier.set()
        await asyncio.gather(*tasks)

    told = recorded(tmp_path, lambda: asyncio.run(main()))
    text = "gen_ai.output.messages"
    said = {each["c"][text][0]["parts"][0]["content"]: set() for each in told}
    for each in told:
        said[each["c"][text][0]["parts"][0]["content"]].add(each["w"]["user"])
    assert len(told) == 10 and [len(users) for users in said.values()] == [1] * 5
    assert len(set().union(*said.values())) == 5


def test_threads_and_pools_inherit_it(tmp_path: Path) -> None:
    def work() -> None:
        with ThreadPoolExecutor(1) as pool:
            with vedette.session(user="ada"):
                thread = threading.Thread(target=say)
                thread.start()
                thread.join()
                pool.submit(say).result()
            pool.submit(say).result()

    thread, pool, after = recorded(tmp_path, work)
    assert thread["w"] == pool["w"] == {"user": PSEUDONYM}
    assert "w" not in after


def test_one_session_object_may_be_entered_again(tmp_path: Path) -> None:
    def work() -> None:
        session = vedette.session(user="ada")
        with session, session:
            say()
        with session:
            say()
        say()

    assert [("w" in each) for each in recorded(tmp_path, work)] == [True, True, False]


@pytest.mark.parametrize("user", [7, uuid.UUID(int=1), "7"])
def test_names_that_are_no_text_are_taken_as_text(tmp_path: Path, user: object) -> None:
    def work() -> None:
        for given in (user, str(user)):
            with vedette.session(user=given):
                say()

    first, second = recorded(tmp_path, work)
    assert first["w"] == second["w"]


def test_nobody_is_nobody(tmp_path: Path) -> None:
    def work() -> None:
        with vedette.session(user=None, session=""):
            say()

    (told,) = recorded(tmp_path, work)
    assert "w" not in told


def test_without_a_start_it_does_nothing() -> None:
    with vedette.session(user="ada"):
        say()
