"""kill -9 of `network connect` and `network disconnect`: the container is on the network, or it is not.

What it says, what inspect says and what the container sees are the same in either case.
"""

from collections.abc import Iterator

import pytest

from tests.integration.crash.conftest import Dying, World
from tests.integration.crash.test_parts import sampled
from tests.integration.support.cli import Cli

VICTIM = "victim"


@pytest.fixture
def victim(cli: Cli, world: World, busybox_image: str) -> Iterator[str]:
    """A running container on one network, with a published port; a second network is there."""
    cli.ok("network", "create", "first")
    cli.ok("network", "create", "second")
    cli.ok(
        "run", "-d", "--name", VICTIM, "--network", "first", "-p", "8080:80", busybox_image, "sleep", "inf"
    )
    cli.ok("network", "connect", "second", VICTIM)  # the second's rules are there from now on
    cli.ok("network", "disconnect", "second", VICTIM)
    cli.ok("exec", VICTIM, "true")  # its folder for streams stays
    world.remember()
    yield VICTIM
    cli.ok("rm", "-f", VICTIM)
    cli.ok("network", "rm", "first", "second")


def is_on_both(cli: Cli, when: str) -> bool:
    """After one more command: is it on both networks, by everybody's account?"""
    shown = cli.ok("ps", "--format", "{{.Names}} {{.State}}")
    assert (shown.lines, shown.err) == ([f"{VICTIM} running"], ""), f"{when}: {shown}"
    networks = cli.ok("inspect", VICTIM).json[0]["NetworkSettings"]["Networks"]
    inside = cli.ok("exec", VICTIM, "ip", "-4", "-o", "addr").out
    addresses = [networks[name]["IPAddress"] for name in networks]
    assert all(f" {address}/" in inside for address in addresses), f"{when}: {networks}, but {inside}"
    assert inside.count(" eth") == len(networks) * inside.count(" eth0") > 0, (
        f"{when}: {networks}, but {inside}"
    )
    assert "first" in networks, when
    return "second" in networks


@pytest.mark.parametrize("verb", ["connect", "disconnect"])
def test_it_is_on_the_network_or_not(verb: str, dying: Dying, world: World, cli: Cli, victim: str) -> None:
    def prepare() -> None:
        if verb == "disconnect":
            cli.ok("network", "connect", "second", victim)

    for step in sampled(dying, "network", verb, "second", victim, prepare=prepare):
        when = f"{verb} killed before [{step}]"
        if is_on_both(cli, when):
            cli.ok("exec", victim, "ping", "-c1", "-w5", gateway(cli))
            cli.ok("network", "disconnect", "second", victim)
        assert not is_on_both(cli, when)
        world.expect_as_before(when)


def gateway(cli: Cli) -> str:
    return cli.ok("network", "inspect", "second", "-f", "{{(index .IPAM.Config 0).Gateway}}").line
