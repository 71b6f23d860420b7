"""The monitor's one loop, and what follows what.

begin -> (the network is attached, after a restart) -> ready -> the process is seen, and its end -> the rest
of the output is read -> the log is closed and every client told -> `internal exited`, unless a client does
that work -> over, when the task is deleted (SIGTERM) or that call has ended

Everything may be late, missing or broken: the container's output is taken from it in any case.
"""

import os
import select
import time

from nerdpy.logs.driver import LogDriver
from nerdpy.model import monitor as words
from nerdpy.monitor import frugal
from nerdpy.monitor.attach import AttachServer
from nerdpy.monitor.call import call, ended, forget_end, note, note_end
from nerdpy.monitor.output import Output
from nerdpy.monitor.process import InitProcess, is_alive, write_pid

TYPE_CHECKING = False  # typing would bring collections
if TYPE_CHECKING:
    from nerdpy.monitor.health import Prober

READY = 5
FIRST_LOOK, LAST_LOOK, EAGER = 0.01, 0.1, 100
"""Seconds between looks for the pid file. It comes within a tenth of a second, or not before a network is
there; a process that was missed may have ended by the next look, so the first hundred follow closely."""
SILENCE = 3.0
"""Seconds without output after the exit, when what copies it keeps it open, until it is taken to be all."""
ORPHANED = 120.0
"""Seconds without any word of the command that started us beside the shim."""


