"""aardvark-dns: one process for all networks of the engine, which answers on their gateways' addresses.

It reads the folder of zones when it starts and at SIGHUP, writes `aardvark.pid` into it, and ends by itself
when it finds no zone. Whoever calls these functions holds the lock of `zones.py`: one change at a time, and
each is seen to have been read before the next one, for 1.4 loses a signal that comes while it reads, and dies
of a file that goes away meanwhile.
"""

import json
import os
import re
import signal
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from nerdpy.dataclass import asdict, dataclass, replace
from nerdpy.linux.process import end, ended_within, mark, start_time, words_of
from nerdpy.linux.spawn import SEARCH_PATH, find_tool, run_tool
from nerdpy.linux.whole_file import write_whole
from nerdpy.network.ask import PORT, can_listen_again, is_taken, knows
from nerdpy.network.tending import (
    FAILURE,
    PID_FILE,
    SERVER,
    ZONES,
    Server,
    host_edition,
    load_server,
    zone_files,
)
from nerdpy.network.zone import OWN_DOMAIN, Zone, parse_zone, render_zone

PROGRAM = "aardvark-dns"
_FOLDERS = ("/usr/libexec/podman", "/usr/lib/podman", "/usr/local/libexec/podman", "/usr/local/lib/podman")
_STEADY = (1, 12)
"""From this version on certainly, a reload keeps the sockets open; 1.4 closes them for some milliseconds."""
_PATIENCE = timedelta(seconds=2)
_ONE_TRY = timedelta(milliseconds=150)


def find_program() -> str:
    """The path of aardvark-dns; empty when it is not installed."""
    for folder in _FOLDERS:
        if os.access(f"{folder}/{PROGRAM}", os.X_OK):
            return f"{folder}/{PROGRAM}"
    return find_tool(PROGRAM)


@dataclass(frozen=True)
class NameServer:
    """The process that belongs to one folder: `zones/` and `server.json` in it."""

    folder: Path

    @property
    def zones(self) -> Path:
        """One file per network."""
        return self.folder / ZONES

    def files(self) -> list[Path]:
        """The networks that it knows, or is to know."""
        return zone_files(self.folder)

    def load(self) -> Server | None:
        """The process that was started last; it may be dead."""
        return load_server(self.folder)

    def is_steady(self) -> bool:
        """Does the server (the running one, else the one to be started) answer while it reads anew?"""
        server = self.load()
        return server.is_steady if server and server.is_running else is_steady(find_program())

    def write(self, name: str, zone: Zone) -> Zone:
        """Write a zone's file, with a new mark, which comes back."""
        marked = replace(zone, mark=f"mark-{os.urandom(4).hex()}")
        self.zones.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = self.folder / f".zone.{mark()}-00"  # not among the zones: whatever is there, the server reads
        draft.write_text(render_zone(marked))
        os.rename(draft, self.zones / name)
        return marked

    def remove(self, name: str) -> None:
        """Forget a zone."""
        (self.zones / name).unlink(missing_ok=True)

    def update(self, changed: Zone | None = None) -> bool:
        """Make the server read its zones; says whether it has: `changed`, or else one of all, is asked for
        its mark. Without a zone it ends, and nothing of it stays."""
        files = self.files()
        if not files:
            self._end()
            return True
        asked = changed or self._renewed(files)
        server = self.load()
        if server is None or not server.is_running:
            return self._start(asked)
        told = replace(server, host=host_edition())
        for _ in range(int(_PATIENCE / _ONE_TRY)):
            if not _tell(server):
                return self._start(asked)
            if _has_read(asked, _ONE_TRY):
                self._save(told)  # now, and not before: whoever is killed meanwhile leaves it due
                return True
        _end_process(server)  # it is stopped, or hangs
        return self._start(asked)

    def failure(self) -> str:
        """What the server said when it did not start."""
        with suppress(OSError):
            return (self.folder / FAILURE).read_text(errors="replace")
        return ""

    def _renewed(self, files: list[Path]) -> Zone | None:
        for path in files:
            zone = parse_zone(path.read_text())
            if zone is not None:
                return self.write(path.name, zone)
        return None

    def _start(self, asked: Zone | None) -> bool:
        self._end_unknown()
        if taken := self._forget_what_is_gone():
            return self._failed(f"port {PORT} of {taken} is taken by another program")
        program = find_program()
        if not program or not self.files():
            self._end()
            return not self.files()
        (self.zones / PID_FILE).unlink(missing_ok=True)
        steady = is_steady(program)
        command = [program, "--config", str(self.zones), "--port", str(PORT)]
        said = _launch([*command, "--filter-search-domain", f".{OWN_DOMAIN}", "run"])
        if said is not None:
            return self._failed(said)
        (self.folder / FAILURE).unlink(missing_ok=True)
        return self._remember(steady) and _has_read(asked, _PATIENCE)

    def _failed(self, reason: str) -> bool:
        self._end()
        (self.folder / FAILURE).write_text(reason)
        return False

    def _remember(self, steady: bool) -> bool:
        try:
            pid = int((self.zones / PID_FILE).read_text())
        except (OSError, ValueError):
            return False
        start = start_time(pid)
        if start is None:
            return False
        self._save(Server(pid=pid, start=start, is_steady=steady, host=host_edition()))
        return True

    def _end_unknown(self) -> None:
        """A server whose starter was killed before it could note it."""
        with suppress(OSError, ValueError):
            pid = int((self.zones / PID_FILE).read_text())
            if str(self.zones) in words_of(pid):
                end(pid, timedelta(seconds=1))

    def _forget_what_is_gone(self) -> str:
        """Zones whose bridge went with a reboot, or by hand: no server would start with them. Nor with one
        whose port is taken meanwhile, but that may pass: its address comes back."""
        for path in self.files():
            zone = parse_zone(path.read_text())
            theirs = zone.listeners if zone else ()
            listeners = tuple(one for one in theirs if can_listen_again(one, _PATIENCE))
            if taken := next((one for one in theirs if one not in listeners and is_taken(one)), ""):
                return taken
            if not listeners:
                path.unlink()
            elif zone and listeners != zone.listeners:
                self.write(path.name, replace(zone, listeners=listeners))
        return ""

    def _end(self) -> None:
        server = self.load()
        if server and server.is_running:
            _tell(server)
            if not ended_within(server.pid, timedelta(seconds=1)):
                _end_process(server)
        with suppress(FileNotFoundError):
            for path in (self.zones / PID_FILE, self._record, self.folder / FAILURE):
                path.unlink(missing_ok=True)
        for folder in (self.zones, self.folder):
            with suppress(OSError):
                folder.rmdir()

    @property
    def _record(self) -> Path:
        return self.folder / SERVER

    def _save(self, server: Server) -> None:
        write_whole(self._record, json.dumps(asdict(server)))


