"""Calls of nerdpy itself, each in a process and session of its own: what must happen outlives the monitor."""

import os
import time

from nerdpy.model.monitor import ENDED_FILE, EXITED, MonitorSettings, first_line, intent_name, intents_folder
from nerdpy.monitor.frugal import signals_as_usual
from nerdpy.monitor.process import start_time

LOG = "monitor.log"
"""In the container's folder: what the calls had to complain about, and the monitor itself."""
LOG_LIMIT = 64 << 10


def call(settings: MonitorSettings, folder: str, *words: str) -> int:
    """Start `nerdpy internal WORDS` and return its pid; 0 where there is nothing to start."""
    if not settings.command:
        return 0
    pid = os.fork()
    if pid:
        return pid
    try:
        os.setsid()
        os.chdir("/")  # the bundle goes away
        log = open_log(folder)
        if log >= 0:
            os.dup2(log, 2)
        signals_as_usual()
        if words[0] == EXITED:
            _intend(folder)
        argv = [*settings.command, "internal", *words]
        os.execve(argv[0], argv, settings.environment)
    finally:
        os._exit(127)


def _intend(folder: str) -> None:
    """Write down, in the name of this very process, that the exit is to be settled; the command strikes it
    out. If it never gets so far, since the engine is down or somebody kills it, the next command does it."""
    data, _, namespace, container_id = folder.rsplit("/", 3)
    own = os.getpid()
    name = intent_name(namespace, container_id, EXITED, own, start_time(own))
    try:
        intent = os.open(f"{intents_folder(data)}/{name}", os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError:
        return
    os.write(intent, first_line(namespace, container_id, EXITED))
    os.close(intent)


def open_log(folder: str) -> int:
    """The descriptor of the folder's log, -1 if it can't be had; it begins anew when it has grown."""
    try:
        log = os.open(f"{folder}/{LOG}", os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        if os.fstat(log).st_size > LOG_LIMIT:
            os.ftruncate(log, 0)
    except OSError:
        return -1
    return log


def note_end(folder: str, exit_code: int, oom_kills: int) -> None:
    """Write down how the container ended, as far as we know (-1: we don't): containerd's restart monitor may
    delete the task before anybody asks for it, and so does a restart of containerd; systemd removes the
    control group at once."""
    code = f'"exit_code":{exit_code},' if exit_code >= 0 else ""
    killed = f'"oom_killed":{str(oom_kills > 0).lower()},' if oom_kills >= 0 else ""
    try:
        file = os.open(f"{folder}/{ENDED_FILE}", os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    except OSError:
        return
    os.write(file, f'{{{code}{killed}"finished_at":{time.time()}}}'.encode())
    os.close(file)


def forget_end(folder: str) -> None:
    """A new run begins."""
    try:  # noqa: SIM105  # contextlib would bring collections
        os.unlink(f"{folder}/{ENDED_FILE}")
    except OSError:
        pass


def note(folder: str, text: str) -> None:
    """Write a line for whoever looks why something went wrong."""
    log = open_log(folder)
    if log >= 0:
        os.write(log, f"{text}\n".encode(errors="replace"))
        os.close(log)


def ended(pid: int) -> int | None:
    """The exit status of a call, None while it runs."""
    try:
        done, status = os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        return 0
    return os.waitstatus_to_exitcode(status) if done else None