class Loop:
    """One run of one container. Each `_step` waits for something and deals with it."""

    def __init__(
        self,
        container_id: str,
        folder: str,
        settings: words.MonitorSettings,
        driver: LogDriver,
        *,
        is_beside: bool = False,
    ) -> None:
        self._container_id = container_id
        self._folder = folder
        self._settings = settings
        self._is_beside = is_beside
        self._wakeup, wakes = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        frugal.signals_to(wakes)
        self._server = AttachServer(folder)
        self.output = Output(folder, driver, self._server)
        self._init = InitProcess(container_id)
        self._look_after, self._looks = FIRST_LOOK, 0
        self._deadline = 0.0
        self._call = 0
        self._attaching = 0
        self._is_refused = False
        self._is_ready = False
        self._is_draining = False
        self._has_ended = False
        self._is_asked_to_end = False
        self._has_called = False
        self._is_over = False
        self._is_direct = not is_beside and not settings.has_tty
        self.prober: Prober | None = None
        """Set where there is a health check."""

    def run(self) -> None:
        """Serve until everything is done. Nothing that goes wrong may take the container's output away."""
        self._begin()
        troubles = 0
        while not self._is_over:
            try:
                self._step()
            except Exception as error:
                troubles += 1
                note(self._folder, f"monitor: {type(error).__name__}: {error}")
                if troubles > 100:
                    raise
        self._server.close()

    def goes_on(self, pid: int, *, is_direct: bool) -> None:
        """The container runs already, as that process."""
        self._server.init_pid = pid
        self._is_direct = is_direct

    # --- getting ready ------------------------------------------------------------------------------------
    def _begin(self) -> None:
        if self._needs_network():
            self._attaching = call(self._settings, self._folder, "attach-network", self._container_id)
        if not self._attaching:
            self._say_ready()

    def _needs_network(self) -> bool:
        """Was the task started by somebody else than nerdpy, containerd's restart monitor say? Even if a
        network is still there: that of the run before, about to be taken down."""
        is_ours = is_alive(f"{self._folder}/{words.STARTING_FILE}")
        return self._settings.attaches_network and not is_ours

    def _say_ready(self) -> None:
        self._is_ready = True
        forget_end(self._folder)
        try:
            os.write(READY, b"\0")
            os.close(READY)
        except OSError:
            pass

    # --- one step -----------------------------------------------------------------------------------------
    def _step(self) -> None:
        poller = select.poll()
        poller.register(self._wakeup, select.POLLIN)
        server = self._server
        if server.descriptor() >= 0:
            poller.register(server.descriptor(), select.POLLIN)
        for client in server.clients.values():
            poller.register(client.descriptor, select.POLLIN | (select.POLLOUT if client.outbox else 0))
        self.output.register(poller, holds_up=not self._is_draining)
        if self._is_up():
            server.ports.register(poller)
        if self._init.pidfd >= 0:
            poller.register(self._init.pidfd, select.POLLIN)
        patience = self.output.patience(self._patience())
        if self.prober is not None:
            patience = self.prober.patience(patience)
        self._deal_with(dict(poller.poll(patience)))
        server.drop_the_gone()
        self._advance()

    def _is_up(self) -> bool:
        """Does the container run?"""
        return bool(self._init.pid) and not self._init.is_gone

    def _deal_with(self, events: dict[int, int]) -> None:
        """Clients first: one that is here before output comes must not miss any of it."""
        server = self._server
        if self._init.pidfd in events or server.descriptor() in events:  # it has ended, or is about to
            self._init.count_oom_kills()
        if self._wakeup in events:
            self._hear_signals()
        if server.descriptor() in events:
            server.accept()
        for client in tuple(server.clients.values()):
            if events.get(client.descriptor, 0) & ~select.POLLOUT:
                server.hear(client)
            if events.get(client.descriptor, 0) & select.POLLOUT:
                client.flush()
        if self._is_up():
            server.ports.deal_with(events)
        if self.output.deal_with(events):
            self._deadline = time.monotonic() + SILENCE
        if self._init.pidfd in events:
            self._init.note_exit()

    def _patience(self) -> float | None:
        """Milliseconds until something is due by itself; None: nothing is."""
        if self._is_draining and not self._has_ended:
            return max(0.0, self._deadline - time.monotonic()) * 1000
        if self._init.needs_asking:
            return LAST_LOOK * 1000
        if self._is_ready and not self._init.pid and not self._has_ended:
            return (ORPHANED if self._is_beside else self._look_after) * 1000
        return None

    def _hear_signals(self) -> None:
        for number in os.read(self._wakeup, 512):
            if number == frugal.SIGTERM:
                self._is_asked_to_end = True

    # --- what follows what --------------------------------------------------------------------------------
    def _advance(self) -> None:
        if self._attaching and (status := ended(self._attaching)) is not None:
            self._attaching = 0
            self._is_refused = status != 0
            self._say_ready()
        self._look_for_init()
        if self.prober is not None:
            self.prober.advance(self._init)
        if self._init.is_gone and not self._is_draining:
            self._drain()
        if self._is_draining and not self._has_ended and self._is_drained():
            self._end()
        if self._is_asked_to_end:
            self._finish_at_once()
        if self._has_ended and not self._is_over:
            self._see_to_the_exit()

    def _look_for_init(self) -> None:
        init = self._init
        if init.needs_asking:
            init.check()
        if not self._is_ready or init.pid or self._has_ended:
            return
        init.look(self._server.init_pid if self._is_beside else 0)
        self._looks += 1
        self._look_after = FIRST_LOOK if self._looks < EAGER else LAST_LOOK
        if init.pid and self._settings.pidfile:
            write_pid(self._settings.pidfile, init.pid)
        if init.pid and self._is_refused:
            init.kill()
        if not init.pid and self._is_abandoned():
            self._has_called = True  # nothing has run: there is no exit to record
            self.output.read_all()
            self._end()

    def _is_abandoned(self) -> bool:
        """Did the task's creation fail?"""
        return not self.output.streams or (self._is_beside and not self._server.clients)

    def _drain(self) -> None:
        self._is_draining = True
        note_end(self._folder, self._init.exit_code, self._init.oom_kills)
        self._deadline = time.monotonic() + SILENCE
        self.output.read_all()

    def _is_drained(self) -> bool:
        """With the container's own pipes everything is in them when it ends; a shim that copies takes its
        time."""
        return (
            self._is_direct
            or not self.output.is_open(has_tty=self._settings.has_tty)
            or time.monotonic() >= self._deadline
        )

    def _end(self) -> None:
        """No output comes after this. Whoever ended the container has claimed its exit before, but what ended
        first may be seen first."""
        self._server.hear_all()
        self._has_ended = True
        self.output.end()
        self._server.announce_end()

    def _see_to_the_exit(self) -> None:
        """Start `internal exited`, unless somebody has done its work or is about to; then leave when all
        is done."""
        if not self._has_called and not self._server.somebody_cleans_up():
            self._has_called = True
            if not self._is_recorded():
                self._call = call(self._settings, self._folder, words.EXITED, self._container_id)
        if self._call and ended(self._call) is not None:
            self._call = 0
        is_called = self._has_called and (not self._call or self._is_asked_to_end)
        self._is_over = is_called and not self._server.has_unsent()

    def _is_recorded(self) -> bool:
        """Is this run's exit written down, or the container removed already?"""
        if not self._init.pid or not os.path.isdir(self._folder):
            return True
        lifecycle = frugal.load_object(f"{self._folder}/{words.LIFECYCLE_FILE}")
        return lifecycle.get(words.EXITED_PID) == self._init.pid

    def _finish_at_once(self) -> None:
        """The task is being deleted, and the shim waits for us: what must still be done, a child does.

        While the process lives, it is not the shim that sends the signal (a machine going down, say): its
        output is worth more.
        """
        if self._init.pid and not self._init.is_gone:
            return
        if not self._has_ended:
            self.output.read_all()
            self._end()
        self._server.ports.release()
        self._server.stop_listening()
        self._see_to_the_exit()
        if not self._is_over and os.fork():
            os._exit(0)
        self._is_asked_to_end = False
