#!/usr/bin/env python3
"""Print the first TCP port that is free on this machine, of those named."""

import socket
import sys


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("0.0.0.0", port))
        except OSError:
            return False
    return True


if __name__ == "__main__":
    first = int(sys.argv[1])
    print(next((port for port in range(first, first + 100) if is_free(port)), first))
