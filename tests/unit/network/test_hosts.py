"""The hosts file: our block is ours, everything else is the user's."""

import os
from pathlib import Path

import pytest

from nerdpy.config import Config
from nerdpy.engine import Engine
from nerdpy.network.attachment import (
    Attachment,
    ContainerNames,
    Link,
    NetworkAttachment,
    Record,
    load_record,
    save_record,
)
from nerdpy.network.hosts import first_hosts, neighbour_lines, own_lines, rewritten, told_of
from nerdpy.network.names import refresh_hosts, rename_in_hosts
from nerdpy.network.resolver import follow, servers_of


def container(
    number: int, *networks: str, state: str = "attached", aliases: tuple[str, ...] = (), **names: object
) -> Attachment:
    return Attachment(
        container_id=f"{number:064x}",
        state=state,  # type: ignore[arg-type]  # the tests' own words
        networks=tuple(
            NetworkAttachment(name=name, address=f"10.{place}.0.{number}", aliases=aliases)
            for place, name in enumerate(networks)
        ),
        names=ContainerNames(**names),  # type: ignore[arg-type]  # as above
    )


def test_a_new_file_has_localhost_and_the_hosts_that_were_added() -> None:
    text = first_hosts([("db", "10.0.0.1"), ("db", "fd00::1")])
    assert text.startswith("127.0.0.1\tlocalhost\n")
    assert text.endswith("10.0.0.1\tdb\nfd00::1\tdb\n# <nerdpy>\n# </nerdpy>\n")


def test_rewriting_changes_the_block_alone() -> None:
    text = "1.1.1.1\tmine\n# <nerdpy>\nold\n# </nerdpy>\n2.2.2.2 mine too, without newline"
    assert rewritten(text, ["new"]) == (
        "1.1.1.1\tmine\n# <nerdpy>\nnew\n# </nerdpy>\n2.2.2.2 mine too, without newline"
    )
    assert rewritten(rewritten(text, ["new"]), ["old"]) == text


def test_a_file_that_the_user_wrote_anew_gets_its_block_at_the_end() -> None:
    assert rewritten("1.1.1.1 a", ["x"]) == "1.1.1.1 a\n# <nerdpy>\nx\n# </nerdpy>\n"
    assert rewritten("", []) == "# <nerdpy>\n# </nerdpy>\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("# <nerdpy>\nmine\n", "# <nerdpy>\nmine\n# <nerdpy>\nx\n# </nerdpy>\n"),
        (
            "# <nerdpy>\nmine\n# <nerdpy>\nold\n# </nerdpy>\n",
            "# <nerdpy>\nmine\n# <nerdpy>\nx\n# </nerdpy>\n",
        ),
        ("# </nerdpy>\n1.1.1.1 a\n", "# </nerdpy>\n1.1.1.1 a\n# <nerdpy>\nx\n# </nerdpy>\n"),
        ("see # <nerdpy>\na # </nerdpy>\n", "see # <nerdpy>\na # </nerdpy>\n# <nerdpy>\nx\n# </nerdpy>\n"),
        ("1.1.1.1 a\r\n# <nerdpy>\r\nold\r\n# </nerdpy>\r\n", "1.1.1.1 a\r\n# <nerdpy>\nx\n# </nerdpy>\n"),
        ("# <nerdpy>\nold\n# </nerdpy>", "# <nerdpy>\nx\n# </nerdpy>\n"),
    ],
)
def test_a_mark_without_its_partner_is_the_users_text(before: str, after: str) -> None:
    assert rewritten(before, ["x"]) == after
    assert rewritten(after, ["x"]) == after


@pytest.mark.parametrize(
    ("hostname", "domainname", "expected"),
    [
        ("web1", "example.org", "web1.example.org web1 web"),
        ("web1.example.org", "", "web1.example.org web1 web"),
        ("web1.a", "example.org", "web1.a.example.org web1.a web1 web"),
        ("web1", "", "web1 web"),
        ("", "", "web"),
    ],
)
def test_own_lines_hold_the_full_name_first_and_its_first_part(
    hostname: str, domainname: str, expected: str
) -> None:
    own = container(5, "front", name="web", hostname=hostname, domainname=domainname)
    assert own_lines(own) == [f"10.0.0.5\t{expected}"]


