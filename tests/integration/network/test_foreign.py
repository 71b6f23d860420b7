"""Networks that somebody else put in place: their own plugins make and unmake them."""

import json
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest

from nerdpy.model.ports import PortMapping
from nerdpy.network.attachment import Attachment
from tests.integration.network.conftest import Lab

PORT = (PortMapping(container_port=80, host_port=8080),)
PORTMAP = {"type": "portmap", "capabilities": {"portMappings": True}}


@pytest.fixture
def clean_rules() -> Iterator[None]:
    """Plugins leave their empty tables behind: they are nobody's."""
    yield
    for line in listed().splitlines():
        if line.startswith("table ip"):
            subprocess.run(["nft", "delete", *line.split()[:3]], check=True)


def listed() -> str:
    return subprocess.run(["nft", "list", "ruleset"], capture_output=True, text=True, check=True).stdout


def put(lab: Lab, name: str, *plugins: dict[str, Any]) -> None:
    lab.engine.cni.netconf.mkdir(parents=True, exist_ok=True)
    content = {"cniVersion": "1.0.0", "name": name, "plugins": plugins}
    (lab.engine.cni.netconf / f"10-{name}.conflist").write_text(json.dumps(content))


def addresses(lab: Lab, subnet: str) -> dict[str, Any]:
    return {
        "type": "host-local",
        "dataDir": str(lab.engine.cni.addresses),
        "subnet": subnet,
        "routes": [{"dst": "0.0.0.0/0"}],
    }


def expect_no_trace(lab: Lab, one: Attachment) -> None:
    for text in (one.container_id, one.networks[0].address):
        assert text not in listed()


def test_a_point_to_point_network_with_portmap(lab: Lab, clean_rules: None) -> None:
    put(lab, "wires", {"type": "ptp", "ipMasq": True, "ipam": addresses(lab, "10.91.0.0/24")}, PORTMAP)
    server, client = lab.join("web", "wires", ports=PORT), lab.join("client", "wires")
    lab.serve(server, 80, "hello")
    address = server.networks[0].address
    assert lab.ask("127.0.0.1", 8080).startswith("hello")
    assert lab.ask(address, 80, source=client).startswith("hello")
    for one in (server, client):
        lab.leave(one)
        expect_no_trace(lab, one)


def test_a_bridge_with_firewall_and_bandwidth(lab: Lab, clean_rules: None) -> None:
    if "ifb" not in _kinds():
        pytest.skip("this kernel has no ifb")
    bridge = {
        "type": "bridge",
        "bridge": "slow0",
        "isGateway": True,
        "ipMasq": True,
        "ipam": addresses(lab, "10.92.0.0/24"),
    }
    bandwidth = {"type": "bandwidth", "ingressRate": 8_000_000, "ingressBurst": 800_000}
    put(lab, "slow", bridge, {"type": "firewall"}, bandwidth)
    one = lab.join("web", "slow")
    other = lab.join("client", "slow")
    lab.serve(one, 80, "hello")
    assert lab.ask(one.networks[0].address, 80).startswith("hello")
    assert lab.ask(one.networks[0].address, 80, source=other).startswith("hello")
    assert "tbf" in subprocess.check_output(["tc", "qdisc"], text=True)
    for each in (one, other):
        lab.leave(each)
        expect_no_trace(lab, each)
    assert "tbf" not in subprocess.check_output(["tc", "qdisc"], text=True)
    subprocess.run(["ip", "link", "del", "slow0"], check=True)


def _kinds() -> set[str]:
    done = subprocess.run(["ip", "link", "add", "trial0", "type", "ifb"], capture_output=True, check=False)
    subprocess.run(["ip", "link", "del", "trial0"], capture_output=True, check=False)
    return {"ifb"} if done.returncode == 0 else set()
