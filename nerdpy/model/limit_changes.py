"""Pure: what `update` changes of a container's limits: in docker's words (`HostConfig`) and in the OCI spec's
(`linux.resources`).

None means not given, and docker takes 0 for the same; so what nobody set stays unset. A change is looked at
together with what the container has already, by the rules of docker's daemon.
"""

from collections.abc import Mapping
from typing import Any

from nerdpy.dataclass import dataclass
from nerdpy.errors import Conflict, InvalidArgument
from nerdpy.model.cpu import PERIOD

SMALLEST_MEMORY = 6 << 20


@dataclass(frozen=True, kw_only=True)
class LimitChanges:
    """Bytes, microseconds, billionths of a processor."""

    memory: int | None = None
    memory_reservation: int | None = None
    memory_swap: int | None = None
    """Memory and swap together; -1: no limit."""
    nano_cpus: int | None = None
    cpu_quota: int | None = None
    """-1: no limit."""
    cpu_period: int | None = None
    cpu_shares: int | None = None
    cpuset_cpus: str | None = None
    cpuset_mems: str | None = None
    cpu_rt_period: int | None = None
    cpu_rt_runtime: int | None = None
    pids_limit: int | None = None
    """0 and -1: no limit."""
    blkio_weight: int | None = None

    def host_config(self) -> dict[str, Any]:
        """What was given, by docker's names."""
        given = {name: getattr(self, field) for field, (name, _) in _FIELDS.items()}
        found = {name: value for name, value in given.items() if value}
        if self.pids_limit is not None:
            found["PidsLimit"] = self.pids_limit if self.pids_limit > 0 else -1
        return found


_FIELDS: dict[str, tuple[str, tuple[str, str]]] = {
    "memory": ("Memory", ("memory", "limit")),
    "memory_reservation": ("MemoryReservation", ("memory", "reservation")),
    "memory_swap": ("MemorySwap", ("memory", "swap")),
    "nano_cpus": ("NanoCpus", ("", "")),
    "cpu_quota": ("CpuQuota", ("cpu", "quota")),
    "cpu_period": ("CpuPeriod", ("cpu", "period")),
    "cpu_shares": ("CpuShares", ("cpu", "shares")),
    "cpuset_cpus": ("CpusetCpus", ("cpu", "cpus")),
    "cpuset_mems": ("CpusetMems", ("cpu", "mems")),
    "cpu_rt_period": ("CpuRealtimePeriod", ("cpu", "realtimePeriod")),
    "cpu_rt_runtime": ("CpuRealtimeRuntime", ("cpu", "realtimeRuntime")),
    "blkio_weight": ("BlkioWeight", ("blockIO", "weight")),
}
"""Field -> its name in `HostConfig`, its place in `linux.resources`."""


def changed_host_config(host: Mapping[str, Any], changes: LimitChanges) -> dict[str, Any]:
    """`HostConfig` after the changes; InvalidArgument or Conflict where they make no sense."""
    given = changes.host_config()
    _check_processors(host, given)
    _check_numbers(given)
    _check_memory(host, given)
    if given.get("PidsLimit") == -1:
        given["PidsLimit"] = None  # as where nobody has set one
    return {**host, **given}


def changed_resources(resources: Mapping[str, Any], changes: LimitChanges) -> dict[str, Any]:
    """`linux.resources` after the changes; what it does not name stays as it is."""
    given = changes.host_config()
    found = {name: dict(part) if isinstance(part, dict) else part for name, part in resources.items()}
    for name, (part, key) in _FIELDS.values():
        if part and name in given:
            found.setdefault(part, {})[key] = given[name]
    if nano := given.get("NanoCpus"):
        found.setdefault("cpu", {}).update(quota=nano * PERIOD // 10**9, period=PERIOD)
    if "PidsLimit" in given:
        found["pids"] = {"limit": given["PidsLimit"]}
    return found


def _check_processors(host: Mapping[str, Any], given: Mapping[str, Any]) -> None:
    for name, flag in (("CpuPeriod", "CPU period"), ("CpuQuota", "CPU quota")):
        if given.get("NanoCpus") and given.get(name):
            raise InvalidArgument(
                f"conflicting options: {flag} and --cpus cannot both be set", hint="leave one of them out"
            )
        if given.get("NanoCpus") and host.get(name):
            raise Conflict(
                "conflicting options: --cpus cannot be updated as CPU period or quota has already been set",
                hint="change it by --cpu-quota and --cpu-period",
            )
        if given.get(name) and host.get("NanoCpus"):
            raise Conflict(
                f"conflicting options: {flag} cannot be updated as --cpus has already been set",
                hint="change it by --cpus",
            )
    after = {**host, **given}
    if given.get("CpuRealtimeRuntime", 0) > (after.get("CpuRealtimePeriod") or 1_000_000):
        raise InvalidArgument("CPU real-time runtime cannot be higher than CPU real-time period")


_RANGES = (
    ("CpuPeriod", "CPU period", 1_000, 1_000_000),
    ("CpuQuota", "CPU quota", 1_000, None),
    ("CpuShares", "CPU shares", 0, None),
    ("BlkioWeight", "block I/O weight", 10, 1000),
    ("Memory", "memory limit", SMALLEST_MEMORY, None),
    ("MemoryReservation", "memory reservation", SMALLEST_MEMORY, None),
)


def _check_numbers(given: Mapping[str, Any]) -> None:
    for name, what, lowest, highest in _RANGES:
        value = given.get(name)
        if value is None or (name == "CpuQuota" and value < 0):
            continue
        if value < lowest or (highest is not None and value > highest):
            bounds = f"from {lowest} to {highest}" if highest is not None else f"{lowest} and more"
            raise InvalidArgument(f"invalid {what} {value}: it may be {bounds}")


def _check_memory(host: Mapping[str, Any], given: Mapping[str, Any]) -> None:
    after = {**host, **given}
    memory, swap = after.get("Memory") or 0, after.get("MemorySwap") or 0
    if given.get("Memory") and "MemorySwap" not in given and 0 < swap < memory:
        raise Conflict(
            "memory limit should be smaller than already set memoryswap limit, update the memoryswap at the "
            "same time",
            hint="give --memory-swap as well: memory and swap together, or -1 for no limit",
        )
    if given.get("MemorySwap", 0) > 0 and not memory:
        raise InvalidArgument(
            "you should always set the memory limit when using memoryswap limit", hint="give --memory as well"
        )
    if 0 < swap < memory:
        raise InvalidArgument(
            "minimum memoryswap limit should be larger than memory limit",
            hint="--memory-swap counts memory and swap together",
        )
    if 0 < memory < (after.get("MemoryReservation") or 0):
        raise InvalidArgument("minimum memory limit can not be less than memory reservation limit")
