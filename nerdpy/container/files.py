"""The three files that nerdpy mounts into a container: hosts, hostname and resolv.conf."""

from contextlib import suppress
from pathlib import Path

from nerdpy.container.extra_hosts import resolve_extra_hosts
from nerdpy.container.join import Joined
from nerdpy.engine import Engine
from nerdpy.model.options import CreateOptions, NetworkOptions
from nerdpy.network.hosts import first_hosts
from nerdpy.network.resolvconf import Given
from nerdpy.network.resolver import write_resolv_conf

HOSTS, HOSTNAME, RESOLV_CONF = "/etc/hosts", "/etc/hostname", "/etc/resolv.conf"


def prepare_resolver(engine: Engine, container_id: str, network: NetworkOptions) -> None:
    """Write resolv.conf; before the network is made, which has a word in it."""
    if network.mode == "container":
        return
    given = Given(
        servers=network.dns,
        search=network.dns_search,
        options=network.dns_options,
        is_isolated=network.mode not in {"host", "ns"},
    )
    write_resolv_conf(engine, container_id, given)


def prepare_files(
    engine: Engine, container_id: str, options: CreateOptions, hostname: str, joined: Joined
) -> tuple[tuple[str, str], ...]:
    """Write hosts and hostname; (source, target) of each mount. A joined network brings the other
    container's files."""
    paths = engine.paths
    if joined.network is not None:
        theirs = joined.network.id
        pairs = (
            (paths.hosts(theirs), HOSTS),
            (paths.hostname(theirs), HOSTNAME),
            (paths.resolv_conf(theirs), RESOLV_CONF),
        )
        return tuple((str(source), target) for source, target in pairs if source.exists())
    write = engine.store.containers.write_inside
    # The network is being made at the same time: it may have written its lines already.
    engine.store.containers.write_first(paths.hosts(container_id), _hosts(engine, options.network))
    write(paths.hostname(container_id), f"{hostname}\n")
    return (
        (str(paths.hosts(container_id)), HOSTS),
        (str(paths.hostname(container_id)), HOSTNAME),
        (str(paths.resolv_conf(container_id)), RESOLV_CONF),
    )


def _hosts(engine: Engine, network: NetworkOptions) -> str:
    extra = resolve_extra_hosts(engine.config, network.extra_hosts)
    if network.mode in {"host", "ns"}:
        own = _text(HOSTS)
        lines = "".join(f"{address}\t{host}\n" for host, address in extra)
        return own + ("" if not own or own.endswith("\n") else "\n") + lines
    return first_hosts(extra)


def _text(path: str) -> str:
    with suppress(OSError):
        return Path(path).read_text(errors="replace")
    return ""
