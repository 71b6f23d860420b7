"""One network of one container: up by its plugins' ADD and what we add to it, down by their DEL.

Several may be brought up side by side: each has an interface of its own name, and at most one of them sets a
default route of a family (`plan.py`).
"""

import errno
import os
import threading
from pathlib import Path
from typing import Any

from nerdpy.cni.run import Call, run
from nerdpy.engine import Engine, Warned
from nerdpy.errors import InvalidArgument, NerdpyError
from nerdpy.model.endpoint_option import SYSCTLS, parse_sysctls
from nerdpy.network import chain
from nerdpy.network.attachment import Link, Record
from nerdpy.network.publish import publish, unpublish
from nerdpy.network.router import switch_forwarding_on
from nerdpy.network.rules import loaded
from nerdpy.network.tags import mark_links


def bring_up(engine: Engine, container_id: str, record: Record, link: Link, lock: int) -> None:
    """Connect it; `link.result` says what it got. What fails is left for `take_down`."""
    call = call_of(engine, container_id, record.netns, link, lock)
    result: dict[str, Any] | None = None
    if link.rules is not None:
        switch_forwarding_on(engine, loaded(link.rules))
    try:
        with chain.guarded(engine.cni, link):
            for configuration in link.plugins:
                given = configuration | ({"prevResult": result} if result else {})
                result = chain.decoded(run("ADD", given, call)) or result
    except NerdpyError as error:
        from nerdpy.network import explain

        raise explain.failed_attachment(error, link) from error
    link.result = result or {}
    mark_links(engine, container_id, link)
    if link.rules is not None:
        publish(engine, call.container_id, link, record.ports)
    if _is_ipv4_only(link) or link.link_local_ips or SYSCTLS in link.driver_options:
        _dress(record, link)


def take_down(
    engine: Engine, container_id: str, record: Record, link: Link, lock: int, netns: str | None = None
) -> None:
    """Disconnect it. Every plugin gets its DEL, whatever the others say: what one has left behind the next
    must not keep. `netns`: its path, empty when it is gone (None: the record's)."""
    path = record.netns if netns is None else netns
    call = call_of(engine, container_id, path, link, lock)
    unpublishing = threading.Thread(target=unpublish, args=(engine, call.container_id, link, record.ports))
    unpublishing.start()  # the kernel takes 10 ms to be sure that no packet uses the rules any more
    complaints: list[str] = []
    previous = {"prevResult": link.result} if link.result else {}
    with chain.guarded(engine.cni, link):
        for configuration in reversed(link.plugins):
            try:
                run("DEL", configuration | previous, call)
            except NerdpyError as error:
                complaints.append(error.message)
    unpublishing.join()
    for complaint in complaints:
        engine.notify(Warned(f'leaving network "{link.name}": {complaint}'))


def call_of(engine: Engine, container_id: str, path: str, link: Link, lock: int) -> Call:
    """The parameters of its plugins; `path` of the namespace."""
    return Call(
        container_id=f"{engine.config.namespace}-{container_id}",
        netns=path,
        interface=link.interface,
        arguments=link.arguments,
        folders=engine.cni.folders,
        lock=lock,
    )


def _dress(record: Record, link: Link) -> None:
    """Give the interface what plugins have no word for."""
    from nerdpy.linux.default_routes import add_link_local
    from nerdpy.linux.inside_netns import inside_netns

    def work() -> None:
        if _is_ipv4_only(link):
            _switch_off_ipv6(link.interface)
        for address in link.link_local_ips:
            add_link_local(link.interface, address)
        for sysctl in parse_sysctls(link.driver_options[SYSCTLS]) if SYSCTLS in link.driver_options else ():
            _set(sysctl.path(link.interface), sysctl.value)

    inside_netns(Path(record.netns), work)


def _is_ipv4_only(link: Link) -> bool:
    """Is it of a network that was made without IPv6? Of a stranger's file nobody knows what it is for."""
    asked = (one for one in link.link_local_ips if ":" in one)
    return bool(link.network_id) and not any((*asked, *(one.is_ipv6 for one in link.answer.addresses)))


def _switch_off_ipv6(interface: str) -> None:
    """Otherwise it has a link-local address, and what routers on the wire (or a neighbour that plays one)
    advertise: a way in and out by IPv6 that nobody asked for (CVE-2024-32473)."""
    path = f"/proc/sys/net/ipv6/conf/{interface}/disable_ipv6"
    if os.path.exists(path):  # else the kernel has no IPv6
        _set(path, "1")


def _set(path: str, value: str) -> None:
    try:
        with open(path, "w") as file:
            file.write(value)
    except OSError as error:
        known = {errno.ENOENT: "the kernel has no such setting", errno.EINVAL: "the kernel refuses the value"}
        reason = known.get(error.errno or 0, str(error.strerror).lower())
        raise InvalidArgument(
            f'cannot set "{path.removeprefix("/proc/sys/")}" to "{value}": {reason}'
        ) from error
