"""Networks whose addresses a DHCP server gives: by the CNI's daemon, which comes and goes with them."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from nerdpy.cni.dhcp import SOCKET
from nerdpy.network.attach import detach, reattach
from nerdpy.network.create import create, parse_request
from nerdpy.network.driver_options import parse_driver_options
from nerdpy.network.lease_options import parse_lease_options
from nerdpy.network.rm import take_away
from tests.integration.network.conftest import Lab
from tests.integration.support.waiting import eventually

DNSMASQ = """
dnsmasq --keep-in-foreground --conf-file=/dev/null --port=0 --interface=eth0 --bind-interfaces --no-ping
 --dhcp-range=10.84.0.100,10.84.0.150,1h --dhcp-option=option:router,10.84.0.1
 --dhcp-authoritative --dhcp-host=reserved,10.84.0.42 --log-dhcp --log-facility=- --user=root
"""


@pytest.fixture
def served_wire(machine: None, tmp_path: Path) -> Iterator[Path]:
    """An interface `wire0` with a DHCP server behind it; gives the server's log."""
    for command in (
        "ip netns add far",
        "ip link add wire0 type veth peer name eth0 netns far",
        "ip link set wire0 up",
        "ip -n far address add 10.84.0.1/24 dev eth0",
        "ip -n far link set eth0 up",
    ):
        subprocess.run(command.split(), check=True)
    log = tmp_path / "dnsmasq.log"
    files = [f"--dhcp-leasefile={tmp_path / 'leases'}", f"--pid-file={tmp_path / 'pid'}"]
    with log.open("wb") as talk:
        serving = ["ip", "netns", "exec", "far", *DNSMASQ.split(), *files]
        with subprocess.Popen(serving, stderr=talk, stdout=talk) as server:
            try:
                eventually(lambda: "started" in log.read_text())
                yield log
            finally:
                server.terminate()
    subprocess.run(["ip", "link", "del", "wire0"], check=True)
    subprocess.run(["ip", "netns", "del", "far"], check=True)


def daemon() -> int:
    """The daemon's pid; 0: there is none of ours."""
    try:
        pid = int(Path(f"{SOCKET}.nerdpy-pid").read_text())
        return pid if b"daemon" in Path(f"/proc/{pid}/cmdline").read_bytes() else 0
    except (FileNotFoundError, ProcessLookupError):
        return 0


def test_a_server_on_the_wire_gives_the_address_that_the_host_name_has_there(
    lab: Lab, served_wire: Path
) -> None:
    network = create(
        lab.engine,
        parse_request(
            "leased",
            "macvlan",
            options=parse_driver_options("macvlan", ["parent=wire0"]),
            leases=parse_lease_options("dhcp", ['host-name={"type":"provide","value":"reserved"}']),
        ),
    )
    assert network.ipam["daemonSocketPath"] == SOCKET
    assert not daemon()
    one = lab.join("one", "leased")
    assert one.networks[0].address == "10.84.0.42"
    assert one.networks[0].gateway == "10.84.0.1"
    shown = subprocess.run([*lab.inside(one), "ip", "address"], capture_output=True, text=True, check=True)
    assert f"{one.networks[0].address}/24" in shown.stdout
    pid = daemon()
    assert pid
    lab.serve(one, 80, "hello")
    assert lab.ask(one.networks[0].address, 80, source="far") == "hello 10.84.0.1"
    lab.stop(one.container_id)
    os.kill(pid, 9)  # whatever becomes of the daemon: the next attachment has one again
    eventually(lambda: not daemon())
    detach(lab.engine, one.container_id)
    again = reattach(lab.engine, one.container_id)
    assert again is not None
    assert again.networks[0].address == "10.84.0.42"
    assert daemon() not in (0, pid)
    lab.leave(again)
    take_away(lab.engine, network)
    eventually(lambda: not daemon())
    assert not Path(SOCKET).exists()
