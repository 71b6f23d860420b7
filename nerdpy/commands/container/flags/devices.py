"""Flags for devices of the host: which of them the container has, and how fast it may use a disk."""

from typing import Annotated

from nerdpy.cli.flags import Option
from nerdpy.commands.container.flags.caller import Caller, each
from nerdpy.dataclass import dataclass, field, replace
from nerdpy.errors import UsageError
from nerdpy.model.block_io import BlockLimits, parse_operations, parse_rate, parse_weight
from nerdpy.model.device import parse_device_rule
from nerdpy.model.gpus import parse_gpus
from nerdpy.model.options import ResourceOptions
from nerdpy.model.pairs import parse_setting


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class DeviceFlags:
    """Devices of the host."""

    blkio_weight_device: Annotated[
        list[str],
        Option("--blkio-weight-device", help="Weight of one block device", metavar="DEVICE:WEIGHT"),
    ] = field(default_factory=list)
    device_read_bps: Annotated[
        list[str],
        Option("--device-read-bps", help="Limit of reading from a device, per second", metavar="DEVICE:SIZE"),
    ] = field(default_factory=list)
    device_write_bps: Annotated[
        list[str],
        Option("--device-write-bps", help="Limit of writing to a device, per second", metavar="DEVICE:SIZE"),
    ] = field(default_factory=list)
    device_read_iops: Annotated[
        list[str],
        Option("--device-read-iops", help="Limit of reads from a device, per second", metavar="DEVICE:N"),
    ] = field(default_factory=list)
    device_write_iops: Annotated[
        list[str],
        Option("--device-write-iops", help="Limit of writes to a device, per second", metavar="DEVICE:N"),
    ] = field(default_factory=list)
    device_cgroup_rule: Annotated[
        list[str],
        Option(
            "--device-cgroup-rule", help="Allow devices by their numbers, as in 'c 13:* rmw'", metavar="RULE"
        ),
    ] = field(default_factory=list)
    gpus: Annotated[
        list[str],
        Option("--gpus", help="Give GPUs to the container: all, a number, or device=0", metavar="GPUS"),
    ] = field(default_factory=list)
    rdt_class: Annotated[
        str,
        Option(
            "--rdt-class", help="Class of Intel's resource director (cache and bandwidth)", metavar="NAME"
        ),
    ] = ""
    cgroup_conf: Annotated[
        list[str],
        Option("--cgroup-conf", help="Set a file of cgroup v2, as in memory.high=1G", metavar="KEY=VALUE"),
    ] = field(default_factory=list)

    def parse_devices(self, caller: Caller, resources: ResourceOptions) -> ResourceOptions:
        """The limits with these laid over them."""
        gpus = each("--gpus", self.gpus, parse_gpus)
        if any(request.options for request in gpus):
            caller.warn("--gpus options= has no effect: what a GPU needs stands in its CDI file")
        if "/" in self.rdt_class or self.rdt_class in {".", ".."}:
            raise UsageError(f'invalid argument "{self.rdt_class}" for --rdt-class: it is a plain name')
        return replace(
            resources,
            block=BlockLimits(
                weights=each("--blkio-weight-device", self.blkio_weight_device, parse_weight),
                read_bps=each("--device-read-bps", self.device_read_bps, parse_rate),
                write_bps=each("--device-write-bps", self.device_write_bps, parse_rate),
                read_iops=each("--device-read-iops", self.device_read_iops, parse_operations),
                write_iops=each("--device-write-iops", self.device_write_iops, parse_operations),
            ),
            device_rules=each("--device-cgroup-rule", self.device_cgroup_rule, parse_device_rule),
            gpus=gpus,
            rdt_class=self.rdt_class,
            unified=dict(each("--cgroup-conf", self.cgroup_conf, parse_setting)),
        )
