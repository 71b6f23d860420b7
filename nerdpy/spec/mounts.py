"""Pure: the mounts of a container: docker's default ones, the files that nerdpy writes, and the user's."""

import posixpath
from collections.abc import Sequence
from typing import Any

from nerdpy.model.cdi_edits import EditedMount
from nerdpy.model.mounts import ResolvedMount
from nerdpy.model.options import CreateOptions
from nerdpy.spec.facts import Facts
from nerdpy.spec.process import INIT, has_init

Mount = dict[str, Any]

_SAFE = ("nosuid", "noexec", "nodev")
_SHARED = {"shared", "rshared"}
_SLAVE = {"slave", "rslave"}


def build_mounts(options: CreateOptions, facts: Facts, wanted: Sequence[Mount] = ()) -> list[Mount]:
    """`mounts` of the runtime spec, parents before children. `wanted` are more default ones, for systemd.

    A mount of the user's takes the place of a default one on the same path; one on /dev takes away all that
    would stand below it.
    """
    placed = _placed(options, facts)
    targets = {mount["destination"] for mount in placed}
    has_dev = "/dev" in targets
    all_defaults = {mount["destination"]: mount for mount in (*_defaults(options), *wanted)}
    defaults = [
        mount
        for mount in all_defaults.values()
        if mount["destination"] not in targets and not (has_dev and mount["destination"].startswith("/dev/"))
    ]
    return defaults + sorted(placed, key=lambda mount: mount["destination"].count("/"))


def root_propagation(mounts: tuple[ResolvedMount, ...]) -> str:
    """`linux.rootfsPropagation`: as open as the most open mount; empty for the runtime's own choice."""
    kinds = {mount.propagation for mount in mounts}
    if kinds & _SHARED:
        return "shared"
    return "rslave" if kinds & _SLAVE else ""


def clean(target: str) -> str:
    """A path inside the container in its one spelling."""
    return "/" + posixpath.normpath("/" + target).lstrip("/")


def _defaults(options: CreateOptions) -> list[Mount]:
    security = options.security
    is_sys_open = security.privileged and not options.mounts.read_only
    is_cgroup_open = security.privileged or security.writable_cgroups
    devices = ("nosuid", "strictatime", "mode=755", "size=65536k")
    terminals = ("nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5")
    mounts = [
        _mount("/proc", "proc", "proc", _SAFE),
        _mount("/dev", "tmpfs", "tmpfs", devices),
        _mount("/dev/pts", "devpts", "devpts", terminals),
        _mount("/sys", "sysfs", "sysfs", _SAFE if is_sys_open else (*_SAFE, "ro")),
        _mount("/sys/fs/cgroup", "cgroup", "cgroup", _SAFE if is_cgroup_open else ("ro", *_SAFE)),
        _mount("/dev/mqueue", "mqueue", "mqueue", _SAFE),
    ]
    if options.security.ipc != "none":
        size = f"size={options.mounts.shm_size}"
        mounts.append(_mount("/dev/shm", "tmpfs", "shm", (*_SAFE, "mode=1777", size)))
    return mounts


def _placed(options: CreateOptions, facts: Facts) -> list[Mount]:
    """Everything that is not a default, each target once: the user's word is the last one."""
    files = ("rbind", "ro", "rprivate") if options.mounts.read_only else ("rbind", "rprivate")
    mounts = [_mount(target, "bind", source, files) for source, target in facts.bind_files]
    if shm := facts.shm_source or ("/dev/shm" if options.security.ipc == "host" else ""):
        mounts.append(_mount("/dev/shm", "bind", shm, ("rbind", "rprivate")))
    mounts += [_edited(mount) for mount in facts.edits.mounts]
    mounts += [_resolved(mount) for mount in facts.mounts]
    if has_init(options):
        mounts.append(_mount(INIT, "bind", facts.init_source, ("bind", "ro")))
    return list({mount["destination"]: mount for mount in mounts}.values())


def _resolved(mount: ResolvedMount) -> Mount:
    if mount.type == "tmpfs":
        return _mount(mount.target, "tmpfs", "tmpfs", mount.options)
    return _mount(mount.target, "bind", mount.pinned or mount.source, mount.options)


def _edited(mount: EditedMount) -> Mount:
    """Of a CDI device. A bind that does not call itself one takes along what is mounted below it."""
    is_bind = mount.type == "bind" and not {"bind", "rbind"} & set(mount.options)
    return _mount(mount.path, mount.type, mount.source, (*(("rbind",) if is_bind else ()), *mount.options))


def _mount(target: str, kind: str, source: str, options: tuple[str, ...]) -> Mount:
    return {"destination": clean(target), "type": kind, "source": source, "options": list(options)}
