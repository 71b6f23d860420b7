"""All the looking that a spec needs: users in the image's files, cgroups, capabilities, devices -> Facts.

Each look is a handful of system calls; nothing here starts a process.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NotRequired, TypedDict, Unpack

from nerdpy.container.users import user_in
from nerdpy.dataclass import replace
from nerdpy.engine import Engine
from nerdpy.errors import FailedPrecondition, NotFound
from nerdpy.linux import capabilities, cgroups, kernel
from nerdpy.linux.rootfs import opened
from nerdpy.model.cdi_edits import Edits
from nerdpy.model.idmap import IdMaps
from nerdpy.model.mounts import ResolvedMount
from nerdpy.model.options import CreateOptions, ResourceOptions, SecurityOptions
from nerdpy.model.records import SnapshotMount
from nerdpy.model.users import needs_files, resolve_user
from nerdpy.spec.devices import has_host_devices
from nerdpy.spec.facts import DeviceFacts, Facts, ImageFacts, UserFacts
from nerdpy.spec.process import has_init
from nerdpy.spec.security import has_open_paths

INITS = ("docker-init", "tini-static", "catatonit", "tini", "dumb-init")
"""Looked for in this order; one that is linked dynamically would not start in every image."""
PROFILES = ("nerdpy-default", "nerdctl-default", "docker-default", "cri-containerd.apparmor.d")
"""AppArmor profiles that are used where they are loaded."""


class Given(TypedDict):
    """What `create` knows already."""

    container_id: str
    hostname: str
    snapshot_mounts: Sequence[SnapshotMount]
    mounts: Sequence[ResolvedMount]
    bind_files: Iterable[tuple[str, str]]
    namespace_paths: Mapping[str, str]
    """OCI namespace type -> path."""
    idmaps: NotRequired[IdMaps | None]
    shm_source: NotRequired[str]
    """The other container's /dev/shm, where an IPC namespace is joined; its own is known."""


def gather(engine: Engine, options: CreateOptions, image: ImageFacts, **given: Unpack[Given]) -> Facts:
    """Look everything up, once."""
    system = kernel.look()
    paths = given["namespace_paths"]
    has_own_shm = options.security.ipc == "shareable"
    own_shm = str(engine.paths.shm(given["container_id"])) if has_own_shm else ""
    bounding = capabilities.names_of(system.bounding)
    edits = _edits(engine, options)
    user = _user(engine, options, image, given["snapshot_mounts"])
    return Facts(
        container_id=given["container_id"],
        namespace=engine.config.namespace,
        image=image,
        user=_with_groups(user, edits),
        hostname=given["hostname"],
        **_control(engine),
        has_resctrl=kernel.has_resctrl(),
        block_numbers=_block_numbers(options.resources),
        thermal_paths=() if has_open_paths(options.security) else kernel.thermal_paths(),
        netns_path=paths.get("network", ""),
        userns_path=paths.get("user", ""),
        idmaps=given.get("idmaps"),
        pidns_path=paths.get("pid", ""),
        ipcns_path=paths.get("ipc", ""),
        utsns_path=paths.get("uts", ""),
        bind_files=tuple(given["bind_files"]),
        shm_source=given.get("shm_source", "") or own_shm,
        init_source=_init(options),
        mounts=tuple(given["mounts"]),
        devices=(*_devices(options.security, options.resources), *_device_nodes(edits, user)),
        edits=edits,
        host_capabilities=bounding,
        kernel_capabilities=capabilities.known_to_kernel(),
        can_raise_rlimits="CAP_SYS_RESOURCE" in bounding,
        has_seccomp=system.has_seccomp,
        architecture=system.architecture,
        kernel_version=system.version,
        apparmor_profile=_apparmor(options.security),
    )


def _control(engine: Engine) -> dict[str, Any]:
    """What can be limited on this machine."""
    found = cgroups.look()
    return {
        "cgroup_version": found.version,
        "cgroup_manager": cgroups.manager(engine.config.cgroup_manager, found.version),
        "cgroup_controllers": found.controllers,
        "unified_group": found.unified,
        "named_group": found.mountpoints.get("name=systemd", ""),
        "has_swap_limit": found.has_swap_limit,
        "has_blkio_weight": found.has_blkio_weight,
        "has_blkio_weight_device": found.has_blkio_weight_device,
        "has_blkio_throttle": found.has_blkio_throttle,
    }


