"""Pure: the PORTS cell of `ps`, and the `Ports` of `inspect`.

Neighbours are merged into ranges only where the container's and the host's ports both go up by one; IPv6
addresses
stand in brackets; everything is sorted by the container's port.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from nerdpy.dataclass import dataclass, replace
from nerdpy.model.ports import PortMapping


@dataclass(frozen=True)
class _Range:
    protocol: str
    host_ip: str
    first: int
    last: int
    host_first: int
    host_last: int

    def __str__(self) -> str:
        inside = f"{_span(self.first, self.last)}/{self.protocol}"
        if not self.host_first:
            return inside
        return f"{in_brackets(self.host_ip)}:{_span(self.host_first, self.host_last)}->{inside}"


def render_ports(published: Iterable[PortMapping], exposed: Iterable[str] = ()) -> str:
    """`0.0.0.0:8000-8001->80-81/tcp, 443/tcp`; `exposed` are those of `80/tcp` form that nobody published."""
    mappings = list(published)
    taken = {f"{mapping.container_port}/{mapping.protocol}" for mapping in mappings}
    ranges = [
        _Range(
            mapping.protocol,
            mapping.host_ip,
            mapping.container_port,
            mapping.container_port,
            mapping.host_port,
            mapping.host_port,
        )
        for mapping in mappings
    ]
    for text in exposed:
        number, _, protocol = text.partition("/")
        if text not in taken and number.isdecimal():
            ranges.append(_Range(protocol or "tcp", "", int(number), int(number), 0, 0))
    merged = _merged(
        sorted(ranges, key=lambda each: (each.protocol, each.host_ip, each.first, each.host_first))
    )
    return ", ".join(
        str(each) for each in sorted(merged, key=lambda each: (each.first, each.protocol, each.host_ip))
    )


def _merged(ranges: list[_Range]) -> list[_Range]:
    merged: list[_Range] = []
    for each in ranges:
        if merged and _continues(merged[-1], each):
            merged[-1] = replace(merged[-1], last=each.last, host_last=each.host_last)
        else:
            merged.append(each)
    return merged


def _continues(before: _Range, after: _Range) -> bool:
    same_kind = (before.protocol, before.host_ip, bool(before.host_first)) == (
        after.protocol,
        after.host_ip,
        bool(after.host_first),
    )
    host_goes_on = not after.host_first or after.host_first == before.host_last + 1
    return same_kind and after.first == before.last + 1 and host_goes_on


def _span(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}-{last}"


def in_brackets(address: str) -> str:
    """An IPv6 address as it stands before a port."""
    return f"[{address}]" if ":" in address else address


def network_ports(
    published: Iterable[PortMapping], exposed: Iterable[str]
) -> dict[str, list[dict[str, str]] | None]:
    """docker's `NetworkSettings.Ports`: `80/tcp` -> its bindings, None for one that is only exposed."""
    ports: dict[str, list[dict[str, str]] | None] = dict.fromkeys(exposed)
    for mapping in published:
        key = f"{mapping.container_port}/{mapping.protocol}"
        bindings = ports.get(key) or []
        bindings.append({"HostIp": mapping.host_ip, "HostPort": str(mapping.host_port or "")})
        ports[key] = bindings
    return dict(sorted(ports.items()))


def mapping_to_json(mapping: PortMapping) -> dict[str, Any]:
    """One mapping as lifecycle.json holds it: what came of the request, so with the address that is bound."""
    return {
        "container_port": mapping.container_port,
        "protocol": mapping.protocol,
        "host_ip": mapping.host_ip,
        "host_port": mapping.host_port,
    }


def mapping_from_json(value: Mapping[str, Any]) -> PortMapping:
    """The way back."""
    return PortMapping(
        container_port=int(value["container_port"]),
        protocol=str(value["protocol"]),
        host_ip=str(value["host_ip"]),
        host_port=int(value["host_port"]),
    )
