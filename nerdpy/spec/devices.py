"""Pure: the device nodes of a container, and the rules of its devices cgroup."""

from typing import Any

from nerdpy.model.options import DeviceRule, SecurityOptions
from nerdpy.spec.facts import DeviceFacts

_ALLOWED = ((1, 5), (1, 3), (1, 9), (1, 8), (5, 0), (5, 1))
"""zero, null, urandom, random, tty, console."""
_FUSE = (10, 229)


def has_host_devices(security: SecurityOptions) -> bool:
    """--privileged gives every device, unless that is turned off."""
    return security.privileged and not security.privileged_without_host_devices


def build_devices(devices: tuple[DeviceFacts, ...]) -> list[dict[str, Any]]:
    """`linux.devices`; the runtime adds null, zero, full, random, urandom, tty, console and ptmx itself."""
    return [_device(device) for device in {device.path: device for device in devices}.values()]


def build_device_rules(
    security: SecurityOptions, devices: tuple[DeviceFacts, ...], given: tuple[DeviceRule, ...] = ()
) -> list[dict[str, Any]]:
    """`linux.resources.devices`: nothing, but docker's list and what was asked for."""
    if has_host_devices(security):
        return [{"allow": True, "access": "rwm"}]
    rules: list[dict[str, Any]] = [{"allow": False, "access": "rwm"}]
    rules += [_rule("c", major, minor) for major, minor in _ALLOWED]
    rules.append(_rule("c", *_FUSE, allow=False))
    rules += [_rule(device.type, device.major, device.minor, device.permissions) for device in devices]
    rules += [_given(rule) for rule in given]
    return rules


def _given(rule: DeviceRule) -> dict[str, Any]:
    """A number that is not there stands for every one."""
    numbers = {"major": rule.major, "minor": rule.minor}
    return {
        "allow": True,
        "type": rule.type,
        **{key: number for key, number in numbers.items() if number is not None},
        "access": rule.permissions,
    }


def _rule(kind: str, major: int, minor: int, access: str = "rwm", *, allow: bool = True) -> dict[str, Any]:
    return {"allow": allow, "type": kind, "major": major, "minor": minor, "access": access}


def _device(device: DeviceFacts) -> dict[str, Any]:
    built: dict[str, Any] = {
        "path": device.path,
        "type": device.type,
        "major": device.major,
        "minor": device.minor,
    }
    for key, value in (("fileMode", device.file_mode), ("uid", device.uid), ("gid", device.gid)):
        if value is not None:
            built[key] = value
    return built
