"""`nerdpy network ...` by the real command."""

import json
import subprocess
from pathlib import Path

from nerdpy.cni.conflist import network_id
from tests.integration.support.cli import Cli


def names(cli: Cli, *more: str) -> list[str]:
    return cli.ok("network", "ls", "--format", "{{.Name}}", *more).lines


def test_create_prints_the_id_and_ls_shows_it(cli: Cli) -> None:
    assert cli.ok("network", "create", "front", "--label", "tier=1").line == network_id("front")
    assert cli.ok("network", "ls", "--filter", "name=front", "-q").line == network_id("front")[:12]
    assert {"front", "host", "none"} <= set(names(cli))
    assert names(cli, "--filter", "label=tier=1") == ["front"]
    assert names(cli, "--filter", "driver=macvlan") == []


def test_listings_show_and_filter_as_docker_does(cli: Cli) -> None:
    cli.ok("network", "create", "front", "--label", "tier=1", "--internal")
    cli.ok("network", "create", "back", "--ipv6")
    assert cli.ok("network", "ls").lines[0].split() == ["NETWORK", "ID", "NAME", "DRIVER", "SCOPE"]
    rows = [json.loads(line) for line in cli.ok("network", "ls", "--format", "json", "--no-trunc").lines]
    by_name = {row["Name"]: row for row in rows}
    assert by_name["front"]["ID"] == network_id("front")
    assert [by_name["back"][key] for key in ("IPv4", "IPv6", "Internal")] == ["true", "true", "false"]
    assert [by_name["front"][key] for key in ("IPv6", "Internal", "Labels")] == ["false", "true", "tier=1"]
    assert [by_name["none"][key] for key in ("Driver", "Scope")] == ["null", "local"]
    for filters, expected in (
        (["type=builtin", "driver=host"], ["host"]),
        (["name=^fr", f"id={network_id('front')[:12]}"], ["front"]),
        (["dangling=true"], ["back", "front"]),
    ):
        assert names(cli, *(f"--filter={one}" for one in filters)) == expected
    assert 'invalid filter "color"' in cli("network", "ls", "--filter", "color=red").err
    ids = cli.ok("network", "ls", "-q", "--no-trunc").lines
    assert all(ids)
    assert [one["Name"] for one in cli.ok("network", "inspect", *ids).json] == names(cli)


def test_inspect_shows_dockers_whole_object(cli: Cli, busybox_image: str) -> None:
    words = """--subnet 10.98.0.0/24 --gateway 10.98.0.254 --ip-range 10.98.0.64/26
        --aux-address printer=10.98.0.70 --ipv6 --subnet fd00:98::/64 --attachable --label tier=1
        -o com.docker.network.bridge.name=shown0
        -o com.docker.network.bridge.host_binding_ipv4=127.0.0.1"""
    cli.ok("network", "create", "full", *words.split())
    run = cli.ok("run", "-d", "--name", "web", "--network", "full", busybox_image, "sleep", "inf")
    cli.ok("run", "-d", "--name", "bare", "--network", "host", busybox_image, "sleep", "inf")
    shown, host = cli.ok("network", "inspect", "-v", "full", "host").json
    link = cli.ok("exec", "web", "ip", "-o", "address", "show", "eth0").out
    endpoint = shown.pop("Containers")[run.line]
    assert endpoint["Name"] == "web"
    assert endpoint["IPv4Address"] in link
    assert endpoint["IPv6Address"] in link
    assert endpoint["MacAddress"] in cli.ok("exec", "web", "ip", "-o", "link", "show", "eth0").out
    assert len(endpoint["EndpointID"]) == 64
    assert shown.pop("Created").startswith("20")
    assert shown == {
        "Name": "full",
        "Id": network_id("full"),
        "Scope": "local",
        "Driver": "bridge",
        "EnableIPv4": True,
        "EnableIPv6": True,
        "IPAM": {
            "Driver": "default",
            "Options": {},
            "Config": [
                {
                    "Subnet": "10.98.0.0/24",
                    "IPRange": "10.98.0.64/26",
                    "Gateway": "10.98.0.254",
                    "AuxiliaryAddresses": {"printer": "10.98.0.70"},
                },
                {"Subnet": "fd00:98::/64", "Gateway": "fd00:98::1"},
            ],
        },
        "Internal": False,
        "Attachable": True,
        "Ingress": False,
        "ConfigFrom": {"Network": ""},
        "ConfigOnly": False,
        "Options": {
            "com.docker.network.bridge.name": "shown0",
            "com.docker.network.bridge.host_binding_ipv4": "127.0.0.1",
        },
        "Labels": {"tier": "1"},
    }
    assert [one["Name"] for one in host["Containers"].values()] == ["bare"]
    cli.ok("rm", "-f", "web", "bare")


def test_a_network_may_go_while_its_containers_are_stopped_and_they_say_so(
    cli: Cli, busybox_image: str
) -> None:
    cli.ok("network", "create", "front")
    cli.ok("create", "--name", "web", "--network", "front", busybox_image, "sleep", "inf")
    cli.ok("network", "rm", network_id("front")[:12])
    done = cli("start", "web")
    assert done.code == 1
    assert 'network "front" not found' in done.err
    cli.ok("network", "create", "front")
    cli.ok("start", "web")
    assert "in use by web" in cli("network", "rm", "front").err
    cli.ok("rm", "-f", "web")


