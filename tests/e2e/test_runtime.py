"""The line in a process of its own: what is queued, what is written before an effect, and how it all ends."""

from __future__ import annotations

import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.otlp_receiver import Receiver, Say
from tests.trails import clean, names, phases, python, records

import vedette
from vedette import guard, runtime
from vedette.event import Call, Kind, Result
from vedette.runtime.coverage import program


@pytest.fixture
def trail(tmp_path: Path) -> Path:
    return tmp_path / "trail"


def _script(body: str) -> str:
    return "import vedette, sys, os, time, signal, threading\nvedette.start()\n" + textwrap.dedent(body)


def run(trail: Path, body: str, **env: str) -> subprocess.CompletedProcess[str]:
    """A program that starts Vedette by its one line."""
    return python("-c", _script(body), env={"VEDETTE_TRAIL": str(trail), **env})


TOOL = """
    @vedette.tool
    def act(what):
        return what
"""


def test_everything_is_drained_when_the_program_ends(trail: Path) -> None:
    """Five hundred tools, then the end: every outcome is in the trail, the close record last, within two seconds."""
    began = time.monotonic()
    done = run(trail, TOOL + "    for number in range(500): act(number)\n", VEDETTE_READONLY_TOOLS="*")
    assert done.returncode == 0 and done.stderr == ""
    assert len(records(trail, kind="tool", phase="outcome")) == 500
    assert phases(trail)[0] == "birth" and phases(trail)[-1] == "close"
    assert time.monotonic() - began < 20


def test_an_agent_killed_inside_a_tool_leaves_the_intent(trail: Path) -> None:
    """SIGKILL from within: the record says what was under way, with its arguments, and has no outcome."""
    done = run(
        trail,
        """
        @vedette.tool
        def delete(path):
            os.kill(os.getpid(), signal.SIGKILL)
        with vedette.session(user="ada"):
            delete("/everything")
        """,
    )
    assert done.returncode == -signal.SIGKILL
    (intent,) = records(trail, kind="tool")
    assert (intent.envelope["f"], intent.envelope["e"]) == ("intent", "delete")
    assert intent.content["gen_ai.tool.call.arguments"] == '{"path":"/everything"}'
    assert intent.envelope["w"]["user"].startswith("[id:")


@pytest.mark.parametrize(
    ("setting", "kinds"), [("actions", ["change", "tool"]), ("all", ["change", "tool"]), ("off", [])]
)
def test_which_operations_leave_an_intent_is_a_setting(trail: Path, setting: str, kinds: list[str]) -> None:
    run(
        trail,
        TOOL + "    act(1)\n    vedette.note.change('prompt', 'system', after='x')\n",
        VEDETTE_WRITE_AHEAD=setting,
    )
    assert sorted(record.envelope["k"] for record in records(trail, phase="intent")) == kinds


def test_an_outcome_names_its_intent(trail: Path) -> None:
    run(trail, TOOL + "    act(1)\n")
    intent, outcome = records(trail, kind="tool")
    assert outcome.envelope["of"] == intent.envelope["n"]
    assert outcome.envelope["a"]["vedette.event.id"] == intent.envelope["a"]["vedette.event.id"]


def test_inline_walks_the_line_on_the_callers_thread(trail: Path) -> None:
    """The outcome is in the trail when the tool has returned: nothing to flush, no thread."""
    vedette.start(trail=trail, inline=True)

    @vedette.tool
    def act() -> None:
        """Nothing."""

    act()
    assert names(trail, phase="outcome") == [("tool", "outcome", "act")]
    assert not [thread for thread in threading.enumerate() if thread.name == "vedette-line"]


