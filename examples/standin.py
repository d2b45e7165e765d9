"""Where the examples find a model: the provider when its key is set, else a stand-in on loopback that needs none."""

import atexit
import os
import subprocess
import sys


def base_url(key: str, path: str = "") -> str | None:
    """None (the SDK's own address) if the environment variable `key` is set; else the stand-in's address and a key."""
    if os.environ.get(key):
        return None
    os.environ[key] = "no-key-needed"
    # -I: an agent's environment instruments its Python children, and this one is no agent
    server = subprocess.Popen([sys.executable, "-I", "-m", "vedette.cli.standin"], stdout=subprocess.PIPE, text=True)
    atexit.register(_end, server)
    assert server.stdout is not None
    return server.stdout.readline().strip() + path


def _end(server: "subprocess.Popen[str]") -> None:
    server.terminate()
    server.wait()
    if server.stdout is not None:
        server.stdout.close()
