"""A bell that any thread may ring and a poll can hear: tells a session that the process has exited."""

import os
from threading import Lock


class Wakeup:
    """`set` it from wherever; `descriptor` is readable from then on. Ringing after `close` does nothing."""

    def __init__(self) -> None:
        self._lock = Lock()
        self.descriptor = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)

    def set(self) -> None:
        with self._lock:
            if self.descriptor >= 0:
                os.eventfd_write(self.descriptor, 1)

    def close(self) -> None:
        with self._lock:
            os.close(self.descriptor)
            self.descriptor = -1
