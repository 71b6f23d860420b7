"""Which host ports a container gets: asked for, given automatically, and never those of its neighbours."""

from nerdpy.cni.conflist import Network
from nerdpy.container.find import shown_as
from nerdpy.container.look import look_at_all
from nerdpy.dockercompat.create_body import port_key
from nerdpy.dockercompat.ports import mapping_from_json
from nerdpy.engine import Engine
from nerdpy.errors import InvalidArgument
from nerdpy.model.address import parse_ip
from nerdpy.model.options import NetworkOptions
from nerdpy.model.ports import PortMapping
from nerdpy.network.ports import ANY, PortLease, acquire
from nerdpy.network.ruleset import ROUTED
from nerdpy.spec.facts import ImageFacts


def acquire_ports(engine: Engine, requested: tuple[PortMapping, ...], network: Network) -> PortLease:
    """Bind every port of the host that leads to a container on this network, or none; the error names the
    container that has it already."""
    lease = acquire(
        engine,
        requested,
        binding=_binding(engine, network),
        families=_translated(network),
        owner_of=lambda mapping: owner_of(engine, mapping),
    )
    if any(mapping.host_ip in ANY for mapping in lease.mappings):
        from nerdpy.network.firewall import guard

        try:
            guard(engine, lease.mappings)
        except BaseException:
            lease.close()
            raise
    return lease


def _binding(engine: Engine, network: Network) -> str:
    """The address for ports that name none; empty for every address."""
    origin = f"of network {network.name}" if network.host_binding else "of publish_address in nerdpy.toml"
    address = network.host_binding or engine.config.publish_address
    try:
        return parse_ip(address) if address else ""
    except InvalidArgument as error:
        raise InvalidArgument(f'invalid IP address "{address}" {origin}', hint=error.hint) from error


def _translated(network: Network) -> list[int]:
    """The families whose ports on the host lead to the network's containers. IPv6 that it has not ends at its
    IPv4 addresses."""
    modes = {4: network.gateway_mode(4), 6: network.gateway_mode(6 if network.has_ipv6 else 4)}
    return [family for family, mode in modes.items() if mode != ROUTED]


def owner_of(engine: Engine, wanted: PortMapping) -> str:
    """The name of the running container that publishes this port; empty when it is none of ours."""
    for look in look_at_all(engine):
        if any(mapping_from_json(entry).clashes(wanted) for entry in look.lifecycle.get("ports", [])):
            return shown_as(look.record)
    return ""


def wanted_ports(network: NetworkOptions, image: ImageFacts) -> tuple[PortMapping, ...]:
    """-p, and with -P an automatic port for everything that is exposed and not published already."""
    if network.mode != "cni":
        return ()
    if not network.publish_all:
        return network.ports
    taken = {(mapping.container_port, mapping.protocol) for mapping in network.ports}
    exposed = {port_key(text) for text in (*image.exposed_ports, *map(str, network.expose))}
    more = [
        PortMapping(container_port=number, protocol=protocol or "tcp")
        for number, protocol in sorted(exposed)
        if (number, protocol or "tcp") not in taken
    ]
    return (*network.ports, *more)
