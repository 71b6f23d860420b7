"""`--add-host NAME:host-gateway`: the address by which a container reaches this machine."""

from collections.abc import Iterable

from nerdpy.config import Config
from nerdpy.errors import FailedPrecondition

GATEWAY = "host-gateway"


def resolve_extra_hosts(config: Config, pairs: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """(host, address) with `host-gateway` replaced by nerdpy.toml's address, or the machine's first own
    one."""
    return tuple((host, _gateway(config) if address == GATEWAY else address) for host, address in pairs)


def _gateway(config: Config) -> str:
    if config.host_gateway_ip:
        return config.host_gateway_ip
    from nerdpy.linux.addresses import addresses

    for one in addresses():
        if one.address.version == 4 and not one.address.ip.is_loopback:
            return str(one.address.ip)
    raise FailedPrecondition(
        "this machine has no address for host-gateway",
        hint="give one by --host-gateway-ip, or in nerdpy.toml",
    )
