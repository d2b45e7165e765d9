"""`python -m vedette.cli.standin [--port N]`: print the base URL, serve until told to stop (SIGINT, SIGTERM)."""

import argparse
import signal

from vedette.cli.standin import StandIn

ENDS = (signal.SIGINT, signal.SIGTERM)


def main() -> None:
    """Serve in the foreground."""
    parser = argparse.ArgumentParser(prog="python -m vedette.cli.standin", description="A stand-in model server.")
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1; 0 takes a free one")
    port = parser.parse_args().port
    # Blocked before the thread starts, which inherits it: otherwise a signal could end the process before sigwait.
    signal.pthread_sigmask(signal.SIG_BLOCK, ENDS)
    with StandIn(port=port) as server:
        print(server.url, flush=True)
        signal.sigwait(ENDS)


if __name__ == "__main__":
    main()