def test_neighbours_are_those_on_the_same_network_that_are_up() -> None:
    own = container(1, "front", "back", name="web")
    others = [
        own,
        container(2, "back", name="db", hostname="0002", aliases=("sql",)),
        container(3, "elsewhere", name="stranger"),
        container(4, "back", name="gone", state="detached"),
    ]
    short = f"{2:064x}"[:12]
    assert neighbour_lines(own, told_of(others)) == [
        f"10.0.0.2\tdb 0002 sql {short} db.back 0002.back sql.back {short}.back"
    ]


def test_the_default_network_tells_no_names() -> None:
    own, other = container(1, "bridge", name="web"), container(2, "bridge", name="db")
    assert neighbour_lines(own, told_of([own, other]), silent=["bridge"]) == []


def engine_in(folder: Path) -> Engine:
    return Engine(Config(address="/x", data_root=str(folder), state_root=str(folder), dns_server="hosts"))


def known(engine: Engine, number: int, *networks: str, name: str, state: str = "attached") -> str:
    container_id = f"{number:064x}"
    folder = engine.paths.container(container_id)
    folder.mkdir(parents=True, exist_ok=True)
    links = [
        Link(
            name=network,
            network_id="",
            interface="eth0",
            plugins=[],
            arguments={},
            is_default=network == "bridge",
            result={"ips": [{"address": f"10.0.0.{number}/24"}]},
        )
        for network in networks
    ]
    record = Record(state=state, netns="", links=links, ports=[], names=ContainerNames(name=name))  # type: ignore[arg-type]  # the tests' own words
    save_record(engine.paths.attachment(container_id), record)
    return container_id


def test_a_newcomer_is_told_to_its_neighbours_in_their_own_files(tmp_path: Path) -> None:
    engine = engine_in(tmp_path)
    first = known(engine, 1, "front", name="web")
    refresh_hosts(engine, first)
    path = engine.paths.hosts(first)
    inode = path.stat().st_ino
    path.write_text("9.9.9.9\tmine\n" + path.read_text())
    second = known(engine, 2, "front", name="db")
    refresh_hosts(engine, second)
    assert "10.0.0.2\tdb" in path.read_text()
    assert path.read_text().startswith("9.9.9.9\tmine\n")
    assert path.stat().st_ino == inode
    assert "10.0.0.1\tweb" in engine.paths.hosts(second).read_text()
    rename_in_hosts(engine, second, "sql")
    assert "10.0.0.2\tsql" in path.read_text()
    assert "db" not in path.read_text()


def test_one_that_is_detached_is_forgotten(tmp_path: Path) -> None:
    engine = engine_in(tmp_path)
    first, second = known(engine, 1, "front", name="web"), known(engine, 2, "front", name="db")
    refresh_hosts(engine, second)
    known(engine, 2, "front", name="db", state="detached")
    refresh_hosts(engine, second)
    assert "db" not in engine.paths.hosts(first).read_text()


def test_a_file_that_its_container_has_blown_up_is_left_alone(tmp_path: Path) -> None:
    engine = engine_in(tmp_path)
    first, second = known(engine, 1, "front", name="web"), known(engine, 2, "front", name="db")
    refresh_hosts(engine, first)
    blown = 1 << 40
    for path in (engine.paths.hosts(first), engine.paths.resolv_conf(first)):
        path.touch()
        os.truncate(path, blown)
    refresh_hosts(engine, second)
    follow(engine, first)
    assert "10.0.0.1\tweb" in engine.paths.hosts(second).read_text()
    assert servers_of(engine, first) == ()
    assert engine.paths.hosts(first).stat().st_size == blown
    assert engine.paths.resolv_conf(first).stat().st_size == blown


def test_a_name_is_one_word_of_a_line(tmp_path: Path) -> None:
    engine = engine_in(tmp_path)
    first = known(engine, 1, "front", name="web")
    refresh_hosts(engine, known(engine, 2, "front", name="db\n6.6.6.6 bank.example"))
    refresh_hosts(engine, first)
    assert "bank" not in engine.paths.hosts(first).read_text()


def test_a_record_survives_the_disk_and_a_broken_one_is_none(tmp_path: Path) -> None:
    engine = engine_in(tmp_path)
    container_id = known(engine, 1, "front", name="web")
    path = engine.paths.attachment(container_id)
    record = load_record(path)
    assert record is not None
    save_record(path, record)
    assert load_record(path) == record
    assert path.stat().st_mode & 0o777 == 0o600
    for broken in ("", "[]", "{}", '{"state": "attached"}'):
        path.write_text(broken)
        assert load_record(path) is None
