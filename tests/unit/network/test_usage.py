"""Who uses a network: running containers hold it, also those of other namespaces where it is everybody's."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from nerdpy import labels
from nerdpy.cni.conflist import Network, network_id
from nerdpy.config import Config
from nerdpy.engine import Engine
from nerdpy.errors import Conflict, NotFound
from nerdpy.model.records import ContainerId, ContainerRecord
from nerdpy.network.attachment import ContainerNames, Link, Record
from nerdpy.network.claim import claim
from nerdpy.network.ls import filtered_networks
from nerdpy.network.rm import remove_one
from nerdpy.network.usage import running_on, users_of
from tests.fakes.containerd import FakeContainerd

pytestmark = pytest.mark.may_run


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    with FakeContainerd(tmp_path / "c.sock") as running:
        config = Config(
            address=running.address,
            data_root=str(tmp_path / "data"),
            state_root=str(tmp_path / "state"),
            cni_netconfpath=str(tmp_path / "net.d"),
        )
        engine = Engine(config)
        engine.containerd.namespaces.create("default")
        engine.containerd.namespaces.create("other")
        yield engine
        engine.containerd.close()


def put(engine: Engine, name: str, folder: str = "default") -> Network:
    path = engine.cni.netconf / folder / f"nerdctl-{name}.conflist"
    path.parent.mkdir(parents=True, exist_ok=True)
    content = {"name": name, "nerdctlID": network_id(name), "plugins": [{"type": "macvlan"}]}
    path.write_text(json.dumps(content))
    return Network(name=name, content=content, path=path)


def container(
    engine: Engine, name: str, *networks: str, namespace: str = "default", runs: bool = True
) -> None:
    client = engine.containerd.in_namespace(namespace)
    told = {labels.NAME: name, labels.NETWORKS: json.dumps(networks)}
    client.containers.create(ContainerRecord(id=ContainerId(name * 8), labels=told))
    if runs:
        client.tasks.create(name * 8, mounts=())
        client.tasks.start(name * 8)


def test_running_containers_hold_a_network_by_name_or_id(engine: Engine) -> None:
    network = put(engine, "front")
    container(engine, "web", "front")
    container(engine, "db", "back", network_id("front"))
    container(engine, "still", "front", runs=False)
    container(engine, "far", "front", namespace="other")
    assert sorted(users_of(engine, network)) == ["db", "web"]
    assert sorted(users_of(engine, network, also_stopped=True)) == ["db", "still", "web"]
    with pytest.raises(Conflict, match='"front" is in use by db, web'):
        remove_one(engine, "front")


def half_made(engine: Engine, name: str, network: Network) -> str:
    """The folder of a container without a record, whose networks are being made; its id."""
    container_id = name * 16
    link = Link(name=network.name, network_id=network.id, interface="eth0", plugins=[], arguments={})
    names = ContainerNames(name=name)
    record = Record(state="attaching", netns="", links=[link], ports=[], names=names)
    engine.store.containers.make_folder(container_id)
    claim(engine, container_id, record, (network,))
    return container_id


def test_a_container_that_is_being_made_holds_a_network(engine: Engine) -> None:
    network = put(engine, "front")
    container_id = half_made(engine, "soon", network)
    assert users_of(engine, network) == ["soon"]
    with pytest.raises(Conflict, match='"front" is in use by soon'):
        remove_one(engine, "front")
    engine.store.containers.remove_folder(container_id)
    remove_one(engine, "front")


def test_a_network_that_went_meanwhile_is_not_used(engine: Engine) -> None:
    network = put(engine, "front")
    remove_one(engine, "front")
    with pytest.raises(NotFound, match='"front" was removed or changed meanwhile'):
        half_made(engine, "late", network)
    renewed = put(engine, "front")
    assert renewed.path is not None
    renewed.path.write_text(json.dumps(renewed.content | {"plugins": [{"type": "ipvlan"}]}))
    with pytest.raises(NotFound, match="changed meanwhile"):
        half_made(engine, "late", network)
    assert users_of(engine, renewed) == []


def test_everybodys_network_is_held_from_every_namespace(engine: Engine) -> None:
    network = put(engine, "front", folder="")
    container(engine, "far", "front", namespace="other")
    assert users_of(engine, network) == ["far (namespace other)"]


def test_host_and_none_have_the_containers_that_say_so(engine: Engine) -> None:
    container(engine, "web", "host")
    container(engine, "old", "host", runs=False)
    host = filtered_networks(engine, ["name=^host$"])[0]
    assert [name for _, name in running_on(engine, host)] == ["web"]


def test_networks_that_no_container_refers_to_dangle(engine: Engine) -> None:
    for name in ("front", "back", "idle"):
        put(engine, name)
    container(engine, "web", "front")
    container(engine, "still", network_id("back")[:12], runs=False)
    assert [one.name for one in filtered_networks(engine, ["dangling=true"])] == ["idle"]
    assert [one.name for one in filtered_networks(engine, ["dangling=false", "type=custom"])] == [
        "back",
        "front",
    ]