def test_a_full_queue_makes_the_caller_walk_and_drops_nothing(trail: Path) -> None:
    """One place in the queue, and a line that is held up: the callers do the work, every operation arrives."""
    vedette.start(trail=trail, queue=1, readonly_tools=("*",))
    running = runtime.running()
    assert running is not None
    held = threading.Event()
    walk, walked_by = running.line.walk, set()

    def slow(call: Call) -> None:
        walked_by.add(threading.current_thread().name)
        if threading.current_thread().name == "vedette-line":
            held.wait(10)
        walk(call)

    running.line.walk = slow  # type: ignore[method-assign]  # the line, held up

    @vedette.tool
    def act(number: int) -> int:
        return number

    for number in range(20):
        act(number)
    held.set()
    assert runtime.flush(10)
    assert len(records(trail, kind="tool", phase="outcome")) == 20
    assert walked_by == {"vedette-line", threading.current_thread().name}


def test_flush_waits_for_what_was_queued_before(trail: Path) -> None:
    vedette.start(trail=trail)
    vedette.note.user_input("hello")
    assert runtime.flush(5)
    assert names(trail, kind="input") == [("input", "single", "user_input")]


def test_a_forked_child_has_a_line_and_a_stream_of_its_own(trail: Path) -> None:
    """The parent's queue is the parent's; the child's birth names where it came from."""
    done = python(
        "-W",
        "ignore::DeprecationWarning",
        "-c",
        _script(
            TOOL
            + """
    act("parent before")
    pid = os.fork()
    act("child" if pid == 0 else "parent after")
    if pid: sys.exit(os.waitpid(pid, 0)[1])
"""
        ),
        env={"VEDETTE_TRAIL": str(trail)},
    )
    assert done.returncode == 0, done.stderr
    told = {}
    for record in records(trail, kind="tool", phase="outcome"):
        told.setdefault(record.envelope["s"], []).append(record.content["gen_ai.tool.call.result"])
    assert sorted(told.values()) == [["child"], ["parent before", "parent after"]]
    births = [each for each in records(trail, kind="lifecycle", lifecycle=True) if each.envelope["n"] == 0]
    parent, child = births
    assert child.envelope["a"]["vedette.parent.stream"] == parent.envelope["s"]


@pytest.mark.parametrize(("setting", "ending"), [("0", []), ("1", ["close"])])
def test_sigterm_keeps_its_status_and_seals_where_asked(trail: Path, setting: str, ending: list[str]) -> None:
    """By default no handler of ours; with VEDETTE_SIGTERM=1 the trail is closed, and the status is still -15."""
    program = _script(TOOL + "    act(1)\n    print('ready', flush=True)\n    time.sleep(60)\n")
    process = subprocess.Popen(
        [sys.executable, "-c", program],
        env=clean({"VEDETTE_TRAIL": str(trail), "VEDETTE_SIGTERM": setting}),
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None and process.stdout.readline() == "ready\n"
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=20)
    assert process.returncode == -signal.SIGTERM
    assert [phase for phase in phases(trail) if phase == "close"] == ending
    assert names(trail, kind="tool", phase="intent") == [("tool", "intent", "act")]


def test_exit_is_quick_with_the_collector_away(trail: Path) -> None:
    """A collector that is configured and refuses: the program ends within the bound, and the trail keeps it all."""
    began = time.monotonic()
    done = run(
        trail,
        TOOL + "    act(1)\n",
        OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:9",
        OTEL_TRACES_EXPORTER="none",
        OTEL_METRICS_EXPORTER="none",
    )
    assert done.returncode == 0
    assert time.monotonic() - began < 10
    assert names(trail, kind="tool", phase="outcome") == [("tool", "outcome", "act")]


def test_a_trail_that_cannot_be_written_is_said_once_and_the_host_runs(tmp_path: Path) -> None:
    """The host's output is its own, one line of ours says what is wrong, and the exit code is 0."""
    file = tmp_path / "file"
    file.write_text("not a folder")
    done = run(file / "trail", TOOL + "    print(act(1), act(2))\n")
    assert (done.returncode, done.stdout) == (0, "1 2\n")
    assert done.stderr.count("\n") <= 2 and "vedette" in done.stderr


