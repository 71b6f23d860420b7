"""diff: what a container added, changed and deleted, on a snapshotter with layers and on one that copies."""

import pytest

from tests.integration.support.cli import Cli

SCRIPT = (
    "mkdir -p /new/deep && echo x > /new/deep/file && ln -s x /new/link"  # added
    " && echo more >> /etc/passwd && chmod 700 /home"  # changed
    " && rm /etc/group && rm -r /root"  # deleted
    " && rm -r /usr/share && mkdir /usr/share && echo y > /usr/share/only"  # opaque
    " && echo v > /data/inside && touch /tmp/t && rm /tmp/t && echo o > '/odd name'"
)


@pytest.fixture
def image(cli: Cli, busybox_image: str) -> str:
    """busybox with some more to change."""
    cli.ok(
        "run",
        "--name",
        "maker",
        busybox_image,
        "sh",
        "-c",
        "mkdir -p /usr/share/a /home /root; echo 1 > /usr/share/a/b",
    )
    cli.ok("commit", "maker", "fuller")
    cli.ok("rm", "maker")
    return "fuller"


@pytest.mark.parametrize("snapshotter", ["overlayfs", "native"])
def test_diff_tells_what_was_added_changed_and_deleted(cli: Cli, image: str, snapshotter: str) -> None:
    chosen = cli.with_env(CONTAINERD_SNAPSHOTTER=snapshotter)
    before = chosen.ok("run", "--name", "box", "-v", "/data", "-v", "vol:/some/where", image, "true")
    assert before.err == ""
    assert chosen.ok("diff", "box").out == ""
    chosen.ok("rm", "-v", "box")
    chosen.ok("run", "-d", "--name", "box", "-v", "/data", "-v", "vol:/some/where", image, "sleep", "inf")
    chosen.ok("exec", "box", "sh", "-c", SCRIPT)
    expected = [
        "C /etc",
        "D /etc/group",
        "C /etc/passwd",
        "C /home",
        "A /new",
        "A /new/deep",
        "A /new/deep/file",
        "A /new/link",
        "A /odd name",
        "D /root",
        "C /usr",
        "C /usr/share",
        "D /usr/share/a",
        "A /usr/share/only",
    ]
    assert chosen.ok("diff", "box").lines == expected
    assert chosen.ok("inspect", "-f", "{{.Driver}}", "box").line == snapshotter
    chosen.ok("stop", "-t0", "box")
    assert chosen.ok("diff", "box").lines == expected


def test_diff_of_a_created_container_is_empty_and_of_a_missing_one_an_error(
    cli: Cli, busybox_image: str
) -> None:
    cli.ok("create", "--name", "box", busybox_image)
    assert cli.ok("diff", "box").out == ""
    refused = cli("diff", "none")
    assert (refused.code, "No such container: none" in refused.err) == (1, True)
