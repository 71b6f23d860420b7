"""Pure: the process of a container: arguments, environment, user, directory, limits."""

from __future__ import annotations  # `exec` needs neither the options nor the facts of a new container

import posixpath
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from nerdpy.errors import InvalidArgument
from nerdpy.spec.arguments import build_arguments
from nerdpy.spec.systemd import has_systemd, systemd_environment

if TYPE_CHECKING:
    from nerdpy.model.options import CreateOptions, ResourceOptions
    from nerdpy.spec.facts import Facts, UserFacts

PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
INIT = "/sbin/docker-init"
"""Where --init puts the init binary, as docker."""
UNLIMITED = 2**64 - 1
"""RLIM_INFINITY, as the runtime spec writes it."""
_OPEN_FILES = re.compile(r"/proc/(self|thread-self|[0-9]+)(/task/[0-9]+)?/(fd|cwd|root|map_files)(/|$)")


def has_init(options: CreateOptions) -> bool:
    """--init counts only where the container has PIDs of its own: elsewhere it could reap nothing."""
    return options.process.init and not options.security.pid


def merge_environment(*layers: Iterable[str]) -> list[str]:
    """Later layers win, each name once at its first place; a bare `K` takes K out."""
    merged: dict[str, str] = {}
    for entry in (entry for layer in layers for entry in layer):
        name, separator, _ = entry.partition("=")
        if separator:
            merged[name] = entry
        else:
            merged.pop(name, None)
    return list(merged.values())


def build_environment(options: CreateOptions, facts: Facts) -> list[str]:
    """PATH, HOSTNAME and TERM first, unless somebody says otherwise, and what systemd is told. HOME is left
    to the runtime, which looks it up for each process, so that an exec as another user has the right one."""
    base = [PATH, f"HOSTNAME={facts.hostname}"] if facts.hostname else [PATH]
    if options.process.has_tty:
        base.append("TERM=xterm")
    if has_systemd(options, facts.image):
        base += systemd_environment(facts)
    return merge_environment(
        base, facts.image.environment, options.process.environment, facts.edits.environment
    )


def build_directory(workdir: str, *, origin: str) -> str:
    """The working directory, cleaned; the runtime makes it where it is missing."""
    if not workdir:
        return "/"
    if not workdir.startswith("/"):
        raise InvalidArgument(
            f'the working directory "{workdir}" is not absolute', hint=f"give an absolute path {origin}"
        )
    cleaned = "/" + posixpath.normpath(workdir).lstrip("/")
    if _OPEN_FILES.match(cleaned):  # CVE-2024-21626: a way out by a descriptor of the host
        raise InvalidArgument(f'the working directory "{workdir}" leads out of the container')
    return cleaned


def build_user(user: UserFacts, umask: int | None = None) -> dict[str, Any]:
    """`process.user`; the additional groups always hold the primary one."""
    groups = list(dict.fromkeys((user.gid, *user.additional_gids)))
    built: dict[str, Any] = {"uid": user.uid, "gid": user.gid, "additionalGids": groups}
    if umask is not None:
        built["umask"] = umask
    return built


def build_rlimits(resources: ResourceOptions) -> list[dict[str, Any]]:
    """Only the limits that were asked for: the others are those of the engine."""
    return [
        {
            "type": f"RLIMIT_{limit.name.upper()}",
            "hard": UNLIMITED if limit.hard < 0 else limit.hard,
            "soft": UNLIMITED if limit.soft < 0 else limit.soft,
        }
        for limit in resources.ulimits
    ]


def build_console_size(size: tuple[int, int] | None) -> dict[str, int]:
    """`process.consoleSize` from (rows, columns)."""
    return {"height": size[0], "width": size[1]} if size else {}


def build_process(options: CreateOptions, facts: Facts, capabilities: dict[str, Any]) -> dict[str, Any]:
    """`process` of the runtime spec."""
    process, security = options.process, options.security
    prefix = [INIT, "--"] if has_init(options) else []
    built: dict[str, Any] = {
        "terminal": process.has_tty,
        "user": build_user(facts.user, process.umask),
        "args": [*prefix, *build_arguments(process, facts.image)],
        "env": build_environment(options, facts),
        "cwd": build_directory(process.workdir or facts.image.workdir, origin="to -w"),
        "capabilities": capabilities,
        "noNewPrivileges": security.no_new_privileges,
    }
    if process.has_tty and process.console_size:
        built["consoleSize"] = build_console_size(process.console_size)
    if rlimits := build_rlimits(options.resources):
        built["rlimits"] = rlimits
    if facts.apparmor_profile:
        built["apparmorProfile"] = facts.apparmor_profile
    if options.resources.oom_score_adj or facts.can_raise_rlimits:
        # Without CAP_SYS_RESOURCE even writing 0 may be refused (an engine with a higher score).
        built["oomScoreAdj"] = options.resources.oom_score_adj
    return built