def test_a_bad_setting_is_said_once_and_the_safe_side_is_taken(trail: Path) -> None:
    """Never less redaction: `VEDETTE_REDACT=of` is a mistake, so everything is redacted, and the record says so."""
    done = run(trail, "    vedette.note.user_input('ada@example.org')\n".lstrip(), VEDETTE_REDACT="of")
    assert done.stderr.count("VEDETTE_REDACT='of' is not valid: use all, secrets or off") == 1
    (said,) = records(trail, kind="input")
    assert "ada@example.org" not in said.content["gen_ai.input.messages"]
    settings = [each.content.get("vedette.settings", "") for each in records(trail, kind="lifecycle", lifecycle=True)]
    assert any("VEDETTE_REDACT='of'" in each for each in settings)


def test_an_unknown_keyword_is_a_type_error(trail: Path) -> None:
    with pytest.raises(TypeError, match="no setting 'trial'"):
        vedette.start(trial=trail)


def test_a_setting_that_does_not_exist_is_told_to_a_second_caller_too(trail: Path) -> None:
    vedette.start(trail=trail)
    try:
        with pytest.raises(TypeError, match="no setting 'trial'"):
            vedette.start(trial="./t")
    finally:
        vedette.stop()


def test_start_is_idempotent_and_stop_undoes_it(trail: Path) -> None:
    """Two starts are one; after a stop nothing of ours is woven, and a start begins a new stream."""
    import http.client

    bare = http.client.HTTPConnection.send
    vedette.start(trail=trail)
    vedette.start(trail=trail.with_name("other"))
    assert http.client.HTTPConnection.send is not bare
    vedette.stop()
    assert http.client.HTTPConnection.send is bare
    assert threading.Thread.start.__module__ == "threading"
    vedette.start(trail=trail)
    vedette.stop()
    assert [record.envelope["n"] for record in records(trail, lifecycle=True)].count(0) == 2
    assert not trail.with_name("other").exists()


@pytest.fixture
def noted(trail: Path) -> Iterator[Any]:
    vedette.start(trail=trail, inline=True)
    yield lambda: records(trail)
    vedette.stop()


def test_every_note_is_a_record_of_its_kind(noted: Any) -> None:
    """What no patch can see, told by the application; a noted finding walks the same way as one of ours."""
    with vedette.session(user="ada", session="s1", agent="clerk"):
        vedette.note.user_input("hello")
        vedette.note.output("hi")
        vedette.note.auth_attempt(user="ada", success=False, method="oauth", target="mail")
        vedette.note.change("prompt", "system", before="a", after="b")
        vedette.note.api_call("mainframe", url="https://host.example/x?token=abc", method="POST", status=503)
        vedette.note.finding(rule="too-many", level="high", message="twelve mails in a minute", count=12)
    told = [
        (each.envelope["k"], each.envelope.get("r"), each.envelope["e"])
        for each in noted()
        if each.envelope["f"] != "intent"
    ]
    assert told == [
        ("input", "ok", "user_input"),
        ("output", "ok", "output"),
        ("auth", "denied", "auth oauth"),
        ("change", "ok", "change prompt"),
        ("exchange", "error", "mainframe"),
        ("finding", "ok", "too-many"),
    ]
    assert {each.envelope["w"]["agent"] for each in noted()} == {"clerk"}
    assert "token=abc" not in "".join(each.raw.decode() for each in noted())


def test_our_faults_are_counted_and_the_line_goes_on(trail: Path) -> None:
    """A Call that cannot be redacted costs its own record, not the next one's."""
    guard.loud(False)
    vedette.start(trail=trail, inline=True)
    broken = Call(Kind.TOOL, "broken", "test", facts=None, result=Result.OK, closed=True)  # type: ignore[arg-type]  # the fault
    runtime.record(broken)
    vedette.note.user_input("still here")
    assert names(trail, kind="input") == [("input", "single", "user_input")]
    assert sum(guard.faults().values()) == 1


