"""A container's resolv.conf: written when it is made, and again whenever what it should say has changed."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from nerdpy.config import Config
from nerdpy.engine import Engine
from nerdpy.network.own_file import content, rewrite
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

    def change(text: str) -> str | None:
        given = unsealed(text)
        return None if given is None else _text(engine, given, asked, has_ipv6=has_ipv6)

    with suppress(FileNotFoundError):
        rewrite(engine.paths.resolv_conf(container_id), change)


def servers_of(engine: Engine, container_id: str) -> tuple[str, ...]:
    """Whom the container asks, by its resolv.conf; nobody when it has none."""
    return parse_resolv_conf(content(engine.paths.resolv_conf(container_id))).servers


def forwarders_of(engine: Engine, container_id: str, reads: Callable[[str], bool]) -> tuple[str, ...]:
    """Who answers what the container's networks don't know; nobody: the host's servers, which the name server
    finds by itself. `reads`: can it make sense of the host's resolv.conf?"""
    given = unsealed(content(engine.paths.resolv_conf(container_id))) or Given()
    servers = given.over(_configured(engine.config)).servers
    if servers is not None:
        return tuple(one for one in servers if not is_loopback(one))  # those are in the container
    text = content(Path(HOST_FILE))
    found = parse_resolv_conf(text).servers
    return (() if reads(text) else found) if found else PUBLIC


def _text(engine: Engine, given: Given, asked: Asked, *, has_ipv6: bool) -> str:
    everything = given.over(_configured(engine.config))
    resolver = build_resolver(_host(given.is_isolated), everything, has_ipv6=has_ipv6)
    # A server on a loopback address is one in the container itself: nobody asks it from outside.
    if asked.gateways and not any(map(is_loopback, everything.servers or ())):
        resolver = asking(resolver, asked, everything)
    return sealed(render_resolv_conf(resolver), given)


def _host(is_isolated: bool) -> Resolver:
    text = content(Path(HOST_FILE))
    if is_isolated and names_only_the_stub(text):
        text = content(Path(RESOLVED_FILE))
    return parse_resolv_conf(text)


def _configured(config: Config) -> Given:
    return Given(
        servers=config.dns or None, search=config.dns_search or None, options=config.dns_opts or None
    )
