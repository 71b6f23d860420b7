"""Pure: --subnet, --gateway, --ip-range and --aux-address -> ranges of addresses for host-local."""

from collections.abc import Iterable, Sequence
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

from nerdpy.dataclass import dataclass, field
from nerdpy.errors import InvalidArgument

AnyAddress = IPv4Address | IPv6Address
AnyNetwork = IPv4Network | IPv6Network
_WITHOUT_HOSTS: dict[AnyNetwork, str] = {
    ip_network("0.0.0.0/8"): '"this network"',
    ip_network("224.0.0.0/4"): "multicast",
    ip_network("ff00::/8"): "multicast",
    ip_network("::ffff:0:0/96"): "mapped IPv4",
}
"""RFC 6890: what is no interface's address."""


@dataclass(frozen=True, kw_only=True)
class Pool:
    """One subnet of a network, and which of its addresses containers may get."""

    subnet: AnyNetwork
    gateway: AnyAddress | None = None
    ip_range: AnyNetwork | None = None
    reserved: dict[str, AnyAddress] = field(default_factory=dict)
    """--aux-address: name -> an address that is somebody else's."""

    def ranges(self) -> list[dict[str, str]]:
        """One range set of host-local: the range of containers, with holes where addresses are reserved."""
        spans = _without(self.span, sorted(int(one) for one in self.reserved.values()))
        made = []
        for number, (first, last) in enumerate(spans):
            part = {"subnet": str(self.subnet)}
            if self.ip_range is not None or self.reserved:
                part |= {"rangeStart": self._text(first), "rangeEnd": self._text(last)}
            if self.gateway is not None or self.reserved:
                part["gateway"] = str(self.router)
            if self.ip_range is not None and number == 0:
                part["ipRange"] = str(self.ip_range)
            made.append(part)
        return made

    @property
    def router(self) -> AnyAddress:
        """The gateway given, or the subnet's first address."""
        return self.gateway or self.subnet.network_address + 1

    @property
    def span(self) -> tuple[int, int]:
        """The first and the last address for containers, as numbers."""
        within = self.ip_range or self.subnet
        first, last = int(within.network_address), int(within.broadcast_address)
        lowest, highest = int(self.subnet.network_address) + 1, int(self.subnet.broadcast_address)
        if self.subnet.version == 4:
            highest -= 1
        return max(first, lowest), min(last, highest)

    def _text(self, number: int) -> str:
        return str(self.subnet.network_address + (number - int(self.subnet.network_address)))


def parse_pools(
    subnets: Sequence[str],
    *,
    gateways: Sequence[str] = (),
    ip_ranges: Sequence[str] = (),
    aux_addresses: Sequence[str] = (),
) -> list[Pool]:
    """The subnets in order; everything else goes to the first subnet that contains it."""
    if not subnets and (gateways or ip_ranges or aux_addresses):
        raise InvalidArgument(
            "--gateway, --ip-range and --aux-address need a --subnet", hint="give the subnet that they lie in"
        )
    networks = [parse_subnet(text) for text in _parted(subnets)]
    for number, one in enumerate(networks):
        if any(one.overlaps(other) for other in networks[:number] if other.version == one.version):
            raise InvalidArgument(f"subnet {one} overlaps another --subnet")
    pools = [Pool(subnet=network) for network in networks]
    for text in _parted(gateways):
        address = _address(text, "--gateway")
        _give(pools, address, "gateway", text)
        _check_host(address, networks, f"--gateway {text}")
    for text in _parted(ip_ranges):
        _give(pools, parse_subnet(text, "--ip-range"), "ip_range", text)
    for text in aux_addresses:
        name, separator, value = text.partition("=")
        if not separator or not name:
            raise InvalidArgument(f'invalid --aux-address "{text}"', hint="write NAME=ADDRESS")
        _reserve(pools, name, _address(value, "--aux-address"))
    _check_room(pools)
    return pools


def _parted(texts: Iterable[str]) -> list[str]:
    """docker takes several at once, too: `--subnet 10.5.0.0/24,fd00:5::/64`."""
    return [one for text in texts for one in text.split(",")]


