"""Flags that docker or nerdctl have and nerdpy has no use for (yet): each says so when it is given."""

from typing import Annotated

from nerdpy.cli.flags import Later, Option
from nerdpy.commands.container.flags.caller import Caller
from nerdpy.dataclass import dataclass, field
from nerdpy.errors import UsageError

_WINDOWS = "this exists on Windows only: leave it out"
_BLOCK_IO = "limits of single block devices are not built yet: --blkio-weight weighs them all"


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class BlockFlags:
    """Limits of single devices, and of hardware."""

    blkio_weight_device: Annotated[
        list[str],
        Option("--blkio-weight-device", help="Weight of one block device", metavar="DEVICE:WEIGHT"),
        Later(_BLOCK_IO),
    ] = field(default_factory=list)
    device_read_bps: Annotated[
        list[str],
        Option("--device-read-bps", help="Limit of reading from a device, per second", metavar="DEVICE:SIZE"),
        Later(_BLOCK_IO),
    ] = field(default_factory=list)
    device_write_bps: Annotated[
        list[str],
        Option("--device-write-bps", help="Limit of writing to a device, per second", metavar="DEVICE:SIZE"),
        Later(_BLOCK_IO),
    ] = field(default_factory=list)
    device_read_iops: Annotated[
        list[str],
        Option("--device-read-iops", help="Limit of reads from a device, per second", metavar="DEVICE:N"),
        Later(_BLOCK_IO),
    ] = field(default_factory=list)
    device_write_iops: Annotated[
        list[str],
        Option("--device-write-iops", help="Limit of writes to a device, per second", metavar="DEVICE:N"),
        Later(_BLOCK_IO),
    ] = field(default_factory=list)
    device_cgroup_rule: Annotated[
        list[str],
        Option("--device-cgroup-rule", help="Allow devices by their numbers", metavar="RULE"),
        Later("rules for devices are not built yet: name each one with --device"),
    ] = field(default_factory=list)
    gpus: Annotated[
        list[str],
        Option("--gpus", help="Give GPUs to the container: all, or a number", metavar="GPUS"),
        Later("--gpus is not built yet: use --device with a CDI name such as nvidia.com/gpu=all"),
    ] = field(default_factory=list)
    rdt_class: Annotated[
        str,
        Option("--rdt-class", help="Class of Intel's resource director", metavar="NAME"),
        Later("resource director classes are not built yet"),
    ] = ""
    cgroup_conf: Annotated[
        list[str],
        Option("--cgroup-conf", help="Set a file of cgroup v2", metavar="KEY=VALUE"),
        Later("settings of single cgroup files are not built yet: use --memory, --cpus and the like"),
    ] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ForeignFlags:
    """Of Windows, and of docker's past."""

    isolation: Annotated[
        str, Option("--isolation", help="How Windows isolates; on Linux only `default`", metavar="KIND")
    ] = ""
    cpu_count: Annotated[
        int, Option("--cpu-count", help="Number of processors (Windows)", metavar="N"), Later(_WINDOWS)
    ] = 0
    cpu_percent: Annotated[
        int, Option("--cpu-percent", help="Share of the processors (Windows)", metavar="N"), Later(_WINDOWS)
    ] = 0
    io_maxbandwidth: Annotated[
        str,
        Option("--io-maxbandwidth", help="Limit of the system drive (Windows)", metavar="SIZE"),
        Later(_WINDOWS),
    ] = ""
    io_maxiops: Annotated[
        int, Option("--io-maxiops", help="Limit of the system drive (Windows)", metavar="N"), Later(_WINDOWS)
    ] = 0
    kernel_memory: Annotated[
        str, Option("--kernel-memory", help="Without effect since Linux 5.4", metavar="SIZE", hidden=True)
    ] = ""
    disable_content_trust: Annotated[
        bool,
        Option("--disable-content-trust", help="Without effect: there is no content trust", hidden=True),
        Later("docker's content trust (Notary v1) has ended, and nerdpy has none: leave it out"),
    ] = True

    def check_foreign(self, caller: Caller) -> None:
        """Refuse what is for Windows; warn of what has no effect."""
        if self.isolation not in {"", "default"}:
            raise UsageError(f'invalid isolation "{self.isolation}": {_WINDOWS}')
        if self.kernel_memory:
            caller.warn("--kernel-memory has no effect: the kernel dropped that limit")
