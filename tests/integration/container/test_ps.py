"""ps: which containers, in which order, in which words."""

import json
import re

import pytest

from tests.integration.conftest import AddImage
from tests.integration.container.conftest import Idle
from tests.integration.support.cli import Cli
from tests.integration.support.waiting import eventually


@pytest.fixture
def zoo(cli: Cli, add_image: AddImage, idle: Idle, busybox_image: str) -> Cli:
    """up (running), frozen (paused), fresh (created), failed (exited 3), in this order of age."""
    idle("up", "-p", "7700-7702:80-82", "--expose", "99", "-l", "a=1", "-l", "b=2", "-v", "vol:/vol")
    idle("frozen", "--network", "none", "-l", "a=1")
    cli.ok("pause", "frozen")
    cli.ok("create", "--name", "fresh", add_image("odd:ports"))
    assert cli("run", "--name", "failed", busybox_image, "sh", "-c", "exit 3 # a long command line").code == 3
    return cli


def names(cli: Cli, *flags: str) -> list[str]:
    return cli.ok("ps", *flags, "--format", "{{.Names}}").lines


def test_a_table_of_what_runs_or_of_all(zoo: Cli) -> None:
    header, *rows = zoo.ok("ps").lines
    assert re.split(r" {2,}", header) == [
        "CONTAINER ID", "IMAGE", "COMMAND", "CREATED", "STATUS", "PORTS", "NAMES",
    ]  # fmt: skip
    assert [row.split()[-1] for row in rows] == ["frozen", "up"]
    assert names(zoo, "-a") == ["failed", "fresh", "frozen", "up"]
    assert names(zoo, "-n", "2") == ["failed", "fresh"]
    assert names(zoo, "-l") == ["failed"]
    assert names(zoo, "--last", "-1") == ["frozen", "up"]


def test_cells_are_in_dockers_words(zoo: Cli) -> None:
    rows = [json.loads(line) for line in zoo.ok("ps", "-a", "--format", "json").lines]
    cells = {row["Names"]: row for row in rows}
    assert re.fullmatch(r"Up .*second.*", cells["up"]["Status"])
    assert re.fullmatch(r"Up .*second.* \(Paused\)", cells["frozen"]["Status"])
    assert cells["fresh"]["Status"] == "Created"
    assert re.fullmatch(r"Exited \(3\) .*second.* ago", cells["failed"]["Status"])
    assert [cells[name]["State"] for name in ("up", "frozen", "fresh", "failed")] == [
        "running", "paused", "created", "exited",
    ]  # fmt: skip
    assert "0.0.0.0:7700-7702->80-82/tcp" in cells["up"]["Ports"]
    assert "99/tcp" in cells["up"]["Ports"]
    assert (cells["fresh"]["Ports"], cells["failed"]["Ports"]) == ("", "")
    assert cells["failed"]["Command"] == '"sh -c \'exit 3 # a l…"' or cells["failed"]["Command"].endswith(
        '…"'
    )
    assert cells["up"]["Labels"].split(",") == ["a=1", "b=2"]
    assert (cells["up"]["Mounts"], cells["up"]["LocalVolumes"]) == ("vol", "1")
    assert (cells["up"]["Networks"], cells["frozen"]["Networks"]) == ("bridge", "none")
    assert cells["up"]["RunningFor"].endswith("ago")
    assert re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \+0000 UTC", cells["up"]["CreatedAt"])


def test_ids_are_short_unless_asked_otherwise(zoo: Cli) -> None:
    short = zoo.ok("ps", "-aq").lines
    long = zoo.ok("ps", "-aq", "--no-trunc").lines
    assert {len(one) for one in short} == {12}
    assert [one[:12] for one in long] == short
    assert "# a long command line" in zoo.ok("ps", "-l", "--no-trunc").out
    assert zoo.ok("ps", "-l", "-q", "--format", "table {{.ID}}").code == 0


def test_sizes_are_shown_on_request(zoo: Cli) -> None:
    zoo.ok("exec", "up", "sh", "-c", "head -c 200000 /dev/zero > /grown")
    header, *rows = zoo.ok("ps", "-s").lines
    assert header.endswith("SIZE")
    assert all(re.search(r"\d[\d.]*[kM]?B \(virtual [\d.]+[kM]B\)$", row) for row in rows)
    grown = zoo.ok("ps", "--format", "{{.Names}} {{.Size}}").lines[-1]
    assert re.match(r"up 2\d\dkB \(virtual", grown)


