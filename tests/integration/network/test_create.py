"""`network create` on a real machine: what it makes, what it refuses, and that nothing is half made."""

import dataclasses
import json
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from nerdpy.cni.conflist import Network
from nerdpy.engine import Engine, Event, Warned
from nerdpy.errors import AlreadyExists, Conflict, NerdpyError
from nerdpy.network.create import create, parse_request
from nerdpy.network.driver_options import parse_driver_options
from nerdpy.network.ensure import make_default
from nerdpy.network.pools import parse_pools
from nerdpy.network.rm import take_away
from tests.integration.network.conftest import Lab, expect, left_behind


def make(
    lab: Lab, name: str, *subnets: str, driver: str = "bridge", options: tuple[str, ...] = (), **more: Any
) -> Network:
    request = parse_request(
        name, driver, pools=parse_pools(subnets), options=parse_driver_options(driver, options), **more
    )
    return create(lab.engine, request)


def changed(lab: Lab, **settings: Any) -> Lab:
    """The same machine with other settings."""
    return Lab(Engine(dataclasses.replace(lab.engine.config, **settings)))


def remove_all(lab: Lab) -> None:
    for network in lab.engine.cni.networks():
        if network.path is not None and network.path.exists():
            take_away(lab.engine, network)


def bridge_of(network: Network) -> str:
    command = ["ip", "address", "show", network.bridge]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_ten_at_once_get_ten_subnets_and_ten_bridges(lab: Lab) -> None:
    with ThreadPoolExecutor(10) as pool:
        labs = [changed(lab) for _ in range(10)]
        made = list(pool.map(lambda number: make(labs[number], f"n{number}", has_ipv6=True), range(10)))
    subnets = [subnet for network in made for subnet in network.subnets()]
    assert len(set(subnets)) == 20
    assert len({network.bridge for network in made}) == 10
    with ThreadPoolExecutor(10) as pool:
        same = [pool.submit(make, one, "same") for one in labs]
    errors = [one.exception() for one in same if one.exception()]
    assert [type(error) for error in errors] == [AlreadyExists] * 9


def test_the_bridge_has_every_gateway_and_the_mtu(lab: Lab) -> None:
    network = make(lab, "big", "10.71.0.0/16", "fd00:71::/64", options=("mtu=1400",), has_ipv6=True)
    shown = bridge_of(network)
    assert "10.71.0.1/16" in shown
    assert "fd00:71::1/64" in shown
    assert Path(f"/proc/sys/net/ipv6/conf/{network.bridge}/disable_ipv6").read_text() == "0\n"
    isolated = make(lab, "alone", options=("gateway_mode_ipv4=isolated",), is_internal=True)
    assert "inet " not in bridge_of(isolated)


def test_several_subnets_give_one_address_each(lab: Lab) -> None:
    subprocess.run(["ip", "link", "add", "wire0", "type", "veth", "peer", "name", "wire1"], check=True)
    subprocess.run(["ip", "link", "set", "wire0", "up"], check=True)
    make(lab, "wide", "10.72.0.0/24", "10.73.0.0/24", driver="macvlan", options=("parent=wire0",))
    make(lab, "six", "fd00:72::/64", "fd00:73::/64", has_ipv6=True)
    one = lab.join("one", "wide", "six")
    inside = subprocess.run([*lab.inside(one), "ip", "-o", "address"], capture_output=True, text=True)
    for address in ("10.72.0.2/24", "10.73.0.2/24", "fd00:72::2/64", "fd00:73::2/64"):
        assert address in inside.stdout
    lab.leave(one)
    subprocess.run(["ip", "link", "del", "wire0"], check=True)


@pytest.mark.parametrize(
    ("subnets", "driver", "options", "kind", "complaint"),
    [
        (("10.70.0.0/16",), "bridge", (), Conflict, "overlaps 10.70.5.0/24"),
        (("127.0.0.0/24",), "bridge", (), Conflict, "overlaps 127.0.0.0/8"),
        (("10.70.5.0/25",), "macvlan", ("parent=lo0",), Conflict, "10.70.5.0/24 of network"),
        ((), "bridge", ("name=lo",), Conflict, 'interface "lo" exists'),
        ((), "bridge", ("name=taken0",), Conflict, 'belongs to network "taken"'),
    ],
)
def test_what_is_taken_is_refused_and_nothing_stays(
    lab: Lab,
    subnets: tuple[str, ...],
    driver: str,
    options: tuple[str, ...],
    kind: type[NerdpyError],
    complaint: str,
) -> None:
    make(lab, "taken", "10.70.5.0/24", options=("name=taken0",))
    before = left_behind(lab.engine)
    with pytest.raises(kind, match=complaint):
        make(lab, "new", *subnets, driver=driver, options=options)
    assert [one.name for one in lab.engine.cni.networks()] == ["taken"]
    expect(lab.engine, before)


