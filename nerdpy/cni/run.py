"""Run one CNI plugin: parameters in the environment, configuration on stdin, the answer on stdout."""

import json
import os
from pathlib import Path
from typing import Any

from nerdpy.dataclass import dataclass
from nerdpy.errors import DeadlineExceeded, FailedPrecondition, NerdpyError, NotFound
from nerdpy.linux.spawn import PATIENCE, SEARCH_PATH, Ended, start

DHCP = "dhcp"


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


def run(command: str, configuration: dict[str, Any], call: Call) -> bytes:
    """Run the plugin that `configuration` names to its end, and return what it wrote on stdout."""
    plugin = str(configuration["type"])
    path = find_plugin(plugin, call.folders)
    if _ipam(configuration) == DHCP:
        from nerdpy.cni.dhcp import ensure_daemon

        ensure_daemon(find_plugin(DHCP, call.folders), configuration["ipam"])
    text = json.dumps(configuration, separators=(",", ":")).encode()
    started = start([path], environment=_environment(command, call), text=text, shared=call.lock)
    try:
        ended = started.finished(PATIENCE)
    except TimeoutError as error:
        raise DeadlineExceeded(
            f'CNI plugin "{plugin}" did not finish {command} within {PATIENCE.total_seconds():.0f} s'
        ) from error
    if ended.status != 0:
        raise plugin_error(plugin, ended)
    return ended.output


def _ipam(configuration: dict[str, Any]) -> str:
    section = configuration.get("ipam")
    return str(section.get("type", "")) if isinstance(section, dict) else ""


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


def plugin_error(plugin: str, ended: Ended) -> NerdpyError:
    """The plugin's own words, from its error object or from stderr."""
    try:
        told = json.loads(ended.output)
        code, message = int(told.get("code", 0)), str(told.get("msg", "")).strip()
        details = str(told.get("details") or "")
    except (ValueError, AttributeError):
        code, message, details = 0, "", ""
    if "iptables" in message and "executable file not found" in message:
        return FailedPrecondition(
            f'CNI plugin "{plugin}" needs iptables, which is not installed',
            hint="install the package iptables",
        )
    text = f'CNI plugin "{plugin}": {message or ended.sentence()}' + (f" ({details})" if details else "")
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
