"""Which limits make sense, alone and together: the rules of docker's daemon; `update` has the same."""

from nerdpy.commands.container.flags.caller import parsed
from nerdpy.errors import UsageError
from nerdpy.model.options import ResourceOptions
from nerdpy.model.size import parse_ram_size

SMALLEST_MEMORY = 6 << 20
_MINIMUM_PERIOD, _MAXIMUM_PERIOD = 1_000, 1_000_000
_LEAST_SHARES, _MOST_SHARES = 2, 262_144


def parse_memory(flag: str, text: str | None) -> int:
    """A size of memory; 0 and an absent flag are no limit."""
    size = parsed(flag, text, parse_ram_size) if text is not None else 0
    if 0 < size < SMALLEST_MEMORY:
        raise UsageError(f'invalid argument "{text}" for {flag}: the minimum is 6m', hint="write 6m or more")
    return size


def parse_swap(flag: str, text: str | None) -> int:
    """The same, or -1 for no limit."""
    if text == "-1":
        return -1
    return parsed(flag, text, parse_ram_size) if text is not None else 0


def check_limits(options: ResourceOptions) -> None:
    """Refuse what the kernel would refuse later with fewer words."""
    _check_memory(options)
    _check_cpu(options)
    _check_range("--oom-score-adj", options.oom_score_adj, -1000, 1000)
    if options.memory_swappiness is not None:
        _check_range("--memory-swappiness", options.memory_swappiness, 0, 100)
    if options.blkio_weight:
        _check_range("--blkio-weight", options.blkio_weight, 10, 1000)


def _check_memory(options: ResourceOptions) -> None:
    if options.memory_swap > 0 and not options.memory:
        raise UsageError(
            "--memory-swap needs --memory as well", hint="set both: swap counts memory and swap together"
        )
    if 0 < options.memory_swap < options.memory:
        raise UsageError(
            "--memory-swap must not be smaller than --memory",
            hint="it counts memory and swap together; give the same size to both for no swap",
        )
    if 0 < options.memory < options.memory_reservation:
        raise UsageError("--memory must not be smaller than --memory-reservation")


def _check_cpu(options: ResourceOptions) -> None:
    check_shares(options.cpu_shares)
    if options.cpu_period:
        _check_range("--cpu-period", options.cpu_period, _MINIMUM_PERIOD, _MAXIMUM_PERIOD)
    if 0 < options.cpu_quota < _MINIMUM_PERIOD:
        raise UsageError(f"invalid argument {options.cpu_quota} for --cpu-quota: the minimum is 1000 (1 ms)")
    if options.cpu_rt_runtime and options.cpu_rt_runtime > options.cpu_rt_period:
        raise UsageError("--cpu-rt-runtime must not be larger than --cpu-rt-period", hint="set both")


def check_shares(shares: int) -> None:
    """--cpu-shares as the kernel takes them; 0: nothing is said."""
    if shares < 0:
        raise UsageError(f"invalid argument {shares} for --cpu-shares: it cannot be negative")
    if shares:
        _check_range("--cpu-shares", shares, _LEAST_SHARES, _MOST_SHARES)


def _check_range(flag: str, value: int, lowest: int, highest: int) -> None:
    if not lowest <= value <= highest:
        raise UsageError(f"invalid argument {value} for {flag}: the range is from {lowest} to {highest}")
