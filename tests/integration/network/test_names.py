"""Names: containers find each other by a DNS server or by hosts files, and the world by the host's."""

import os
import signal
import socket
import struct
import subprocess
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from nerdpy.dataclass import replace
from nerdpy.engine import Engine, Event, Warned
from nerdpy.model.network_flag import NetworkRequest
from nerdpy.network import name_server
from nerdpy.network.attach import reattach
from nerdpy.network.attachment import Attachment, ContainerNames
from nerdpy.network.connect import Connecting, connect, wanted_network
from nerdpy.network.create import create, parse_request
from nerdpy.network.disconnect import disconnect
from nerdpy.network.name_server import NameServer, find_program, is_steady
from nerdpy.network.names import refresh_hosts, rename_in_hosts
from nerdpy.network.pools import parse_pools
from nerdpy.network.resolvconf import Given
from nerdpy.network.tending import alone, is_tending_due, tend
from nerdpy.network.zone import parse_zone
from tests.integration.network.conftest import Lab
from tests.integration.support.cli import Cli
from tests.integration.support.isolation import RESOLV_CONF
from tests.integration.support.waiting import eventually

HOST_FILE = Path("/etc/resolv.conf")
MOUNTED = """
mount --bind "$1/resolv.conf" /etc/resolv.conf
mount --bind "$1/hosts" /etc/hosts
shift
exec getent "$@"
"""


def address_of(one: Attachment, network: str = "") -> str:
    return next(found.address for found in one.networks if network in {"", found.name})


def found(lab: Lab, source: Attachment, name: str, database: str = "ahostsv4") -> set[str]:
    """The addresses (or the names) that a program in the container finds, by its own files."""
    folder = lab.engine.paths.container(source.container_id)
    command = [*lab.inside(source), "unshare", "-m", "sh", "-ec", MOUNTED, "sh", str(folder), database, name]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode in {0, 2}, done.stderr
    rows = [line.split() for line in done.stdout.splitlines()]
    return {word for row in rows for word in (row[1:] if database == "hosts" else row[:1])}


def server_of(lab: Lab) -> NameServer:
    return NameServer(lab.engine.paths.dns)


def pid_of(lab: Lab) -> int:
    server = server_of(lab).load()
    assert server is not None
    assert server.is_running
    return server.pid


def make(lab: Lab, name: str, **more: object) -> None:
    create(lab.engine, parse_request(name, **more))  # type: ignore[arg-type]  # the tests' own words


@contextmanager
def resolver(address: str, answer: str) -> Iterator[list[str]]:
    """A DNS server on this machine: www.example.com has one address, nothing else exists. Gives the names
    that it was asked for."""
    asked: list[str] = []

    def serve(server: socket.socket) -> None:
        while True:
            question, peer = server.recvfrom(512)
            if not question:
                return
            end = question.index(b"\0", 12)
            name = b".".join(_labels(question[12:end])).decode()
            asked.append(name)
            kind = struct.unpack(">H", question[end + 1 : end + 3])[0]
            is_known = name == "www.example.com"
            record = b"\xc0\x0c" + struct.pack(">HHIH", 1, 1, 9, 4) + socket.inet_aton(answer)
            body = record if is_known and kind == 1 else b""
            counts = struct.pack(">HHHHH", 0x8180 if is_known else 0x8183, 1, bool(body), 0, 0)
            server.sendto(question[:2] + counts + question[12 : end + 5] + body, peer)

    subprocess.run(["ip", "address", "replace", f"{address}/32", "dev", "lo"], check=True)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind((address, 53))
        thread = threading.Thread(target=serve, args=(server,))
        thread.start()
        try:
            yield asked
        finally:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stopper:
                stopper.sendto(b"", (address, 53))
            thread.join()
    if not address.startswith("127."):
        subprocess.run(["ip", "address", "del", f"{address}/32", "dev", "lo"], check=True)


def _labels(text: bytes) -> Iterator[bytes]:
    while text:
        yield text[1 : text[0] + 1]
        text = text[text[0] + 1 :]


@pytest.fixture
def host_file() -> Iterator[Callable[[str], None]]:
    """Changes the machine's resolv.conf, by a new file in its place as programs do it."""

    def change(text: str) -> None:
        draft = HOST_FILE.with_name("resolv.new")
        draft.write_text(text)
        draft.rename(HOST_FILE)

    yield change
    change(RESOLV_CONF)


@pytest.fixture
def by_dns(lab: Lab) -> Lab:
    """The lab; where there is no aardvark-dns, the test is not for this machine."""
    if not find_program():
        pytest.skip("aardvark-dns is not installed")
    return lab


