"""Can a network give what a container asks of it? What docker refuses before anything is made."""

from nerdpy.cni.conflist import Network
from nerdpy.errors import Conflict, InvalidArgument
from nerdpy.model.network_flag import NetworkRequest

_WITH_MAC = ("bridge", "macvlan")


def check_request(network: Network, asked: NetworkRequest) -> None:
    """InvalidArgument says what the network has not, Conflict whose the address is."""
    if asked.mac_address and network.id and network.driver not in _WITH_MAC:
        raise InvalidArgument(
            f'network "{network.name}" of driver {network.driver} gives no MAC address by choice',
            hint=f"leave --mac-address out, or use a network of driver {' or '.join(_WITH_MAC)}",
        )
    for text in filter(None, (asked.ip, asked.ip6)):
        _check_address(network, text)


def _check_address(network: Network, text: str) -> None:
    from ipaddress import ip_address

    from nerdpy.cni.run import DHCP
    from nerdpy.network.asked_address import owner_of
    from nerdpy.network.subnet import subnets_of

    if network.ipam.get("type") == DHCP:
        raise InvalidArgument(
            f'network "{network.name}" has its addresses from a DHCP server: none can be asked for',
            hint="leave --ip out; the server may know the container by --hostname or --mac-address",
        )
    address, subnets = ip_address(text), subnets_of([network])
    if subnets and not any(address in subnet for subnet in subnets):
        raise InvalidArgument(
            f'no configured subnet of network "{network.name}" contains IP address {text}',
            hint="its subnets are " + ", ".join(map(str, dict.fromkeys(subnets))),
        )
    if owner := owner_of(network, text):
        raise Conflict(
            f'address {text} of network "{network.name}" is {owner}', hint="ask for another, or for none"
        )