def parse_subnet(text: str, flag: str = "--subnet") -> AnyNetwork:
    """A network in CIDR notation, its host bits zero."""
    try:
        network = ip_network(text, strict=False)
    except ValueError as error:
        raise InvalidArgument(f'invalid {flag} "{text}"', hint="write it as 10.5.0.0/24") from error
    if "/" not in text:
        raise InvalidArgument(f'{flag} "{text}" has no prefix length', hint="write it as 10.5.0.0/24")
    if str(network.network_address) != str(ip_address(text.partition("/")[0])):
        raise InvalidArgument(f'{flag} "{text}" is no network address', hint=f"did you mean {network}?")
    if flag == "--subnet" and network.num_addresses < 4:
        raise InvalidArgument(f'{flag} "{text}" has no room for a gateway and a container')
    why = next((why for whole, why in _WITHOUT_HOSTS.items() if _is_part(network, whole)), "")
    if flag == "--subnet" and why:
        raise InvalidArgument(
            f'{flag} "{text}" is of {why} addresses, which no host can have',
            hint="give a private one, as 10.5.0.0/24",
        )
    return network


def _is_part(network: AnyNetwork, whole: AnyNetwork) -> bool:
    return network.version == whole.version and network.network_address in whole


def _check_host(address: AnyAddress, networks: Iterable[AnyNetwork], what: str) -> None:
    """Neither the network's own address nor, with IPv4, its broadcast address."""
    for network in networks:
        last = network.broadcast_address if network.version == 4 else None
        if address in (network.network_address, last):
            raise InvalidArgument(f"{what} is no host's address in {network}")


def _check_room(pools: Iterable[Pool]) -> None:
    for pool in pools:
        spans = _without(pool.span, sorted(map(int, (pool.router, *pool.reserved.values()))))
        if not spans:
            raise InvalidArgument(
                f"no address of {pool.ip_range or pool.subnet} is left for containers",
                hint="give a larger --subnet or --ip-range",
            )


def _address(text: str, flag: str) -> AnyAddress:
    try:
        return ip_address(text)
    except ValueError as error:
        raise InvalidArgument(f'invalid {flag} "{text}": no IP address') from error


def _give(pools: list[Pool], value: AnyAddress | AnyNetwork, name: str, text: str) -> None:
    number = _pool_of(pools, value, text)
    if getattr(pools[number], name) is not None:
        raise InvalidArgument(f"subnet {pools[number].subnet} is given two values: the second is {text}")
    pools[number] = _with(pools[number], name, value)


def _reserve(pools: list[Pool], name: str, address: AnyAddress) -> None:
    number = _pool_of(pools, address, str(address))
    pool = pools[number]
    if address in (pool.router, pool.subnet.network_address, *pool.reserved.values()):
        raise InvalidArgument(f"--aux-address {name}={address}: address already in use")
    if name in pool.reserved:
        raise InvalidArgument(f"--aux-address {name} is given twice for {pool.subnet}")
    _check_host(address, [pool.subnet], f"--aux-address {name}={address}")
    pools[number] = _with(pool, "reserved", pool.reserved | {name: address})


def _pool_of(pools: list[Pool], value: AnyAddress | AnyNetwork, text: str) -> int:
    for number, pool in enumerate(pools):
        if value.version != pool.subnet.version:
            continue
        first = value if isinstance(value, IPv4Address | IPv6Address) else value.network_address
        last = value if isinstance(value, IPv4Address | IPv6Address) else value.broadcast_address
        if first in pool.subnet and last in pool.subnet:
            return number
    raise InvalidArgument(f'"{text}" lies in none of the subnets', hint="give the --subnet that contains it")


def _with(pool: Pool, name: str, value: object) -> Pool:
    from nerdpy.dataclass import replace

    return replace(pool, **{name: value})  # type: ignore[arg-type]  # one field of four, by name


def _without(span: tuple[int, int], holes: list[int]) -> list[tuple[int, int]]:
    first, last = span
    spans = []
    for hole in holes:
        if first <= hole <= last:
            if first < hole:
                spans.append((first, hole - 1))
            first = hole + 1
    if first <= last:
        spans.append((first, last))
    return spans