@pytest.fixture(params=["aardvark-dns", "hosts"])
def either(lab: Lab, request: pytest.FixtureRequest) -> Lab:
    """The lab with and without a DNS server."""
    if request.param == "aardvark-dns" and not find_program():
        pytest.skip("aardvark-dns is not installed")
    return Lab(Engine(replace(lab.engine.config, dns_server=request.param)), lab.servers, lab.leases)


def test_they_find_each_other_by_every_name_and_lose_who_has_left(either: Lab) -> None:
    make(either, "front")
    web = either.join("web", "front", aliases=("api",))
    db = either.join("db", "front")
    for name in ("web", "api", web.container_id[:12], "web.front", "api.front"):
        assert found(either, db, name) == {address_of(web)}, name
    assert found(either, web, "db") == {address_of(db)}
    assert found(either, web, "web") == {address_of(web)}
    rename_in_hosts(either.engine, web.container_id, "www")
    assert found(either, db, "www") == {address_of(web)}
    assert "\tweb" not in either.engine.paths.hosts(db.container_id).read_text()
    either.leave(web)
    taker = either.join("taker", "front", ip=address_of(web))
    again = reattach(either.engine, web.container_id)
    assert again is not None
    assert address_of(again) != address_of(web)
    assert found(either, db, "www") == {address_of(again)}
    for one in (taker, db, again):
        either.leave(one)


def test_sixteen_at_once_all_know_each_other_at_the_end(either: Lab) -> None:
    make(either, "front")
    with ThreadPoolExecutor(16) as pool:
        joined = list(pool.map(lambda number: either.join(f"c{number}", "front"), range(16)))
        expected = {f"c{number}": {address_of(one)} for number, one in enumerate(joined)}
        assert {name: found(either, joined[0], name) for name in expected} == expected
        list(pool.map(either.leave, joined))


def test_the_default_network_has_no_names_and_no_server(by_dns: Lab) -> None:
    web, db = by_dns.join("web"), by_dns.join("db")
    assert "\tweb" not in by_dns.engine.paths.hosts(db.container_id).read_text()
    assert not by_dns.engine.paths.dns.exists()
    assert "nameserver 192.0.2.53" in by_dns.engine.paths.resolv_conf(db.container_id).read_text()
    for one in (web, db):
        by_dns.leave(one)


def test_of_two_networks_all_names_resolve_and_alias_counts_on_its_own(by_dns: Lab) -> None:
    for name in ("front", "back", "six"):
        make(by_dns, name, **({"pools": parse_pools(["fd00:53::/64"])} if name == "six" else {}))
    requests = (
        NetworkRequest(name="front", aliases=("f",)),
        NetworkRequest(name="back", aliases=("b", "any")),
    )
    both = by_dns.join("both", "front", "back", endpoints=requests)
    one = by_dns.join("one", "front", aliases=("any",))
    two = by_dns.join("two", "back", aliases=("any",))
    assert found(by_dns, both, "one") == {address_of(one)}
    assert found(by_dns, both, "two") == {address_of(two)}
    assert found(by_dns, two, "any") == {address_of(two), address_of(both, "back")}
    if is_steady(find_program()):  # 1.4 answers so that glibc does not see it
        assert "both" in found(by_dns, one, address_of(both, "front"), "hosts")
    gateways = [network.gateway for network in both.networks]
    text = by_dns.engine.paths.resolv_conf(both.container_id).read_text()
    servers = [line.split()[1] for line in text.splitlines() if line.startswith("nameserver")]
    assert servers[:2] == gateways
    assert set(servers) == set(gateways)
    for each in (both, one, two):
        by_dns.leave(each)


def test_ipv6_addresses_are_known_too(by_dns: Lab) -> None:
    make(by_dns, "six", pools=parse_pools(["fd00:53::/64"]), has_ipv6=True)
    web, db = by_dns.join("web", "six"), by_dns.join("db", "six")
    assert found(by_dns, db, "web", "ahostsv6") == {web.networks[0].address6}
    assert found(by_dns, db, "web") == {address_of(web)}
    for one in (web, db):
        by_dns.leave(one)


