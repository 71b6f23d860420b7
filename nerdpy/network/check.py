"""Can a network give what a container asks of it? What docker refuses before anything is made."""

from ipaddress import ip_address, ip_network

from nerdpy.cni.conflist import Network
from nerdpy.errors import InvalidArgument
from nerdpy.model.network_flag import NetworkRequest

_WITH_MAC = ("bridge", "macvlan")


def check_request(network: Network, asked: NetworkRequest) -> None:
    """InvalidArgument says what the network has not."""
    if asked.mac_address and network.id and network.driver not in _WITH_MAC:
        raise InvalidArgument(
            f'network "{network.name}" of driver {network.driver} gives no MAC address by choice',
            hint=f"leave --mac-address out, or use a network of driver {' or '.join(_WITH_MAC)}",
        )
    subnets = [ip_network(text, strict=False) for text in network.subnets()]
    for text in filter(None, (asked.ip, asked.ip6)):
        address = ip_address(text)
        if subnets and not any(address in subnet for subnet in subnets):
            raise InvalidArgument(
                f'no configured subnet of network "{network.name}" contains IP address {text}',
                hint="its subnets are " + ", ".join(map(str, subnets)),
            )
