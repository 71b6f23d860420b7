"""Images in Kubernetes' namespace: what is its own stays, and three names of one image are shown as one."""

from collections.abc import Iterator

import pytest

from hack.images.layout import Layout
from tests.integration.support.cli import Cli
from tests.integration.support.engine import PrivateEngine
from tests.integration.support.images import PREFIX

KUBE = "k8s.io"
BUSYBOX = PREFIX + "busybox:latest"
PINNED, MANAGED = "io.cri-containerd.pinned=pinned", "io.cri-containerd.image=managed"


class Node:
    """A node as the kubelet's runtime leaves it: each image under its tag, its digest and its bare id."""

    def __init__(self, cli: Cli, engine: PrivateEngine) -> None:
        self.cli = cli.with_env(NERDPY_NAMESPACE=KUBE)
        self._engine = engine

    def ctr(self, *words: str, stdin: bytes | None = None) -> str:
        done = self._engine.ctr(*words, namespace=KUBE, stdin=stdin)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def pulled(self, images: Layout, name: str = BUSYBOX, *labels: str) -> list[str]:
        """Put an image there, with the labels on each of its names; the names."""
        self.ctr("images", "import", "-", stdin=images.archive(name))
        digest = images.references[name]["digest"]
        names = [name, f"{name.rpartition(':')[0]}@{digest}", f"sha256:{digest[7:]}"]
        self.ctr("images", "tag", name, *names[1:])
        for each in names if labels else ():
            self.ctr("images", "label", each, *labels)
        return names

    def names(self) -> list[str]:
        return sorted(self.ctr("images", "ls", "-q").split())


@pytest.fixture
def node(cli: Cli, engine: PrivateEngine) -> Iterator[Node]:
    node = Node(cli, engine)
    yield node
    containers = node.ctr("containers", "ls", "-q").split()
    if containers:
        node.cli("rm", "-f", *containers)
    for name in node.names():
        node.ctr("images", "rm", "--sync", name)
    cli.ok("namespace", "rm", "-c", KUBE)


def test_three_names_are_one_on_request(node: Node, images: Layout) -> None:
    names = node.pulled(images)
    assert len(node.cli.ok("images", "-q").lines) == 3
    assert node.cli.ok("--kube-hide-dupe", "images", "--names", "--format", "{{.Name}}").lines == names[:1]
    assert len(node.cli.ok("--kube-hide-dupe", "images").lines) == 2
    assert node.cli.ok("--kube-hide-dupe", "rmi", "busybox").lines[0] == "Untagged: busybox:latest"
    assert node.names() == []


def test_an_image_without_a_tag_is_not_hidden(node: Node, images: Layout) -> None:
    names = node.pulled(images)
    node.ctr("images", "rm", names[0])
    assert len(node.cli.ok("--kube-hide-dupe", "images", "-q").lines) == 2


def test_a_second_tag_keeps_the_image(node: Node, images: Layout) -> None:
    names = node.pulled(images)
    node.cli.ok("tag", "busybox", "mine:1")
    assert node.cli.ok("--kube-hide-dupe", "rmi", "busybox").lines == ["Untagged: busybox:latest"]
    assert node.names() == sorted([*names[1:], f"{PREFIX}mine:1"])


def test_other_namespaces_show_every_name(
    cli: Cli, busybox_image: str, engine: PrivateEngine, namespace: str
) -> None:
    digest = cli.ok("images", "-q", "--no-trunc").line
    engine.ctr("images", "tag", BUSYBOX, f"{PREFIX}busybox@{digest}", namespace=namespace)
    assert len(cli.ok("--kube-hide-dupe", "images", "-q").lines) == 2


def test_a_pinned_image_is_removed_by_nobody(node: Node, images: Layout) -> None:
    names = node.pulled(images, BUSYBOX, PINNED)
    for words in (["busybox"], ["-f", "busybox"], ["-f", node.cli.ok("images", "-q").lines[0]]):
        refused = node.cli("rmi", *words)
        assert refused.code == 1
        assert "Kubernetes has pinned it" in refused.err
    assert node.cli("--kube-hide-dupe", "rmi", "-f", "busybox").code == 1
    node.ctr("images", "import", "-", stdin=images.archive(PREFIX + "odd:ports"))
    moved = node.cli("tag", "odd:ports", "busybox")
    assert (moved.code, "pinned" in moved.err) == (1, True)
    for prune in (["image", "prune", "-af"], ["system", "prune", "-af"]):
        node.cli.ok(*prune)
        assert set(names) <= set(node.names())
    node.cli.ok("run", "--rm", "--network", "none", "busybox", "true")


def test_what_the_kubelet_looks_after_is_removed_by_force_only(node: Node, images: Layout) -> None:
    names = node.pulled(images, BUSYBOX, MANAGED)
    node.cli.ok("image", "prune", "-af")
    node.cli.ok("system", "prune", "-af")
    assert node.names() == sorted(names)
    refused = node.cli("rmi", "busybox")
    assert refused.code == 1
    assert "(must force) - Kubernetes looks after it" in refused.err
    assert node.cli.ok("rmi", "-f", "busybox").lines == ["Untagged: busybox:latest"]
    assert node.names() == sorted(names[1:])


def test_an_image_of_a_pod_s_container_is_used_whatever_its_name_stands_for_now(
    node: Node, images: Layout
) -> None:
    """Containers of others have no note of their image's id: their layers tell."""
    names = node.pulled(images)
    node.ctr("containers", "create", BUSYBOX, "pod", "true")
    for name in names[:2]:
        node.ctr("images", "rm", name)
    node.ctr("images", "import", "-", stdin=images.archive(PREFIX + "odd:ports"))
    node.ctr("images", "tag", PREFIX + "odd:ports", BUSYBOX)
    node.cli.ok("image", "prune", "-f")
    assert names[2] in node.names()
    node.ctr("containers", "rm", "pod")
    assert f"deleted: {names[2]}" in node.cli.ok("image", "prune", "-f").lines
