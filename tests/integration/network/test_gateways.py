"""How a bridge's traffic passes the host, by its gateway modes: seen by a neighbour who has a route to it."""

from nerdpy.model.ports import PortMapping
from tests.integration.network.conftest import Lab
from tests.integration.network.test_drivers import make

PREFIX = "com.docker.network.bridge."
PORT = (PortMapping(container_port=80, host_port=8080),)


def test_a_routed_family_is_reached_at_the_containers_address_alone(lab: Lab, lan: str) -> None:
    make(lab, "half", f"{PREFIX}gateway_mode_ipv6=routed", has_ipv6=True)
    server = lab.join("web", "half", ports=PORT)
    lab.serve(server, 80, "hello")
    lab.serve(server, 81, "hidden")
    lab.start_server("lan", ["ip", "netns", "exec", lan], 99, "lan")
    one = server.networks[0]
    assert lab.ask(one.address6, 80, source=lan) == "hello fd00:99::2"
    assert "hidden" not in lab.ask(one.address6, 81, source=lan, patience=0.5)
    assert lab.ask("fd00:99::2", 99, source=server) == f"lan {one.address6}"
    assert "hello" not in lab.ask(one.address, 80, source=lan, patience=0.5)
    assert lab.ask("192.0.2.1", 8080, source=lan) == "hello 192.0.2.2"
    assert lab.ask("192.0.2.2", 99, source=server) == "lan 192.0.2.1"
    lab.leave(server)


def test_unprotected_ports_are_open_to_who_has_a_route(lab: Lab, lan: str) -> None:
    make(lab, "open", f"{PREFIX}gateway_mode_ipv4=nat-unprotected")
    server = lab.join("web", "open")
    lab.serve(server, 81, "open")
    lab.start_server("lan", ["ip", "netns", "exec", lan], 99, "lan")
    assert lab.ask(server.networks[0].address, 81, source=lan) == "open 192.0.2.2"
    assert lab.ask("192.0.2.2", 99, source=server) == "lan 192.0.2.1"
    lab.leave(server)


def test_without_masquerade_containers_go_out_under_their_own_address(lab: Lab, lan: str) -> None:
    make(lab, "plain", f"{PREFIX}enable_ip_masquerade=false")
    client = lab.join("client", "plain")
    lab.start_server("lan", ["ip", "netns", "exec", lan], 99, "lan")
    assert lab.ask("192.0.2.2", 99, source=client) == f"lan {client.networks[0].address}"
    lab.leave(client)


def test_an_isolated_bridge_has_members_and_no_host(lab: Lab) -> None:
    make(lab, "alone", f"{PREFIX}gateway_mode_ipv4=isolated", is_internal=True)
    server, client = lab.join("web", "alone"), lab.join("client", "alone")
    lab.serve(server, 80, "hello")
    assert lab.ask(server.networks[0].address, 80, source=client).startswith("hello")
    assert "hello" not in lab.ask(server.networks[0].address, 80, patience=0.5)
    for one in (server, client):
        lab.leave(one)
