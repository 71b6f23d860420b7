"""Pure: published and exposed ports."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, order=True)
class PortMapping:
    """One port of the container, reachable on the host. `host_port` 0: to be picked."""

    container_port: int
    protocol: str = "tcp"
    """`tcp`, `udp` or `sctp`."""
    host_ip: str = ""
    """Empty: every address of the host, IPv4 and IPv6."""
    host_port: int = 0
    host_port_end: int = 0
    """Above `host_port`: the first free port of the range is taken."""


@dataclass(frozen=True, kw_only=True, order=True)
class ExposedPort:
    """`80/tcp`: what an image or --expose declares, and -P publishes."""

    port: int
    protocol: str = "tcp"

    def __str__(self) -> str:
        return f"{self.port}/{self.protocol}"