def test_what_the_network_does_not_know_the_hosts_servers_know(
    by_dns: Lab, host_file: Callable[[str], None]
) -> None:
    make(by_dns, "front")
    with (
        resolver("127.0.0.1", "192.0.2.80") as first,
        resolver("127.0.0.2", "192.0.2.81"),
        resolver("192.0.2.9", "192.0.2.82"),
    ):
        host_file("nameserver 127.0.0.1\nsearch example.com\n")
        web, own = (
            by_dns.join("web", "front"),
            by_dns.join("own", "front", given=Given(servers=("192.0.2.9",))),
        )
        assert found(by_dns, web, "www.example.com") == {"192.0.2.80"}
        assert found(by_dns, web, "no.example.net") == set()
        assert found(by_dns, web, "own") == {address_of(own)}
        assert "own.example.com" not in first
        assert found(by_dns, own, "www.example.com") == {"192.0.2.82"}
        assert found(by_dns, own, "web") == {address_of(web)}
        host_file("nameserver 127.0.0.2\n")
        tend(by_dns.engine)
        assert found(by_dns, web, "www.example.com") == {"192.0.2.81"}
        for one in (web, own):
            by_dns.leave(one)


def test_an_option_that_the_server_does_not_know_costs_nobody_the_world(
    by_dns: Lab, host_file: Callable[[str], None]
) -> None:
    make(by_dns, "front")
    host_file("nameserver 127.0.0.77\noptions no-aaaa\n")
    with resolver("127.0.0.77", "198.51.100.7"):
        web = by_dns.join("web", "front")
        assert found(by_dns, web, "www.example.com") == {"198.51.100.7"}
        by_dns.leave(web)


def test_an_internal_network_tells_names_and_asks_nobody_outside(
    by_dns: Lab, host_file: Callable[[str], None]
) -> None:
    make(by_dns, "inside", is_internal=True)
    with resolver("127.0.0.1", "192.0.2.80") as asked:
        host_file("nameserver 127.0.0.1\n")
        impatient = Given(options=("timeout:1", "attempts:1"))
        web, db = by_dns.join("web", "inside"), by_dns.join("db", "inside", given=impatient)
        assert found(by_dns, db, "web") == {address_of(web)}
        assert found(by_dns, db, "www.example.com") == set()
        assert asked == []
        for one in (web, db):
            by_dns.leave(one)


def test_a_killed_server_is_back_after_the_next_command(by_dns: Lab) -> None:
    make(by_dns, "front")
    web, db = by_dns.join("web", "front"), by_dns.join("db", "front")
    dead = pid_of(by_dns)
    os.kill(dead, signal.SIGKILL)
    eventually(lambda: not server_of(by_dns).load().is_running)  # type: ignore[union-attr]  # there is one
    tend(by_dns.engine)
    assert pid_of(by_dns) != dead
    assert found(by_dns, db, "web") == {address_of(web)}
    os.kill(pid_of(by_dns), signal.SIGKILL)
    late = by_dns.join("late", "front")
    assert found(by_dns, db, "late") == {address_of(late)}
    for one in (web, db, late):
        by_dns.leave(one)
    assert not by_dns.engine.paths.dns.exists()


def test_a_server_that_hangs_is_replaced_by_the_next_change(by_dns: Lab) -> None:
    make(by_dns, "front")
    web = by_dns.join("web", "front")
    stopped = pid_of(by_dns)
    os.kill(stopped, signal.SIGSTOP)
    db = by_dns.join("db", "front")
    assert pid_of(by_dns) != stopped
    assert found(by_dns, web, "db") == {address_of(db)}
    for one in (web, db):
        by_dns.leave(one)


def test_a_server_whose_starter_was_killed_before_it_noted_it_is_replaced(by_dns: Lab) -> None:
    make(by_dns, "front")
    web = by_dns.join("web", "front")
    unknown = pid_of(by_dns)
    (by_dns.engine.paths.dns / "server.json").unlink()
    db = by_dns.join("db", "front")
    assert pid_of(by_dns) != unknown
    assert found(by_dns, db, "web") == {address_of(web)}
    assert found(by_dns, web, "db") == {address_of(db)}
    for one in (web, db):
        by_dns.leave(one)


def test_what_a_killed_command_wrote_and_did_not_tell_is_told_by_the_next(by_dns: Lab) -> None:
    make(by_dns, "front")
    web = by_dns.join("web", "front")
    db = by_dns.join("db", "front", given=Given(search=(".",), options=("timeout:1", "attempts:1")))
    assert not is_tending_due(by_dns.engine)
    server = server_of(by_dns)
    (path,) = server.files()
    zone = parse_zone(path.read_text())
    assert zone is not None
    member = zone.member(web.container_id)
    assert member is not None
    server.write(path.name, zone.having(replace(member, names=("renamed",))))
    assert found(by_dns, db, "renamed") == set()
    tend(by_dns.engine)
    assert found(by_dns, db, "renamed") == {address_of(web)}
    assert not is_tending_due(by_dns.engine)
    for one in (web, db):
        by_dns.leave(one)