def test_os_exit_keeps_what_was_appended(trail: Path) -> None:
    done = run(trail, TOOL + "    act(1)\n    os._exit(3)\n")
    assert done.returncode == 3
    assert names(trail, kind="tool", phase="intent") == [("tool", "intent", "act")]


def test_what_was_stopped_leaves_no_thread(trail: Path) -> None:
    """Started and stopped again and again, as a test suite or a reloading server does."""
    before = {thread.name for thread in threading.enumerate()}
    for _ in range(3):
        vedette.start(trail=trail)
        vedette.note.user_input("hello")
        vedette.stop()
    deadline = time.monotonic() + 5
    while (left := {each.name for each in threading.enumerate()} - before) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert left == set()


@pytest.mark.parametrize("way", ["process", "pool", "executor"])
def test_a_worker_that_ends_has_told_of_its_last_tool(trail: Path, way: str) -> None:
    """Workers of `multiprocessing` leave by `os._exit`: a finalizer drains their line, and their streams are closed."""
    program = trail.with_name("agent.py")
    program.write_text(
        _script(
            """
            import multiprocessing, concurrent.futures

            @vedette.tool
            def act(what):
                return what

            if __name__ == "__main__":
                fork = multiprocessing.get_context("fork")
                if sys.argv[1] == "process":
                    worker = fork.Process(target=act, args=(1,))
                    worker.start()
                    worker.join()
                elif sys.argv[1] == "pool":
                    pool = fork.Pool(1)
                    assert pool.map(act, [1]) == [1]
                    pool.close()
                    pool.join()
                else:
                    with concurrent.futures.ProcessPoolExecutor(1, mp_context=fork) as pool:
                        assert pool.submit(act, 1).result() == 1
            """
        )
    )
    done = python("-W", "ignore::DeprecationWarning", program, way, env={"VEDETTE_TRAIL": str(trail)})
    assert (done.returncode, done.stderr) == (0, "")
    assert names(trail, kind="tool") == [("tool", "intent", "act"), ("tool", "outcome", "act")]
    assert phases(trail).count("close") == phases(trail).count("birth") == 2


@pytest.mark.parametrize(
    ("script", "given", "name"),
    [
        ("/srv/agent.py", ["python", "/srv/agent.py"], "agent.py"),
        ("-m", ["python", "-X", "dev", "-m", "acme.agent", "-v"], "acme.agent"),
        ("/srv/acme/__main__.py", ["python", "-m", "acme"], "acme"),
        ("/srv/acme/__main__.py", ["python", "/srv/acme"], "__main__.py"),
        ("-c", ["python", "-c", "pass"], "python -c"),
        ("", ["python"], Path(sys.executable).name),
    ],
)
def test_a_process_has_a_name_that_a_reader_knows(script: str, given: list[str], name: str) -> None:
    assert program(script, given) == name


def test_a_worker_does_not_wait_for_the_collector_and_its_parent_ships_what_it_leaves(trail: Path) -> None:
    program = trail.with_name("agent.py")
    program.write_text(
        _script(
            """
            import multiprocessing

            @vedette.tool
            def act(what):
                return what

            if __name__ == "__main__":
                worker = multiprocessing.get_context("fork").Process(target=act, args=(1,))
                worker.start()
                began = time.monotonic()
                worker.join()
                print(time.monotonic() - began)
            """
        )
    )
    with Receiver() as receiver:
        env = {**receiver.environment, "VEDETTE_TRAIL": str(trail), "VEDETTE_SHUTDOWN": "5"}
        receiver.judge = lambda _: Say(503)
        refused = python("-W", "ignore::DeprecationWarning", program, env=env)
        assert refused.returncode == 0 and float(refused.stdout) < 4.5
        receiver.judge = None
        assert python("-W", "ignore::DeprecationWarning", program, env=env).returncode == 0
        assert sum('"k":"tool"' in each and '"f":"outcome"' in each for each in set(receiver.bodies)) == 2
