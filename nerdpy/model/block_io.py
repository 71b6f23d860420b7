"""Pure: limits of single block devices: `--blkio-weight-device` and the `--device-*` family."""

from collections.abc import Callable

from nerdpy.dataclass import dataclass
from nerdpy.errors import InvalidArgument
from nerdpy.model.size import parse_ram_size

LIGHTEST, HEAVIEST = 10, 1000
_MOST = 2**64 - 1


@dataclass(frozen=True)
class DeviceLimit:
    """A device of the host, and its weight, bytes per second or operations per second; 0 is no limit."""

    path: str
    value: int


@dataclass(frozen=True, kw_only=True)
class BlockLimits:
    """All that was asked for, by kind."""

    weights: tuple[DeviceLimit, ...] = ()
    read_bps: tuple[DeviceLimit, ...] = ()
    write_bps: tuple[DeviceLimit, ...] = ()
    read_iops: tuple[DeviceLimit, ...] = ()
    write_iops: tuple[DeviceLimit, ...] = ()

    @property
    def paths(self) -> tuple[str, ...]:
        """Every device named, once."""
        kinds = (self.weights, self.read_bps, self.write_bps, self.read_iops, self.write_iops)
        return tuple(dict.fromkeys(limit.path for kind in kinds for limit in kind))

    @property
    def throttles(self) -> bool:
        """Is anything limited, rather than weighed?"""
        return bool(self.read_bps or self.write_bps or self.read_iops or self.write_iops)


def parse_weight(text: str) -> DeviceLimit:
    """`/dev/sda:500`, the weight from 10 to 1000, or 0 for none."""
    limit = _parse(text, "PATH:WEIGHT", _number)
    if limit.value and not LIGHTEST <= limit.value <= HEAVIEST:
        raise InvalidArgument(
            f"the weight must be from {LIGHTEST} to {HEAVIEST}", hint="0 takes the weight away"
        )
    return limit


def parse_rate(text: str) -> DeviceLimit:
    """`/dev/sda:1mb`: bytes per second, units as those of memory."""
    return _parse(text, "PATH:SIZE", parse_ram_size)


def parse_operations(text: str) -> DeviceLimit:
    """`/dev/sda:1000`: operations per second."""
    return _parse(text, "PATH:NUMBER", _number)


def _parse(text: str, form: str, value: Callable[[str], int]) -> DeviceLimit:
    path, colon, rest = text.partition(":")
    if not colon or not path:
        raise InvalidArgument(
            "it names no device and value", hint=f"write {form}, as in /dev/sda:{_EXAMPLE[form]}"
        )
    if not path.startswith("/dev/"):
        raise InvalidArgument(f'"{path}" is not a device', hint="give a path below /dev/")
    return DeviceLimit(path, value(rest))


_EXAMPLE = {"PATH:WEIGHT": "500", "PATH:SIZE": "1mb", "PATH:NUMBER": "1000"}


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal()) or int(text) > _MOST:
        raise InvalidArgument(f'"{text}" is not a whole number')
    return int(text)
