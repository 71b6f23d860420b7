"""What switching forwarding on changes besides."""

from pathlib import Path

from nerdpy.network.router import keep_advertisements
from nerdpy.network.ruleset import switched_script


def test_who_listens_to_routers_goes_on_listening_and_nobody_else_begins(tmp_path: Path) -> None:
    given = {"eth0": "1\n", "eth1": "0\n", "all": "1\n", "default": "1\n", "later": "1\n"}
    for name, value in given.items():
        (tmp_path / "ipv6/conf" / name).mkdir(parents=True)
        (tmp_path / "ipv6/conf" / name / "accept_ra").write_text(value)
    keep_advertisements(tmp_path, ["eth0", "eth1", "all", "default", "no-ipv6"])
    found = {name: (tmp_path / "ipv6/conf" / name / "accept_ra").read_text() for name in given}
    assert found == given | {"eth0": "2"}


def test_the_links_that_were_there_are_told_once_for_both_families() -> None:
    assert switched_script(6, ["lo", "eth0"]) == (
        'add element inet nerdpy switched { ipv6 }\nadd element inet nerdpy there { "lo", "eth0" }\n'
    )