def _user(
    engine: Engine, options: CreateOptions, image: ImageFacts, mounts: Sequence[SnapshotMount]
) -> UserFacts:
    text, groups = options.process.user or image.user, options.process.group_add
    if not needs_files(text, groups):
        return resolve_user(text, groups)
    with opened(mounts, engine.paths.mounts, is_read_only=True) as root:
        return user_in(root, text, groups)


def _devices(security: SecurityOptions, resources: ResourceOptions) -> tuple[DeviceFacts, ...]:
    if not resources.devices and not has_host_devices(security):
        return ()
    from nerdpy.linux import devices

    found = devices.all_of_host() if has_host_devices(security) else []
    for request in (request for request in resources.devices if request.host):
        found += devices.requested(request.host, request.container, request.permissions)
    return tuple(found)


def _block_numbers(resources: ResourceOptions) -> dict[str, tuple[int, int]]:
    if not resources.block.paths:
        return {}
    from nerdpy.linux import devices

    numbers = {path: devices.block_numbers(path) for path in resources.block.paths}
    if resources.block.weights and cgroups.look().weighs_by_bfq:
        for limit in resources.block.weights:
            scheduler = devices.scheduler_of(numbers[limit.path])
            if limit.value and scheduler != "bfq":
                disk = limit.path.removeprefix("/dev/")
                raise FailedPrecondition(
                    f'"{limit.path}" has no weights: its I/O scheduler is {scheduler or "none"}',
                    hint=f"echo bfq > /sys/block/{disk}/queue/scheduler",
                )
    return numbers


def _edits(engine: Engine, options: CreateOptions) -> Edits:
    resources = options.resources
    if not resources.gpus and not any(device.cdi for device in resources.devices):
        return Edits()
    from nerdpy.container.cdi import find_edits

    edits = find_edits(engine.config.cdi_spec_dirs, resources)
    if edits.links:
        from nerdpy.container.runtime import find_runtime
        from nerdpy.linux import runtime

        program = find_runtime(options.life.runtime).oci_program
        if not runtime.features(program, engine.paths.runtime_features).moves_links:
            raise FailedPrecondition(
                "a CDI device brings a network interface, which the OCI runtime cannot move",
                hint="runc 1.4 and crun 1.23 can",
            )
    return edits


def _device_nodes(edits: Edits, user: UserFacts) -> tuple[DeviceFacts, ...]:
    if not edits.nodes:
        return ()
    from nerdpy.container.cdi import device_facts

    return tuple(device_facts(edits.nodes, user))


def _with_groups(user: UserFacts, edits: Edits) -> UserFacts:
    """A CDI device may be for the members of a group."""
    return replace(user, additional_gids=(*user.additional_gids, *edits.groups)) if edits.groups else user


def _init(options: CreateOptions) -> str:
    if not has_init(options):
        return ""
    from nerdpy.linux import runtime

    binary = options.process.init_binary
    for name in (binary,) if binary else INITS:
        path = name if name.startswith("/") else runtime.find_program(name)
        if path and runtime.is_static(path):
            return path
    if binary:
        raise NotFound(
            f'init binary "{binary}" is not a statically linked program',
            hint="give the path of one, or leave --init-binary out",
        )
    raise FailedPrecondition(
        "no init binary for --init", hint="install tini (the packages tini, catatonit or docker.io have one)"
    )


def _apparmor(security: SecurityOptions) -> str:
    wanted = security.apparmor
    if not kernel.has_apparmor():
        if wanted and wanted != "unconfined":
            raise FailedPrecondition(f'AppArmor profile "{wanted}": this kernel has no AppArmor')
        return ""
    if wanted == "unconfined" or (security.privileged and not wanted):
        return "unconfined"
    loaded = kernel.apparmor_profiles()
    if wanted and wanted not in loaded:
        raise NotFound(f'AppArmor profile "{wanted}" is not loaded', hint="load it with apparmor_parser")
    return wanted or next((name for name in PROFILES if name in loaded), "")