def test_two_networks_get_two_subnets(cli: Cli) -> None:
    cli.ok("network", "create", "front")
    cli.ok("network", "create", "back")
    template = "{{range .IPAM.Config}}{{.Subnet}} {{.IPRange}}{{.Gateway}}{{end}}"
    subnets = cli.ok("network", "inspect", "-f", template, "front", "back").lines
    assert len(set(subnets)) == 2
    assert all(text.startswith("10.4.") and text.endswith(".1") for text in subnets)


def test_what_is_wrong_is_refused_and_leaves_nothing(cli: Cli) -> None:
    cli.ok("network", "create", "front", "--subnet", "10.99.0.0/24")
    for words, complaint in (
        (["front"], 'network "front" already exists'),
        (["back", "--subnet", "10.99.0.0/16"], "overlaps"),
        (["back", "--subnet", "127.0.0.0/24"], "overlaps"),
        (["back", "--driver", "overlay"], "for swarm"),
        (["host"], "reserved"),
        (["x/../../etc"], "invalid network name"),
        (["back", "--ingress"], "swarm"),
    ):
        done = cli("network", "create", *words)
        assert done.code != 0
        assert complaint in done.err
    assert "back" not in names(cli)


def test_inspect_reports_what_is_missing_after_what_was_found(cli: Cli) -> None:
    cli.ok("network", "create", "front")
    done = cli("network", "inspect", "front", "nowhere")
    assert done.code == 1
    assert [one["Name"] for one in json.loads(done.out)] == ["front"]
    assert 'network "nowhere" not found' in done.err
    assert cli.ok("network", "inspect", "--mode", "native", "-f", "{{.NerdctlID}}", "front").line


def test_rm_takes_file_and_bridge_and_refuses_what_is_predefined(cli: Cli) -> None:
    cli.ok("network", "create", "front")
    cli.ok("network", "create", "back")
    done = cli("network", "rm", "front", "bridge", "nowhere", "back")
    assert done.code == 1
    assert done.lines == ["front", "back"]
    assert "predefined" in done.err
    assert 'network "nowhere" not found' in done.err
    assert cli.ok("network", "rm", "-f", "nowhere").lines == []
    links = subprocess.run(["ip", "-o", "link"], capture_output=True, text=True, check=True).stdout
    assert "br-" not in links


def test_a_strangers_network_is_listed_but_not_removed(cli: Cli, busybox_image: str) -> None:
    path = Path("/etc/cni/net.d/99-strangers.conf")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text('{"cniVersion": "1.0.0", "name": "strangers", "type": "macvlan", "master": "lo"}')
    try:
        assert "strangers" in names(cli)
        assert "made by somebody else" in cli("network", "rm", "strangers").err
        for network in ("strangers", "host"):
            container = cli.ok("create", "--network", network, busybox_image, "true").line
            template = f"{{{{.NetworkSettings.Networks.{network}.NetworkID}}}}"
            shown = cli.ok("network", "inspect", "-f", "{{.Id}}", network).line
            assert cli.ok("inspect", "-f", template, container).line == shown
            cli.ok("rm", container)
    finally:
        path.unlink()


def test_prune_asks_and_removes_what_nobody_refers_to(cli: Cli, busybox_image: str) -> None:
    cli.ok("network", "create", "used")
    cli.ok("network", "create", "unused")
    cli.ok("create", "--network", "used", busybox_image, "true")
    short = cli.ok("network", "create", "by-id").line[:6]
    cli.ok("create", "--network", short, busybox_image, "true")
    assert cli.ok("network", "ls", "-q", "-f", "dangling=true").lines == [
        cli.ok("network", "inspect", "-f", "{{slice .Id 0 12}}", "unused").line
    ]
    assert cli("network", "prune", stdin="n\n").code == 0
    assert "unused" in names(cli)
    assert cli.ok("network", "prune", "-f").lines == ["Deleted Networks:", "unused"]
    assert {"used", "by-id"} <= set(names(cli))


def test_a_network_in_use_is_not_removed_until_its_container_stops(cli: Cli, busybox_image: str) -> None:
    cli.ok("network", "create", "front")
    cli.ok("run", "-d", "--name", "web", "--network", "front", busybox_image, "sleep", "inf")
    done = cli("network", "rm", "front")
    assert done.code == 1
    assert "in use by web" in done.err
    assert [one["Name"] for one in cli.ok("network", "inspect", "front").json[0]["Containers"].values()] == [
        "web"
    ]
    cli.ok("rm", "-f", "web")
    cli.ok("network", "rm", "front")


def test_containers_of_one_network_know_each_other_by_name(cli: Cli, busybox_image: str) -> None:
    cli.ok("network", "create", "front")
    cli.ok("run", "-d", "--name", "web", "--network", "front", busybox_image, "sleep", "inf")
    cli.ok("run", "-d", "--name", "db", "--network", "front", busybox_image, "sleep", "inf")
    for target in ("db", "db.front"):
        assert cli("exec", "web", "ping", "-c", "1", "-W", "2", target).code == 0
    cli.ok("rename", "db", "sql")
    assert cli("exec", "web", "ping", "-c", "1", "-W", "2", "sql").code == 0
    assert "db" not in cli.ok("exec", "web", "cat", "/etc/hosts").out.split()
    cli.ok("rm", "-f", "sql")
    assert "sql" not in cli.ok("exec", "web", "cat", "/etc/hosts").out.split()
    cli.ok("rm", "-f", "web")
