"""Ports on this machine: a free one, and why a wanted one cannot be had.

Refuses to hold any other address than loopback: the demo is not reachable from outside.
"""

from __future__ import annotations

import errno
import socket
from typing import Final

LOOPBACK: Final = "127.0.0.1"


def free_port() -> int:
    """A port on loopback that nobody uses at this moment."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def objection(port: int) -> str | None:
    """One sentence on why `port` cannot be served, with the way out; None when it can."""
    way_out = f"Choose another: make demo PORT={port + 1 if 1024 <= port < 65535 else 8001}"
    if not 0 < port < 65536:
        return f"{port} is not a port. {way_out}"
    with socket.socket() as probe:
        # As the web server does it: a port that only waits for old connections to fade is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError as error:
            taken = error.errno == errno.EADDRINUSE
            why = "is taken by another program" if taken else f"cannot be opened ({error.strerror})"
            return f"Port {port} {why}. {way_out}"
    return None
