"""Flags for the container's filesystem: volumes, mounts, tmpfs."""

from functools import partial
from typing import Annotated

from nerdpy import errors
from nerdpy.cli.flags import Later, Option
from nerdpy.commands.container.flags.caller import Caller, each, parsed
from nerdpy.dataclass import dataclass, field, replace
from nerdpy.errors import InvalidArgument, UsageError
from nerdpy.model.mounts import MountRequest
from nerdpy.model.options import MountOptions
from nerdpy.model.size import parse_ram_size


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class MountFlags:
    """Its filesystem."""

    volume: Annotated[
        list[str],
        Option(
            "--volume",
            "-v",
            help="Mount a volume or a folder of the host",
            metavar="[SOURCE:]PATH[:OPTIONS]",
            complete="volume",
        ),
    ] = field(default_factory=list)
    mount: Annotated[
        list[str],
        Option(
            "--mount",
            help="Mount something, spelled out: type=bind,src=/here,dst=/there",
            metavar="KEY=VALUE,...",
        ),
    ] = field(default_factory=list)
    tmpfs: Annotated[
        list[str], Option("--tmpfs", help="Mount a file system in memory", metavar="PATH[:OPTIONS]")
    ] = field(default_factory=list)
    volumes_from: Annotated[
        list[str],
        Option(
            "--volumes-from",
            help="Mount what another container mounts",
            metavar="CONTAINER[:ro|:rw]",
            complete="container",
        ),
    ] = field(default_factory=list)
    volume_driver: Annotated[
        str, Option("--volume-driver", help="Driver of the volumes that are made: local", metavar="DRIVER")
    ] = ""
    read_only: Annotated[bool, Option("--read-only", help="Make the root file system read-only")] = False
    shm_size: Annotated[
        str | None, Option("--shm-size", help="Size of /dev/shm (default 64m)", metavar="SIZE")
    ] = None
    rootfs: Annotated[
        bool,
        Option("--rootfs", help="Take the first argument as a folder to run in, not as an image"),
    ] = False
    storage_opt: Annotated[
        list[str],
        Option("--storage-opt", help="Option of the storage driver", metavar="KEY=VALUE"),
        Later("containerd's snapshotters have no per-container options: limit the file system below them"),
    ] = field(default_factory=list)
    use_api_socket: Annotated[
        bool,
        Option("--use-api-socket", help="Mount docker's API socket, with your registry credentials"),
        Later("there is no API server yet"),
    ] = False

    def parse_mounts(self, caller: Caller) -> MountOptions:
        """-v, then --mount, then --tmpfs; two on one target are refused."""
        if self.volume_driver not in {"", "local"}:
            raise errors.NotImplemented(
                f'volume driver "{self.volume_driver}" is not available',
                hint="mount the file system on the host, and give its folder to -v",
            )
        mounts = self._parse_each(caller) if self.volume or self.mount or self.tmpfs else ()
        shm_size = parsed("--shm-size", self.shm_size, parse_ram_size) if self.shm_size is not None else 0
        return MountOptions(
            mounts=_single(mounts),
            volumes_from=each("--volumes-from", self.volumes_from, _parse_volumes_from),
            read_only=self.read_only,
            **({"shm_size": shm_size} if shm_size else {}),
        )

    def _parse_each(self, caller: Caller) -> tuple[MountRequest, ...]:
        from nerdpy.model.mount_long import parse_mount  # most containers have none
        from nerdpy.model.mount_short import parse_volume
        from nerdpy.model.tmpfs import parse_tmpfs

        where = {"folder": caller.folder, "home": caller.home}
        return (
            *each("--volume", self.volume, partial(parse_volume, **where)),
            *(
                replace(mount, is_long=True)
                for mount in each("--mount", self.mount, partial(parse_mount, **where))
            ),
            *each("--tmpfs", self.tmpfs, parse_tmpfs),
        )


def _single(mounts: tuple[MountRequest, ...]) -> tuple[MountRequest, ...]:
    """One mount per target. Of docker's: an anonymous volume gives way, a repeated --tmpfs replaces."""
    found: dict[str, MountRequest] = {}
    for mount in mounts:
        other = found.get(mount.target)
        if other is None or _gives_way(other) or (mount.type == other.type == "tmpfs"):
            found[mount.target] = mount
        elif not _gives_way(mount):
            raise UsageError(f'duplicate mount point: "{mount.target}"', hint="mount one thing there")
    return tuple(found.values())


def _gives_way(mount: MountRequest) -> bool:
    return mount == MountRequest(type="volume", target=mount.target, is_long=mount.is_long)


def _parse_volumes_from(text: str) -> str:
    """Docker's modes: access and label, each once at most."""
    name, colon, mode = text.partition(":")
    words = mode.split(",")
    groups = [sum(word in group for word in words) for group in ({"ro", "rw"}, {"z", "Z"})]
    if not name or (colon and (sum(groups) != len(words) or max(groups) > 1)):
        raise InvalidArgument("it is not CONTAINER[:ro|:rw]", hint="write a container's name, and ro or rw")
    return text
