"""run: mounts below a bind: whether they are seen, are read-only, and reach the other side."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.container.conftest import Idle, Inside
from tests.integration.support.cli import Cli

MAY_MOUNT = ("--cap-add", "SYS_ADMIN")


@pytest.fixture
def tree(tmp_path: Path, machine: None) -> Iterator[Path]:
    """A shared mount, with another one on its folder `below`."""
    tree = tmp_path / "tree"
    tree.mkdir()
    for words in (["-t", "tmpfs", "none", str(tree)], ["--make-shared", str(tree)]):
        subprocess.run(["mount", *words], check=True)
    for name in ("below", "inner", "outer"):
        (tree / name).mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "none", tree / "below"], check=True)
    (tree / "below/file").touch()
    yield tree
    subprocess.run(["umount", "-l", "-R", tree], check=True)


def test_what_is_mounted_below_is_seen_and_protected_as_asked(inside: Inside, tree: Path) -> None:
    script = (
        "ls /t/below; for f in /t/x /t/below/x; do (: > $f) 2>/dev/null && echo $f; done; "
        "rm -f /t/x /t/below/x"
    )
    mount = f"type=bind,src={tree},dst=/t"
    assert inside(script, "--mount", mount) == ["file", "/t/x", "/t/below/x"]
    assert inside(script, "--mount", mount + ",bind-recursive=enabled,ro") == ["file"]
    assert inside(script, "--mount", mount + ",bind-recursive=disabled") == ["/t/x", "/t/below/x"]
    assert inside(script, "--mount", mount + ",bind-recursive=disabled,ro") == []
    assert inside(script, "--mount", mount + ",bind-recursive=writable,ro") == ["file", "/t/below/x"]
    forced = mount + ",bind-recursive=readonly,ro,bind-propagation=rprivate"
    assert inside(script, "--mount", forced) == ["file"]
    assert inside(script, "-v", f"{tree}:/t:bind") == ["/t/x", "/t/below/x"]


def test_mounts_travel_as_the_propagation_says(cli: Cli, idle: Idle, tree: Path) -> None:
    for name, mode in (("both", "rshared"), ("down", "rslave"), ("none", "rprivate")):
        idle(name, *MAY_MOUNT, "-v", f"{tree}:/t:{mode}")
    subprocess.run(["mount", "-t", "tmpfs", "none", tree / "outer"], check=True)
    (tree / "outer/file").touch()
    seen = {name: cli.ok("exec", name, "ls", "/t/outer").lines for name in ("both", "down", "none")}
    assert seen == {"both": ["file"], "down": ["file"], "none": []}
    for name, arrives in (("none", False), ("down", False), ("both", True)):
        script = f"mount -t tmpfs none /t/inner && touch /t/inner/{name}"
        cli.ok("exec", name, "sh", "-c", script)
        assert (tree / "inner" / name).exists() is arrives
        cli.ok("exec", name, "umount", "/t/inner")


def test_a_shared_bind_needs_a_shared_mount(cli: Cli, busybox_image: str, tmp_path: Path, tree: Path) -> None:
    subprocess.run(["mount", "--make-private", tree], check=True)
    for mode, what in (("shared", "a shared mount"), ("rslave", "a shared or slave mount")):
        refused = cli("run", "--rm", "-v", f"{tree}:/t:{mode}", busybox_image, "true")
        assert refused.code == 125
        assert f"path {tree} is mounted on {tree} but it is not {what}" in refused.err
        assert f"mount --make-rshared {tree}" in refused.err
    assert cli.ok("ps", "-aq").lines == []
