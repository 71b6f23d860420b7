"""After a running container's networks have changed: its default routes and its published ports move to the
networks that are to have them now."""

from pathlib import Path
from typing import Any

from nerdpy.cni.run import run
from nerdpy.engine import Engine
from nerdpy.errors import NerdpyError
from nerdpy.linux.default_routes import (
    DefaultRoute,
    add_default_route,
    default_routes,
    remove_default_route,
)
from nerdpy.linux.inside_netns import inside_netns
from nerdpy.linux.netlink import index_of
from nerdpy.network import chain
from nerdpy.network.attachment import Link, Record, save_record
from nerdpy.network.link import call_of
from nerdpy.network.plan import gateway_of, publisher_of
from nerdpy.network.publish import publish, unpublish


def settle_routes(record: Record) -> None:
    """See that the default routes are those that the plan says. Routes over interfaces that are not ours,
    which the container has made itself, stay."""
    if not record.links:
        return

    def work() -> None:
        ours = {index_of(link.interface) for link in record.links}
        for family in (4, 6):
            wanted = _wanted(record, family)
            if wanted is None:
                continue
            there = [route for route in default_routes(family) if route.interface in ours]
            for route in there:
                if route.interface != wanted.interface:
                    remove_default_route(route)
            if all(route.interface != wanted.interface for route in there):  # else its plugin knew better
                add_default_route(wanted)

    try:
        inside_netns(Path(record.netns), work)
    except OSError as error:
        raise NerdpyError(f"the default route of the container cannot be set: {error.strerror}") from error


def settle_ports(engine: Engine, container_id: str, record: Record, path: Path, lock: int) -> None:
    """See that the ports lead to the network that the plan says; `path` is the record's. Whoever is killed
    meanwhile leaves a record that takes both down."""
    publisher = publisher_of(record.links)
    if not record.ports or all(link.publishes == (link is publisher) for link in record.links):
        return
    for link in record.links:
        if link.publishes and link is not publisher:
            _unpublish(engine, container_id, record, link, lock)
            link.publishes = False
    if publisher is not None and not publisher.publishes:
        publisher.publishes = True
        chain.tell_ports(publisher, record.ports)
        save_record(path, record)
        _publish(engine, container_id, record, publisher, lock)
    save_record(path, record)


def _wanted(record: Record, family: int) -> DefaultRoute | None:
    winner = gateway_of(record.links, family)
    if winner is None:
        return None
    own = [one for one in winner.answer.addresses if one.is_ipv6 == (family == 6)]
    gateway = next((one.gateway for one in own if one.gateway), "")
    index = index_of(winner.interface)
    return DefaultRoute(family, index, gateway) if gateway and index else None


def _publish(engine: Engine, container_id: str, record: Record, link: Link, lock: int) -> None:
    if link.rules is not None:
        publish(engine, f"{engine.config.namespace}-{container_id}", link, record.ports)
    else:
        _run_portmap(engine, "ADD", container_id, record, link, lock)


def _unpublish(engine: Engine, container_id: str, record: Record, link: Link, lock: int) -> None:
    if link.rules is not None:
        unpublish(engine, f"{engine.config.namespace}-{container_id}", link, record.ports)
        return
    _run_portmap(engine, "DEL", container_id, record, link, lock)
    chain.tell_ports(link, ())


def _run_portmap(
    engine: Engine, command: str, container_id: str, record: Record, link: Link, lock: int
) -> None:
    """On a network whose plugins do all themselves."""
    call = call_of(engine, container_id, record.netns, link, lock)
    previous: dict[str, Any] = {"prevResult": link.result} if link.result else {}
    with chain.guarded(engine.cni, link):
        for configuration in link.plugins:
            if configuration["type"] == "portmap":
                run(command, configuration | previous, call)
