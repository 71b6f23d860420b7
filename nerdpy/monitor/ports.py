"""The sockets of published ports: they hold the ports, and take what no rule of the firewall leads on.

That is what comes to `[::1]`, or by IPv6 for a container without it, and everything once somebody has flushed
the firewall's rules. Then a child of the monitor, which is started for it and ends when it is idle, carries
the bytes (`relay.py`).
"""

import os
import select

from nerdpy.monitor.call import ended, note

SIGKILL = 9


class Ports:
    """Sockets that were handed over, and the child that reads them when it must."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._sockets: list[int] = []
        self._knocks: select.epoll | None = None
        """Readable when any of the sockets is: the loop polls for one descriptor, be there 1000 ports."""
        self._relay = 0
        self._leash = -1
        """The writing end of a pipe: when it closes, by our death too, the relay ends."""
        self._is_hopeless = False

    def hold(self, descriptors: list[int]) -> None:
        """Keep them open until `release`."""
        self._sockets += descriptors
        self._knocks = self._knocks or select.epoll()
        for descriptor in descriptors:
            self._knocks.register(descriptor, select.EPOLLIN)

    def register(self, poller: "select.poll") -> None:
        """Have the loop woken by who knocks at a port."""
        if self._knocks is not None and not self._relay and not self._is_hopeless:
            poller.register(self._knocks.fileno(), select.POLLIN)

    def deal_with(self, events: dict[int, int]) -> None:
        """Start the relay if anybody has knocked, and notice its end."""
        if self._relay and (status := ended(self._relay)) is not None:
            self._let_go()
            self._is_hopeless = status > 0  # when it was killed (out of memory, say) the next may do better
        if self._knocks is not None and not self._relay and self._knocks.fileno() in events:
            self._start()

    def release(self) -> None:
        """Close the ports here and in the relay: when this returns they are free."""
        if self._relay:
            os.kill(self._relay, SIGKILL)
            os.waitpid(self._relay, 0)
            self._let_go()
        if self._knocks is not None:
            self._knocks.close()
            self._knocks = None
        for descriptor in self._sockets:
            os.close(descriptor)
        self._sockets = []

    def _start(self) -> None:
        leash, self._leash = os.pipe2(os.O_CLOEXEC)
        self._relay = os.fork()
        if self._relay:
            os.close(leash)
            return
        try:
            from nerdpy.monitor.relay import serve

            serve(self._folder, self._sockets, leash)
            os._exit(0)
        except BaseException as error:  # whatever it is: this is no second monitor
            note(self._folder, f"relay of published ports: {type(error).__name__}: {error}")
        finally:
            os._exit(1)

    def _let_go(self) -> None:
        os.close(self._leash)
        self._relay, self._leash = 0, -1
