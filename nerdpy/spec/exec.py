"""Pure: the process of `exec`: the container's own, with what was asked for instead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from nerdpy.dataclass import dataclass
from nerdpy.errors import InvalidArgument
from nerdpy.spec.process import build_console_size, build_directory, build_user, merge_environment

if TYPE_CHECKING:
    from nerdpy.spec.facts import UserFacts


@dataclass(frozen=True, kw_only=True)
class ExecOptions:
    """What is asked of a second process in a running container, already parsed."""

    command: tuple[str, ...]
    environment: tuple[str, ...] = ()
    """`K=V` from env files and -e, in order; a bare `K` takes K out."""
    workdir: str = ""
    user: str = ""
    has_tty: bool = False
    keeps_stdin: bool = False
    is_detached: bool = False
    privileged: bool = False
    console_size: tuple[int, int] | None = None
    """(rows, columns)"""


def build_exec_process(
    spec: Mapping[str, Any],
    options: ExecOptions,
    *,
    user: UserFacts | None = None,
    host_capabilities: Sequence[str] = (),
) -> dict[str, Any]:
    """The OCI process. `user` is what --user was resolved to in the container's files; None: as the
    container's process. Capabilities are the container's, whoever the user is: execve takes away what is not
    root's; --privileged gives all of `host_capabilities`."""
    own: Mapping[str, Any] = spec.get("process") or {}
    if not options.command:
        raise InvalidArgument("no command specified", hint="give one after the container")
    process = {key: value for key, value in own.items() if key not in {"consoleSize", "commandLine"}}
    process |= {
        "terminal": options.has_tty,
        "args": list(options.command),
        "env": _environment(own.get("env") or (), options),
        "cwd": build_directory(options.workdir, origin="to -w") if options.workdir else own.get("cwd", "/"),
    }
    if user is not None:
        process["user"] = build_user(user, (own.get("user") or {}).get("umask"))
    if options.privileged:
        names = list(host_capabilities)
        process["capabilities"] = {"bounding": names, "effective": names, "permitted": names}
    if options.has_tty and options.console_size:
        process["consoleSize"] = build_console_size(options.console_size)
    return process


def _environment(own: Sequence[str], options: ExecOptions) -> list[str]:
    has_term = any(entry.startswith("TERM=") for entry in own)
    term = ["TERM=xterm"] if options.has_tty and not has_term else []
    return merge_environment(own, term, options.environment)