def is_steady(program: str) -> bool:
    """Does this program answer while it reads its zones anew?"""
    said = run_tool(program, "--version").output if program else b""
    found = re.search(rb"(\d+)\.(\d+)", said)
    return found is not None and tuple(map(int, found.groups())) >= _STEADY


def _launch(command: list[str]) -> str | None:
    """The program forks, and ends when its child serves; else what it said of the reason."""
    import subprocess  # 4 ms that most commands need not spend

    nothing = subprocess.DEVNULL
    said = os.memfd_create("said")  # not a pipe: the child keeps it open
    try:
        launcher = subprocess.Popen(
            command,
            cwd="/",
            env={"PATH": SEARCH_PATH},
            stdin=nothing,
            stdout=nothing,
            stderr=said,
            start_new_session=True,
        )
        if launcher.wait(_PATIENCE.total_seconds()) == 0:
            return None
        return reason_in(os.pread(said, 1 << 12, 0).decode(errors="replace"))
    except subprocess.TimeoutExpired:
        launcher.kill()
        launcher.wait()
        return "it does not come up"
    finally:
        os.close(said)


def reason_in(said: str) -> str:
    """The line of a dead server's last words that tells why; its parent's, which says only that it died, is
    shorter."""
    return max((line.strip() for line in said.splitlines()), key=len, default="")


def _end_process(server: Server) -> None:
    if server.is_running:
        end(server.pid, timedelta(seconds=1))


def _tell(server: Server) -> bool:
    """SIGHUP to the very process; False: it is gone."""
    try:
        descriptor = os.pidfd_open(server.pid)
    except ProcessLookupError:
        return False
    try:
        if not server.is_running:
            return False
        signal.pidfd_send_signal(descriptor, signal.SIGHUP)
        return True
    except ProcessLookupError:
        return False
    finally:
        os.close(descriptor)


def _has_read(zone: Zone | None, patience: timedelta) -> bool:
    return zone is not None and knows(zone.listeners[0], zone.mark_name, patience)
