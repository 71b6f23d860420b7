"""Pure: what `network create` was asked for, checked as far as that goes without looking at the machine."""

from collections.abc import Sequence
from typing import Literal

from nerdpy.cni.conflist import AUX_LABEL, DEFAULT_LABEL
from nerdpy.dataclass import dataclass, field, replace
from nerdpy.errors import InvalidArgument
from nerdpy.model.identifier import parse_network_name
from nerdpy.network.driver_options import DriverOptions
from nerdpy.network.lease_options import LeaseOptions
from nerdpy.network.pools import Pool

RESERVED = ("host", "none", "default", "bridge")
"""Names that mean something else."""
_LEAST_MTU6 = 1280
"""RFC 8200, section 5: the kernel has no IPv6 on interfaces with less."""


@dataclass(frozen=True, kw_only=True)
class NetworkRequest:
    """`network create`, parsed."""

    name: str
    driver: Literal["bridge", "macvlan", "ipvlan"] = "bridge"
    pools: tuple[Pool, ...] = ()
    options: DriverOptions = field(default_factory=DriverOptions)
    leases: LeaseOptions = field(default_factory=LeaseOptions)
    labels: dict[str, str] = field(default_factory=dict)
    is_internal: bool = False
    is_attachable: bool = False
    has_ipv4: bool = True
    has_ipv6: bool = False

    def has_family(self, version: int) -> bool:
        """Does it have IPv4 or IPv6 (4, 6)?"""
        return self.has_ipv4 if version == 4 else self.has_ipv6


def parse_request(
    name: str,
    driver: str = "bridge",
    *,
    pools: Sequence[Pool] = (),
    options: DriverOptions | None = None,
    leases: LeaseOptions | None = None,
    labels: dict[str, str] | None = None,
    **switches: bool,
) -> NetworkRequest:
    """InvalidArgument for what does not go together. The driver was checked with its options."""
    parse_network_name(name)
    if name in RESERVED or name.startswith(("container:", "ns:")):
        raise InvalidArgument(f'network name "{name}" is reserved', hint="pick another name")
    request = NetworkRequest(
        name=name,
        driver=driver,  # type: ignore[arg-type]  # checked by parse_driver_options
        pools=tuple(pools),
        options=options or DriverOptions(),
        leases=leases or LeaseOptions(),
        labels=labels or {},
        **switches,
    )
    request = replace(
        request,
        has_ipv4=request.has_ipv4 and request.options.enables_ipv4,
        has_ipv6=request.has_ipv6 or request.options.enables_ipv6,
    )
    _check_labels(request)
    _check_families(request)
    _check_subnets(request)
    _check_leases(request)
    _check_options(request)
    return request


def _check_labels(request: NetworkRequest) -> None:
    for key in (DEFAULT_LABEL, AUX_LABEL):
        if key in request.labels:
            raise InvalidArgument(
                f'label "{key}" is not for users: the network\'s file means something by it'
            )


def _check_families(request: NetworkRequest) -> None:
    if request.has_ipv4:
        return
    if not request.has_ipv6:
        raise InvalidArgument("a network needs IPv4 or IPv6", hint="give --ipv6 with --ipv4=false")
    if any(pool.subnet.version == 4 for pool in request.pools):
        raise InvalidArgument("--ipv4=false excludes an IPv4 --subnet")


def _check_subnets(request: NetworkRequest) -> None:
    """The CNI plugin gives a bridge one IPv4 address, so there is one gateway; docker refuses it, too."""
    count = sum(pool.subnet.version == 4 for pool in request.pools)
    if request.driver == "bridge" and count > 1:
        raise InvalidArgument(
            "a bridge has one IPv4 subnet",
            hint="give one --subnet, make two networks, or use macvlan or ipvlan",
        )


def _check_leases(request: NetworkRequest) -> None:
    if not request.leases.is_dhcp:
        return
    if request.pools:
        raise InvalidArgument(
            "--subnet is not for the IPAM driver dhcp: the addresses are the server's to give",
            hint="leave out --subnet, --gateway, --ip-range and --aux-address",
        )
    if request.has_ipv6 or not request.has_ipv4:
        raise InvalidArgument("the IPAM driver dhcp gives out IPv4 addresses only", hint="leave out --ipv6")


def _check_options(request: NetworkRequest) -> None:
    options = request.options
    if 0 < options.mtu < _LEAST_MTU6 and request.has_ipv6:
        raise InvalidArgument(f"mtu {options.mtu} is too small for IPv6: it needs {_LEAST_MTU6}")
    if options.inhibits_ipv4 and request.has_ipv6:
        raise InvalidArgument(
            "inhibit_ipv4 does not go with --ipv6: the CNI plugin gives a bridge all its addresses or none"
        )
    modes = {
        mode
        for version, mode in zip((4, 6), options.gateway_modes, strict=True)
        if request.has_family(version)
    }
    if "isolated" in modes and not request.is_internal:
        raise InvalidArgument("the gateway mode isolated is for internal networks", hint="add --internal")
    if "isolated" in modes and len(modes) > 1:
        raise InvalidArgument(
            "the gateway mode isolated holds for IPv4 and IPv6 together",
            hint="set both gateway_mode_ipv4 and gateway_mode_ipv6 to isolated",
        )
