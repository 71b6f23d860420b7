"""Run one CNI plugin: parameters in the environment, configuration on stdin, the answer on stdout.

posix_spawn, and memory files instead of pipes: half the price of subprocess from a large process, and a
plugin that writes much can't block. A plugin leads its own process group, so that Ctrl-C doesn't kill it
halfway.
"""

import json
import os
import select
import signal
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from nerdpy.errors import DeadlineExceeded, FailedPrecondition, NerdpyError, NotFound

SEARCH_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
"""Plugins start iptables and nft, wherever the caller's own PATH leads."""
PATIENCE = timedelta(seconds=60)


@dataclass(frozen=True, kw_only=True)
class Call:
    """The parameters of one attachment, the same for every plugin of its chain."""

    container_id: str
    """`<namespace>-<id>`, as nerdctl writes it."""
    netns: str
    """Path of the namespace; empty when it is gone already (DEL only)."""
    interface: str
    arguments: dict[str, str]
    """CNI_ARGS."""
    folders: tuple[str, ...]
    """CNI_PATH."""
    lock: int = -1
    """A locked descriptor that the plugin shares: if we are killed, the lock lasts as long as the plugin."""


class PluginError(NerdpyError):
    """A plugin answered with an error."""

    def __init__(self, plugin: str, code: int, message: str, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.plugin = plugin
        self.code = code


@dataclass(frozen=True)
class Running:
    """A plugin under way."""

    plugin: str
    command: str
    pid: int
    watched: int
    stdout: int
    stderr: int

    def finished(self, patience: timedelta = PATIENCE) -> bytes:
        """Wait for its end, and return what it wrote on stdout."""
        try:
            if not select.select([self.watched], [], [], patience.total_seconds())[0]:
                os.killpg(self.pid, signal.SIGKILL)
                os.waitpid(self.pid, 0)
                raise DeadlineExceeded(
                    f'CNI plugin "{self.plugin}" did not finish {self.command} '
                    f"within {patience.total_seconds():.0f} s"
                )
            status = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
            answer = _content(self.stdout)
            if status != 0:
                raise plugin_error(self.plugin, status, answer, _content(self.stderr))
            return answer
        finally:
            for descriptor in (self.watched, self.stdout, self.stderr):
                os.close(descriptor)


def start(command: str, configuration: dict[str, Any], call: Call) -> Running:
    """Start the plugin that `configuration` names."""
    plugin = str(configuration["type"])
    path = find_plugin(plugin, call.folders)
    stdin, stdout, stderr = (os.memfd_create(name) for name in ("stdin", "stdout", "stderr"))
    try:
        os.write(stdin, json.dumps(configuration, separators=(",", ":")).encode())
        os.lseek(stdin, 0, os.SEEK_SET)
        wired = [
            (os.POSIX_SPAWN_DUP2, source, number) for number, source in enumerate((stdin, stdout, stderr))
        ]
        if call.lock >= 0:
            wired.append((os.POSIX_SPAWN_DUP2, call.lock, 3))
        pid = os.posix_spawn(
            path,
            [path],
            _environment(command, call),
            file_actions=wired,
            setpgroup=0,
            setsigmask=(),
            setsigdef=(signal.SIGPIPE, signal.SIGINT),
        )
        return Running(plugin, command, pid, os.pidfd_open(pid), stdout, stderr)
    except BaseException:
        os.close(stdout)
        os.close(stderr)
        raise
    finally:
        os.close(stdin)


def run(command: str, configuration: dict[str, Any], call: Call) -> bytes:
    """Run the plugin that `configuration` names to its end."""
    return start(command, configuration, call).finished()


def find_plugin(name: str, folders: tuple[str, ...]) -> str:
    """The executable of a plugin."""
    if "/" not in name:
        for folder in folders:
            path = os.path.join(folder, name)
            if os.access(path, os.X_OK) and Path(path).is_file():
                return path
    raise NotFound(
        f'CNI plugin "{name}" is not in {":".join(folders) or "any CNI folder"}',
        hint="install it (package containernetworking-plugins), or name its folder with --cni-path",
    )


def plugin_error(plugin: str, status: int, answer: bytes, talk: bytes) -> NerdpyError:
    """The plugin's own words, from its error object or from stderr."""
    try:
        told = json.loads(answer)
        code, message = int(told.get("code", 0)), str(told.get("msg", ""))
        details = str(told.get("details") or "")
    except (ValueError, AttributeError):
        code, message, details = 0, "", ""
    if not message:
        message = talk.decode(errors="replace").strip()[-500:] or (
            f"killed by signal {-status}" if status < 0 else f"exit status {status}"
        )
    text = f'CNI plugin "{plugin}": {message.strip()}' + (f" ({details})" if details else "")
    if "iptables" in message and "executable file not found" in message:
        return FailedPrecondition(
            f'CNI plugin "{plugin}" needs iptables, which is not installed',
            hint="install the package iptables",
        )
    return PluginError(plugin, code, text)


def _environment(command: str, call: Call) -> dict[str, str]:
    return {
        "CNI_COMMAND": command,
        "CNI_CONTAINERID": call.container_id,
        "CNI_NETNS": call.netns,
        "CNI_IFNAME": call.interface,
        "CNI_ARGS": ";".join(f"{key}={value}" for key, value in call.arguments.items()),
        "CNI_PATH": ":".join(call.folders),
        "PATH": SEARCH_PATH,
    }


def _content(descriptor: int) -> bytes:
    return os.pread(descriptor, os.fstat(descriptor).st_size, 0)
