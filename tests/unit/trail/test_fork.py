"""Forks: every process has a stream of its own, no number is given twice, and a dead parent's lock is free.

Each case is a script of its own: a fork of the test process itself, with its threads, would be another test.
"""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from tests.sound import Sound, streams

from vedette.trail.files.keeper import writer_is_dead
from vedette.trail.format.spool import stream_folders

HEAD = """
    import os, sys, threading, time
    from pathlib import Path
    from vedette.event import Event, Kind
    from vedette.trail import Trail

    def event(name):
        return Event(kind=Kind.TOOL, name=name, content={"input": name})

    def birth():
        return Event(kind=Kind.LIFECYCLE, name="birth")

    def gone(child):
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0

    if __name__ == "__main__":
        trail = Trail(Path(sys.argv[1]), birth=birth)
"""


def run(folder: Path, body: str) -> list[Sound]:
    """Run `body` after HEAD, as a script, and return the streams it left behind, by ordinal, all of them whole."""
    script = folder / "script.py"
    script.write_text(textwrap.dedent(HEAD) + textwrap.dedent(body))
    command = [sys.executable, "-W", "ignore::DeprecationWarning", str(script), str(folder / "trail")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    found = streams(folder / "trail")
    assert len({each.id for each in found}) == len(found)
    return found


def names(found: Sound) -> list[str]:
    return [each["e"] for each in found.records if each["k"] == "tool"]


def test_a_child_has_a_stream_of_its_own(tmp_path: Path) -> None:
    """Born with its first record; its birth names the parent's stream and its newest record; both go on."""
    parent, child = run(
        tmp_path,
        """
        trail.append(event("before"))
        child = os.fork()
        if not child:
            trail.append(event("in the child"))
            trail.close("stop")
            os._exit(0)
        gone(child)
        trail.append(event("after"))
        trail.close("stop")
        """.replace("\n        ", "\n            "),
    )
    assert (names(parent), names(child)) == (["before", "after"], ["in the child"])
    facts = child.records[0]["a"]
    assert (facts["vedette.parent.stream"], facts["vedette.parent.seq"]) == (parent.id, 1)
    assert facts["vedette.pid"] != parent.records[0]["a"]["vedette.pid"]
    assert parent.closed and child.closed


def test_a_child_without_a_record_leaves_nothing(tmp_path: Path) -> None:
    """Such as every `subprocess` with a `preexec_fn`; and its own child still names the last stream there was."""
    parent, grandchild = run(
        tmp_path,
        """
            import subprocess
            trail.append(event("before"))
            subprocess.run(["true"], preexec_fn=lambda: None, check=True)
            child = os.fork()
            if not child:
                grandchild = os.fork()
                if not grandchild:
                    trail.append(event("in the grandchild"))
                    os._exit(0)
                gone(grandchild)
                os._exit(0)
            gone(child)
            trail.close("stop")
        """,
    )
    assert names(grandchild) == ["in the grandchild"]
    assert grandchild.records[0]["a"]["vedette.parent.stream"] == parent.id


def test_forks_while_other_threads_append(tmp_path: Path) -> None:
    """The lock is held across the fork: the child finds it free, and the parent's stream stays whole."""
    found = run(
        tmp_path,
        """
            stop = False
            def write(k):
                i = 0
                while not stop:
                    trail.append(event(f"{k}-{i}"), sync=i % 50 == 0)
                    i += 1
            threads = [threading.Thread(target=write, args=(k,)) for k in range(2)]
            for each in threads: each.start()
            for i in range(25):
                child = os.fork()
                if not child:
                    ack = trail.append(event(f"child {i}"))
                    os._exit(0 if trail.wait(ack) else 1)
                gone(child)
            stop = True
            for each in threads: each.join()
            trail.close("stop")
        """,
    )
    parent, *children = found
    assert [names(each) for each in children] == [[f"child {i}"] for i in range(25)]
    assert parent.closed and len(names(parent)) == len(set(names(parent)))


@pytest.mark.skipif(
    sys.version_info >= (3, 13),
    reason="3.13 aborts such a child: PyOS_AfterFork_Child gives back an import lock that only PyOS_BeforeFork takes",
)
def test_a_fork_made_in_c(tmp_path: Path) -> None:
    """No hook of ours held the trail before it: `append` sees that the pid is another.

    As uWSGI does it: `fork`, then `PyOS_AfterFork_Child`. Without that call no Python goes on: the interpreter's own
    lock is copied together with the threads that waited for it, and the child waits for them for ever (seen in gdb).
    Between the two calls the child is as fragile, so nobody may be waiting: the syncer sleeps five seconds by then.
    """
    parent, child = run(
        tmp_path,
        """
            import ctypes
            python = ctypes.PyDLL(None)
            assert trail.wait(trail.append(event("before")))
            sys.setswitchinterval(10)
            time.sleep(0.1)
            child = python.fork()
            if not child:
                python.PyOS_AfterFork_Child()
                assert trail.wait(trail.append(event("in the child")))
                os._exit(0)
            gone(child)
            sys.setswitchinterval(0.005)
            trail.append(event("after"))
            trail.close("stop")
        """,
    )
    assert (names(parent), names(child)) == (["before", "after"], ["in the child"])


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_multiprocessing(tmp_path: Path, method: str) -> None:
    """However the workers come to be, each has one stream."""
    found = run(
        tmp_path,
        f"""
            trail.append(event("parent"))

        def work(folder, name):
            own = globals().get("trail") or Trail(Path(folder), birth=birth)
            own.append(event(name))
            own.close("stop")

        if __name__ == "__main__":
            import multiprocessing
            context = multiprocessing.get_context("{method}")
            workers = [context.Process(target=work, args=(sys.argv[1], f"worker {{i}}")) for i in range(3)]
            for each in workers: each.start()
            for each in workers: each.join()
            assert all(each.exitcode == 0 for each in workers)
            trail.close("stop")
        """.replace("\n        ", "\n    "),
    )
    assert sorted(map(names, found)) == [["parent"], ["worker 0"], ["worker 1"], ["worker 2"]]
    assert all(each.closed for each in found)


def test_a_dead_parent_is_seen_to_be_dead_while_its_child_lives(tmp_path: Path) -> None:
    """The child closed the inherited lock: the keeper can adopt the parent's stream at once."""
    run(
        tmp_path,
        """
            trail.append(event("parent"))
            if not os.fork():
                os.setsid()
                sys.stdout.close(); sys.stderr.close(); os.close(1); os.close(2)
                end = time.monotonic() + 20
                while not Path(sys.argv[1], "done").exists() and time.monotonic() < end:
                    time.sleep(0.01)
                os._exit(0)
            os._exit(0)
        """,
    )
    try:
        assert writer_is_dead(stream_folders(tmp_path / "trail")[0])
    finally:
        (tmp_path / "trail" / "done").touch()


def test_a_child_of_a_closed_trail_stays_closed(tmp_path: Path) -> None:
    """Who stopped recording has stopped it for the children too."""
    (only,) = run(
        tmp_path,
        """
            from vedette.trail import Unavailable
            trail.append(event("before"))
            trail.close("stop")
            child = os.fork()
            if not child:
                try:
                    trail.append(event("in the child"))
                except Unavailable:
                    os._exit(0)
                os._exit(1)
            gone(child)
        """,
    )
    assert only.closed
