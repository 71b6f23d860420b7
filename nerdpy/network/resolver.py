"""A container's resolv.conf: written when it is made, and again whenever what it should say has changed."""

import os
from contextlib import suppress
from pathlib import Path

from nerdpy.config import Config
from nerdpy.engine import Engine
from nerdpy.network.resolvconf import (
    HOST_FILE,
    PUBLIC,
    RESOLVED_FILE,
    Asked,
    Given,
    Resolver,
    asking,
    build_resolver,
    is_loopback,
    names_only_the_stub,
    parse_resolv_conf,
    render_resolv_conf,
    sealed,
    unsealed,
)

NOBODY = Asked(())


def write_resolv_conf(engine: Engine, container_id: str, given: Given) -> None:
    """The file of a new container, before its networks are known."""
    path = engine.paths.resolv_conf(container_id)
    path.write_text(_text(engine, given, NOBODY, has_ipv6=False))
    path.chmod(0o644)


def follow(engine: Engine, container_id: str, asked: Asked = NOBODY, *, has_ipv6: bool = False) -> None:
    """Write what the file should say now: the host's servers, or those of the container's networks that are
    to be `asked` instead. A file that was edited stays as it is, and none is made where there is none."""
    path = engine.paths.resolv_conf(container_id)
    with suppress(FileNotFoundError):
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
        try:
            before = os.pread(descriptor, os.fstat(descriptor).st_size, 0)
            given = unsealed(before.decode(errors="surrogateescape"))
            if given is None:
                return
            after = _text(engine, given, asked, has_ipv6=has_ipv6).encode()
            if after != before:  # in place: the file is bind-mounted into the container
                os.pwrite(descriptor, after, 0)
                os.ftruncate(descriptor, len(after))
        finally:
            os.close(descriptor)


def servers_of(engine: Engine, container_id: str) -> tuple[str, ...]:
    """Whom the container asks, by its resolv.conf; nobody when it has none."""
    return parse_resolv_conf(_content(str(engine.paths.resolv_conf(container_id)))).servers


def forwarders_of(engine: Engine, container_id: str) -> tuple[str, ...]:
    """Who answers what the container's networks don't know, other than the host's own servers."""
    given = unsealed(_content(str(engine.paths.resolv_conf(container_id)))) or Given()
    servers = given.over(_configured(engine.config)).servers
    if servers is not None:
        return tuple(servers)
    return () if parse_resolv_conf(_content(HOST_FILE)).servers else PUBLIC


def _text(engine: Engine, given: Given, asked: Asked, *, has_ipv6: bool) -> str:
    everything = given.over(_configured(engine.config))
    resolver = build_resolver(_host(given.is_isolated), everything, has_ipv6=has_ipv6)
    # A server on a loopback address is one in the container itself: nobody asks it from outside.
    if asked.gateways and not any(map(is_loopback, everything.servers or ())):
        resolver = asking(resolver, asked, everything)
    return sealed(render_resolv_conf(resolver), given)


def _host(is_isolated: bool) -> Resolver:
    text = _content(HOST_FILE)
    if is_isolated and names_only_the_stub(text):
        text = _content(RESOLVED_FILE)
    return parse_resolv_conf(text)


def _configured(config: Config) -> Given:
    return Given(
        servers=config.dns or None, search=config.dns_search or None, options=config.dns_opts or None
    )


def _content(path: str) -> str:
    with suppress(OSError):
        return Path(path).read_text(errors="surrogateescape")
    return ""