FILTERS: tuple[tuple[tuple[str, ...], list[str]], ...] = (
    (("-a", "-f", "name=f"), ["failed", "fresh", "frozen"]),
    (("-a", "-f", "name=^/?f.*d$"), ["failed"]),
    (("-f", "status=exited"), ["failed"]),
    (("-f", "status=paused", "-f", "status=created"), ["fresh", "frozen"]),
    (("-a", "-f", "exited=3"), ["failed"]),
    (("-a", "-f", "exited=0"), []),
    (("-f", "label=a"), ["frozen", "up"]),
    (("-f", "label=a=1", "-f", "label=b=2"), ["up"]),
    (("-a", "-f", "label=colour=blue"), ["fresh"]),
    (("-a", "-f", "before=fresh"), ["frozen", "up"]),
    (("-a", "-f", "since=frozen"), ["failed", "fresh"]),
    (("-f", "network=none"), ["frozen"]),
    (("-f", "volume=vol"), ["up"]),
    (("-f", "volume=/vol"), ["up"]),
    (("-a", "-f", "ancestor=odd:ports"), ["fresh"]),
    (("-f", "ancestor=busybox"), ["frozen", "up"]),
    (("-f", "publish=7701"), ["up"]),
    (("-f", "expose=99/tcp"), ["up"]),
    (("-f", "health=none"), ["frozen", "up"]),
    (("-f", "id="), []),
    (("-f", "name="), ["frozen", "up"]),
)


def test_filters(zoo: Cli) -> None:
    for flags, found in FILTERS:
        assert names(zoo, *flags) == found, flags


def test_an_ancestor_is_an_image_or_one_that_it_stands_on(cli: Cli, idle: Idle, busybox_image: str) -> None:
    """Not a name: when that moves to another image, it is that other one's."""
    idle("base")
    cli.ok("exec", "base", "touch", "/more")
    cli.ok("commit", "base", "child:1")
    cli.ok("run", "-d", "--name", "young", "child:1", "sleep", "inf")
    assert names(cli, "-f", f"ancestor={busybox_image}") == ["young", "base"]
    assert names(cli, "-f", "ancestor=child:1") == ["young"]
    cli.ok("tag", "child:1", busybox_image)
    assert names(cli, "-f", f"ancestor={busybox_image}") == ["young"]


def test_a_network_is_found_by_its_id_too(cli: Cli, idle: Idle) -> None:
    network = cli.ok("network", "create", "front").line
    idle("web", "--network", "front")
    idle("other", "--network", "none")
    for text in ("front", network, network[:12]):
        assert names(cli, "-f", f"network={text}") == ["web"]


def test_health_is_a_filter_and_stands_in_the_status(cli: Cli, idle: Idle) -> None:
    idle("good", "--health-cmd", "true", "--health-interval", "1s")
    idle("bad", "--health-cmd", "false", "--health-interval", "1s", "--health-retries", "1")
    idle("plain")
    eventually(lambda: names(cli, "-f", "health=healthy") == ["good"])
    eventually(lambda: names(cli, "-f", "health=unhealthy") == ["bad"])
    assert names(cli, "-f", "health=none") == ["plain"]
    assert "(healthy)" in cli.ok("ps", "-f", "name=good", "--format", "{{.Status}}").line


def test_bad_filters_and_formats_are_refused(cli: Cli, idle: Idle) -> None:
    idle("one")
    for flags, words in (
        (("-f", "colour=blue"), "colour"),
        (("-f", "status=sleepy"), "sleepy"),
        (("-f", "exited=much"), "much"),
        (("-a", "-f", "before=nobody"), "No such container: nobody"),
        (("--format", "{{.NoSuchField}}"), "NoSuchField"),
        (("--format", "{{"), "emplate"),
    ):
        refused = cli("ps", *flags)
        assert refused.code in {1, 125}, str(refused)
        assert words in refused.err, str(refused)


def test_nothing_is_an_empty_table(cli: Cli) -> None:
    assert len(cli.ok("ps").lines) == 1
    assert cli.ok("ps", "--format", "json").out == ""
    assert cli.ok("container", "ls", "-q").out == cli.ok("container", "list", "-aq").out == ""