def test_names_come_back_when_who_took_the_port_of_a_dead_server_has_gone(by_dns: Lab) -> None:
    heard: list[Event] = []
    lab = Lab(Engine(by_dns.engine.config, heard.append), by_dns.servers, by_dns.leases)
    make(lab, "front")
    web, db = lab.join("web", "front"), lab.join("db", "front")
    os.kill(pid_of(lab), signal.SIGKILL)
    eventually(lambda: not server_of(lab).load().is_running)  # type: ignore[union-attr]  # there is one
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        # A process that has just died may hold it a moment longer.
        eventually(lambda: other.bind(("", 53)) or True)  # type: ignore[func-returns-value]
        late = lab.join("late", "front")
    said = [event.text for event in heard if isinstance(event, Warned)]
    reason = f"port 53 of {web.networks[0].gateway} is taken by another program"
    assert said == [f"the DNS server of this engine's networks did not start: {reason}"]
    (lab.engine.paths.dns / "failed").unlink()  # a minute later
    tend(lab.engine)
    assert found(lab, db, "web") == {address_of(web)}
    assert found(lab, db, "late") == {address_of(late)}
    for one in (web, db, late):
        lab.leave(one)


def test_no_command_waits_for_another_that_looks_after_the_server(by_dns: Lab) -> None:
    make(by_dns, "front")
    web = by_dns.join("web", "front")
    os.kill(pid_of(by_dns), signal.SIGKILL)
    eventually(lambda: is_tending_due(by_dns.engine))
    with alone(by_dns.engine):
        tend(by_dns.engine)
    assert is_tending_due(by_dns.engine)
    by_dns.leave(web)


def test_a_server_that_does_not_start_says_why_and_hosts_files_take_over(
    by_dns: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "aardvark-dns"
    program.write_text("#!/bin/sh\necho the moon is wrong >&2; echo no >&2; exit 1\n")
    program.chmod(0o755)
    monkeypatch.setattr(name_server, "_FOLDERS", (str(tmp_path),))
    heard: list[Event] = []
    lab = Lab(Engine(by_dns.engine.config, heard.append), by_dns.servers, by_dns.leases)
    make(lab, "front")
    web, db = lab.join("web", "front"), lab.join("db", "front")
    warnings = [event.text for event in heard if isinstance(event, Warned)]
    assert warnings == [
        'containers of network "front" find each other by hosts files: no DNS server, the moon is wrong'
    ]
    assert found(lab, db, "web") == {address_of(web)}
    for one in (web, db):
        lab.leave(one)
    assert not lab.engine.paths.dns.exists()


def test_what_the_user_wrote_stays(either: Lab) -> None:
    make(either, "front")
    web = either.join("web", "front")
    hosts, conf = (
        either.engine.paths.container(web.container_id) / name for name in ("hosts", "resolv.conf")
    )
    mine = "1.1.1.1\tmine\n" + hosts.read_text() + "2.2.2.2\tmine too"
    for path, text in ((hosts, mine), (conf, "nameserver 192.0.2.1\n")):
        with path.open("r+") as file:  # in place, as in the container
            file.truncate(file.write(text))
    db = either.join("db", "front")
    text = hosts.read_text()
    assert text.startswith("1.1.1.1\tmine\n")
    assert text.endswith("2.2.2.2\tmine too")
    either.leave(web)
    again = reattach(either.engine, web.container_id)
    assert again is not None
    assert conf.read_text() == "nameserver 192.0.2.1\n"
    assert found(either, again, "db") == {address_of(db)}
    for one in (again, db):
        either.leave(one)


def test_resolv_conf_follows_the_host_at_the_next_start(lab: Lab, host_file: Callable[[str], None]) -> None:
    web = lab.join("web")
    conf = lab.engine.paths.resolv_conf(web.container_id)
    inode = conf.stat().st_ino
    assert conf.read_text().startswith("nameserver 192.0.2.53\nsearch test.example\noptions ndots:1\n")
    host_file("nameserver 192.0.2.54\n")
    lab.leave(web)
    again = reattach(lab.engine, web.container_id)
    assert again is not None
    assert conf.read_text().startswith("nameserver 192.0.2.54\n#")
    assert conf.stat().st_ino == inode, "it is mounted into the container"
    lab.leave(again)


def test_beside_a_name_server_others_follow_the_host_and_so_does_who_leaves_it(
    by_dns: Lab, host_file: Callable[[str], None]
) -> None:
    make(by_dns, "front")
    web, plain = by_dns.join("web", "front"), by_dns.join("plain")
    conf = by_dns.engine.paths.resolv_conf(plain.container_id)
    connect(
        by_dns.engine,
        Connecting(
            container_id=plain.container_id,
            network=wanted_network(by_dns.engine, "front"),
            asked=NetworkRequest(name="front"),
            names=ContainerNames(name="plain"),
        ),
    )
    assert conf.read_text().startswith(f"nameserver {web.networks[0].gateway}\n")
    disconnect(by_dns.engine, plain.container_id, "front")
    assert conf.read_text().startswith("nameserver 192.0.2.53\n")
    by_dns.leave(plain)
    host_file("nameserver 192.0.2.54\n")
    again = reattach(by_dns.engine, plain.container_id)
    assert again is not None
    assert conf.read_text().startswith("nameserver 192.0.2.54\n")
    for one in (web, again):
        by_dns.leave(one)


def test_where_the_port_is_taken_the_hosts_files_say_it(by_dns: Lab) -> None:
    make(by_dns, "front")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("", 53))
        web, db = by_dns.join("web", "front"), by_dns.join("db", "front")
        assert found(by_dns, db, "web") == {address_of(web)}
        assert not by_dns.engine.paths.dns.exists()
    late = by_dns.join("late", "front")
    assert pid_of(by_dns)
    assert found(by_dns, db, "late") == {address_of(late)}
    assert found(by_dns, late, "db") == {address_of(db)}
    for one in (web, db, late):
        by_dns.leave(one)