def test_routes_to_everywhere_leave_room_for_networks(lab: Lab) -> None:
    routes = ("0.0.0.0/1", "128.0.0.0/1", "fc00::/7")  # a VPN's that takes all, and what routers often have
    try:
        for route in routes:
            subprocess.run(["ip", "route", "add", "unreachable", route], check=True)
        assert make_default(lab.engine).subnets()
        assert len(list(make(lab, "dual", has_ipv6=True).subnets())) == 2
        assert list(make(lab, "asked", "10.99.0.0/24").subnets()) == ["10.99.0.0/24"]
        one = lab.join("one", "asked")
        assert one.networks[0].address == "10.99.0.2"
        lab.leave(one)
        remove_all(lab)
    finally:
        for route in routes:
            subprocess.run(["ip", "route", "del", "unreachable", route], check=True)


def test_an_ipv6_subnet_without_ipv6_is_told_of(lab: Lab) -> None:
    told: list[Event] = []
    lab = Lab(Engine(lab.engine.config, told.append))
    network = make(lab, "four", "fd00:74::/64")
    assert all(":" not in subnet for subnet in network.subnets())
    assert "fd00:74::/64 is not used" in next(one.text for one in told if isinstance(one, Warned))


def test_settings_give_subnets_and_options_also_to_the_default_network(lab: Lab) -> None:
    settings = changed(
        lab,
        default_address_pools=(("10.75.0.0/16", 26),),
        default_network_opts=(
            ("bridge", "com.docker.network.driver.mtu", "1380"),
            ("bridge", "com.docker.network.enable_ipv6", "true"),
        ),
    )
    network = make_default(settings.engine)
    assert "mtu 1380" in bridge_of(network)
    assert next(network.subnets()) == "10.75.0.0/26"
    assert network.has_ipv6
    assert network.bridge.startswith("nerdpy")  # other tests of this worker may have made number 0
    wishes = parse_driver_options("bridge", [], settings.engine.config.network_opts("bridge"))
    more = create(settings.engine, parse_request("more", options=wishes))
    assert next(more.subnets()) == "10.75.0.64/26"
    remove_all(settings)


def test_one_name_in_two_namespaces_is_two_networks(lab: Lab) -> None:
    other = changed(lab, namespace="other")
    here, there = make(lab, "front"), make(other, "front")
    assert here.id == there.id
    assert here.bridge != there.bridge
    elsewhere = changed(lab, cni_netconfpath=f"{lab.engine.cni.netconf}-elsewhere", namespace="other")
    with pytest.raises(Conflict, match="an interface"):
        make(elsewhere, "front")
    make(elsewhere, "front", options=("name=br-elsewhere",))
    one = lab.join("one", "front")
    for others in (elsewhere, other):
        remove_all(others)
        assert lab.engine.cni.addresses.joinpath("front", one.networks[0].address).exists()
    lab.leave(one)


def test_a_file_as_nerdctl_writes_it_works_and_goes(lab: Lab) -> None:
    network = make(lab, "theirs")
    assert network.path is not None
    take_away(lab.engine, network)
    content = {key: value for key, value in network.content.items() if key != "nerdpy"}
    network.path.write_text(json.dumps(content))
    one = lab.join("one", "theirs")
    lab.serve(one, 80, "hello")
    assert lab.ask(one.networks[0].address, 80).startswith("hello")
    lab.leave(one)


CREATING = """
import json, sys
from nerdpy.config import Config
from nerdpy.engine import Engine
from nerdpy.network.create import create, parse_request
engine = Engine(Config(**json.loads(sys.argv[1])))
print("go", flush=True)
create(engine, parse_request("front"))
"""


def test_a_killed_creation_leaves_a_whole_network_or_none(lab: Lab) -> None:
    names = ("address", "data_root", "state_root", "cni_netconfpath")
    settings = json.dumps({name: getattr(lab.engine.config, name) for name in names})
    before = left_behind(lab.engine)
    for number in range(8):
        with subprocess.Popen(
            [sys.executable, "-c", CREATING, settings], stdout=subprocess.PIPE, text=True
        ) as one:
            assert one.stdout is not None
            assert one.stdout.readline() == "go\n"
            time.sleep(number * 0.004)
            one.send_signal(signal.SIGKILL)
        remove_all(lab)
        expect(lab.engine, before)
    remove_all(lab)
    lab.leave(lab.join("works", make(lab, "front").name))
