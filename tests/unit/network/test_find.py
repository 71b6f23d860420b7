"""Which network a word means."""

import json
from pathlib import Path

import pytest

from nerdpy.cni.conflist import network_id
from nerdpy.config import Config
from nerdpy.engine import Engine
from nerdpy.errors import InvalidArgument, NotFound
from nerdpy.network.find import find_network, list_networks


def engine_with(tmp_path: Path, *networks: dict[str, object]) -> Engine:
    engine = Engine(Config(cni_netconfpath=str(tmp_path)))
    for number, content in enumerate(networks):
        path = tmp_path / f"{number}.conflist"
        path.write_text(json.dumps({"plugins": [{"type": "bridge"}]} | content))
    return engine


def test_a_name_wins_over_the_beginning_of_an_id(tmp_path: Path) -> None:
    odd = network_id("front")[:6]
    engine = engine_with(
        tmp_path, {"name": "front", "nerdctlID": network_id("front")}, {"name": odd, "nerdctlID": "0"}
    )
    assert find_network(engine, odd).name == odd
    assert find_network(engine, network_id("front")[:7]).name == "front"


def test_bridge_is_the_one_with_the_label_whatever_its_name(tmp_path: Path) -> None:
    engine = engine_with(
        tmp_path, {"name": "bridge"}, {"name": "mine", "nerdctlLabels": {"nerdctl/default-network": "true"}}
    )
    assert find_network(engine, "bridge").name == "mine"
    assert find_network(engine, "default").name == "mine"


def test_what_is_unknown_or_ambiguous_is_refused(tmp_path: Path) -> None:
    engine = engine_with(tmp_path, {"name": "one", "nerdctlID": "aa1"}, {"name": "two", "nerdctlID": "aa2"})
    with pytest.raises(NotFound, match='network "three" not found'):
        find_network(engine, "three")
    with pytest.raises(InvalidArgument, match="beginning of 2 network ids"):
        find_network(engine, "aa")
    with pytest.raises(NotFound) as nameless:
        find_network(engine, "")
    assert "network ls" in (nameless.value.hint or ""), "nobody is told to make a network without a name"


def test_a_broken_file_warns_and_hides_nothing_else(tmp_path: Path) -> None:
    told: list[object] = []
    engine = Engine(Config(cni_netconfpath=str(tmp_path)), told.append)
    (tmp_path / "a.conflist").write_text("{")
    (tmp_path / "b.conf").write_text('{"name": "lone", "type": "macvlan", "master": "eth0"}')
    (tmp_path / "c.json").write_text('{"name": "", "plugins": []}')
    (tmp_path / "d.txt").write_text("not looked at")
    (network,) = list_networks(engine)
    assert (network.name, network.driver, network.id) == ("lone", "macvlan", "")
    assert network.plugins[0] == {"type": "macvlan", "master": "eth0"}
    assert len(told) == 2