def test_a_firewall_that_drops_questions_is_noticed_once(by_dns: Lab) -> None:
    heard: list[Event] = []
    deaf = Lab(Engine(by_dns.engine.config, heard.append), by_dns.servers, by_dns.leases)
    make(deaf, "front")
    drop = "add table inet wall; add chain inet wall in { type filter hook input priority 0; };"
    drop += 'add rule inet wall in iifname "br-*" udp dport 53 drop'
    subprocess.run(["nft", drop], check=True)
    web, db = deaf.join("web", "front"), deaf.join("db", "front")
    subprocess.run(["nft", "delete table inet wall"], check=True)
    warnings = [event.text for event in heard if isinstance(event, Warned)]
    assert len(warnings) == 1
    assert 'containers of network "front" get no answer from its gateway' in warnings[0]
    assert found(deaf, db, "web") == {address_of(web)}
    for one in (web, db):
        deaf.leave(one)
    assert not deaf.engine.paths.dns.exists()


def test_two_namespaces_keep_their_names_apart(by_dns: Lab, host_file: Callable[[str], None]) -> None:
    other = Lab(Engine(replace(by_dns.engine.config, namespace="other")), by_dns.servers, by_dns.leases)
    for lab in (by_dns, other):
        make(lab, "front")
    web, theirs, db = by_dns.join("web", "front"), other.join("web", "front"), by_dns.join("db", "front")
    assert found(by_dns, db, "web") == {address_of(web)}
    assert found(other, theirs, "web") == {address_of(theirs)}
    with resolver("127.0.0.1", "192.0.2.80"):
        host_file("nameserver 127.0.0.1\n")
        tend(other.engine)
        assert found(other, theirs, "db") == set()
    other.leave(theirs)
    assert found(by_dns, db, "web") == {address_of(web)}
    refresh_hosts(by_dns.engine, db.container_id)
    for one in (web, db):
        by_dns.leave(one)
    for network in other.engine.cni.networks():
        if network.name == "front":
            from nerdpy.network.rm import take_away

            take_away(other.engine, network)


def test_a_name_is_known_when_run_returns_and_follows_its_container(cli: Cli, busybox_image: str) -> None:
    cli.ok("network", "create", "front")
    cli.ok("run", "-d", "--name", "db", "--network", "front", busybox_image, "sleep", "inf")
    cli.ok("run", "-d", "--name", "web", "--network", "front", busybox_image, "sleep", "inf")
    assert cli("exec", "db", "ping", "-c", "1", "-W", "2", "web").code == 0
    cli.ok("stop", "-t", "0", "web")
    cli.ok("run", "-d", "--name", "taker", "--network", "front", busybox_image, "sleep", "inf")
    cli.ok("start", "web")
    address = cli.ok("inspect", "-f", "{{.NetworkSettings.Networks.front.IPAddress}}", "web").line
    assert f"({address})" in cli.ok("exec", "db", "ping", "-c", "1", "-W", "2", "web").out
    if find_program():
        assert address in cli.ok("exec", "db", "nslookup", "-type=a", "web.front").out
    cli.ok("rm", "-f", "db", "web", "taker")
