"""`nerdpy namespace`: read back by containerd's own client."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.support.cli import Cli
from tests.integration.support.engine import PrivateEngine


@pytest.fixture
def other(cli: Cli, engine: PrivateEngine, namespace: str) -> Iterator[str]:
    """The name of another namespace, for the test to make; emptied and removed at the end."""
    name = f"{namespace[:60]}-other"
    yield name
    containers = engine.ctr("containers", "ls", "-q", namespace=name).stdout.split()
    if containers:
        cli("--namespace", name, "rm", "-f", *containers)
    for image in engine.ctr("images", "ls", "-q", namespace=name).stdout.split():
        engine.ctr("images", "rm", "--sync", image, namespace=name)
    cli("-n", name, "volume", "prune", "-af")
    cli("-n", name, "network", "prune", "-f")
    cli("namespace", "rm", "--cgroup", name)
    assert name not in engine.ctr("namespaces", "ls", "-q").stdout.split()


def labels_of(engine: PrivateEngine, name: str) -> str:
    """As `ctr` shows them: `a=1,b=2`."""
    rows = [line.split() for line in engine.ctr("namespaces", "ls").stdout.splitlines()]
    return next((" ".join(row[1:]) for row in rows if row[0] == name), "missing")


def test_a_namespace_is_made_with_labels_changed_and_removed(
    cli: Cli, engine: PrivateEngine, other: str
) -> None:
    assert cli.ok("namespace", "create", "-l", "colour=blue", "--label", "x", other).out == ""
    assert sorted(labels_of(engine, other).split(",")) == ["colour=blue", "x=true"]
    assert cli.ok("namespace", "update", "-l", "colour=red", "-l", "x=", other).out == ""
    assert labels_of(engine, other) == "colour=red"
    assert cli.ok("namespace", "inspect", other).json == [{"Name": other, "Labels": {"colour": "red"}}]
    assert cli.ok("ns", "inspect", "-f", "{{.Name}} {{.Labels.colour}}", other).line == f"{other} red"
    assert cli.ok("namespace", "remove", other).line == other
    assert labels_of(engine, other) == "missing"


def test_a_listing_counts_what_is_in_each(cli: Cli, other: str, namespace: str, busybox_image: str) -> None:
    cli.ok("create", "--name", "one", busybox_image)
    cli.ok("volume", "create", "data")
    cli.ok("namespace", "create", "-l", "a=1", other)
    shown = cli.ok("namespace", "ls").lines
    assert shown[0].split() == ["NAME", "CONTAINERS", "IMAGES", "VOLUMES", "LABELS"]
    rows = {line.split()[0]: line.split()[1:] for line in shown[1:]}
    assert rows[namespace] == ["1", "1", "1"]
    assert rows[other] == ["0", "0", "0", "a=1"]
    names = cli.ok("namespace", "list", "-q").lines
    assert names == sorted(names)
    assert {namespace, other} <= set(names)
    template = "{{.Name}} {{.Containers}} {{.Images}} {{.Volumes}} {{.Labels}}"
    assert f"{other} 0 0 0 a=1" in cli.ok("namespace", "ls", "--format", template).lines


def test_what_is_still_in_it_is_told_and_how_to_get_rid_of_it(
    cli: Cli, engine: PrivateEngine, other: str
) -> None:
    inside = cli.with_env(NERDPY_NAMESPACE=other)
    inside.ok("volume", "create", "data")
    inside.ok("network", "create", "front")
    engine.ctr("leases", "create", "--id", "held", namespace=other)
    refused = cli("namespace", "rm", other)
    assert refused.code == 1
    assert (
        f'namespace "{other}" is not empty: it has 1 lease (held), 1 volume (data) and 1 network (front)'
        in (refused.err)
    )
    for step in ("volume prune -a", "network prune", f"ctr --namespace {other} leases rm held"):
        assert step in refused.err
    inside.ok("volume", "prune", "-af")
    inside.ok("network", "prune", "-f")
    engine.ctr("leases", "rm", "held", namespace=other)
    assert (Path("/etc/cni/net.d") / other).is_dir()
    assert cli.ok("namespace", "rm", other).line == other
    assert not (Path("/etc/cni/net.d") / other).exists()


def test_containers_and_images_hold_their_namespace(cli: Cli, namespace: str, busybox_image: str) -> None:
    cli.ok("run", "-d", "--name", "web", busybox_image, "sleep", "inf")
    refused = cli("namespace", "rm", namespace)
    assert refused.code == 1
    assert "1 container (web), 1 task (" in refused.err
    assert "1 image (docker.io/library/busybox:latest)" in refused.err
    assert f"nerdpy --namespace {namespace} rm -f $(" in refused.err
    assert cli.ok("inspect", "-f", "{{.State.Running}}", "web").line == "true"


def test_what_nobody_needs_any_more_is_no_reason_to_refuse(
    cli: Cli, engine: PrivateEngine, other: str, tmp_path: Path
) -> None:
    """A blob without an owner is collected."""
    blob = tmp_path / "blob"
    blob.write_bytes(b"nobody's")
    digest = subprocess.run(["sha256sum", blob], capture_output=True, text=True, check=True).stdout.split()[0]
    done = engine.ctr(
        "content", "ingest", "--expected-digest", f"sha256:{digest}", "x", namespace=other, stdin=b"nobody's"
    )
    assert done.returncode == 0, done.stderr
    assert digest in engine.ctr("content", "ls", "-q", namespace=other).stdout
    assert cli.ok("namespace", "rm", other).line == other


def test_the_control_group_goes_along(cli: Cli, engine: PrivateEngine, other: str) -> None:
    def groups() -> list[Path]:
        return [path for pattern in (other, f"*/{other}") for path in Path("/sys/fs/cgroup").glob(pattern)]

    assert engine.ctr("namespaces", "create", other).returncode == 0
    made = [
        parent / other
        for parent in [Path("/sys/fs/cgroup/memory"), Path("/sys/fs/cgroup/unified"), Path("/sys/fs/cgroup")]
        if parent.is_dir() and os.access(parent / "cgroup.procs", os.W_OK)
    ]
    assert made
    for group in made:
        (group / "below").mkdir(parents=True)
    process = subprocess.Popen(["sleep", "inf"])
    try:
        (made[0] / "cgroup.procs").write_text(str(process.pid))
        refused = cli("namespace", "rm", "-c", other)
        assert refused.code == 1
        assert "the control group" in refused.err
        assert labels_of(engine, other) != "missing"
    finally:
        process.kill()
        process.wait()
    assert cli.ok("namespace", "rm", "-c", other).line == other
    assert groups() == []


def test_errors_are_told_for_each_argument(cli: Cli, engine: PrivateEngine, other: str) -> None:
    assert cli("namespace", "create", "bad/name", other).code == 1
    again = cli("namespace", "create", "bad/name", other)
    assert again.code == 1
    assert 'invalid namespace "bad/name"' in again.err
    assert f'namespace "{other}" exists already' in again.err
    looked = cli("namespace", "inspect", "missing-one", other)
    assert (looked.code, [one["Name"] for one in looked.json]) == (1, [other])
    assert 'no such namespace: "missing-one"' in looked.err
    assert cli("namespace", "update", "-l", "a=1", "missing-one", other).code == 1
    assert labels_of(engine, other) == "a=1"
    removed = cli("namespace", "rm", "missing-one", other)
    assert (removed.code, removed.lines) == (1, [other])
    assert cli("namespace", "inspect", "missing-one").out.strip() == "[]"


@pytest.mark.parametrize("name", ["../../x", "a b", "x" * 77, ""])
def test_a_bad_namespace_is_refused_before_anything_is_done(cli: Cli, name: str) -> None:
    for command in (("ps",), ("run", "--rm", "busybox"), ("volume", "create", "v1"), ("images",)):
        done = cli("--namespace", name, *command)
        assert done.code == (125 if command[0] == "run" else 1)
        assert f'invalid namespace "{name}"' in done.err


def test_namespaces_do_not_see_each_other(cli: Cli, other: str, busybox_image: str) -> None:
    cli.ok("create", "--name", "here", busybox_image)
    cli.ok("volume", "create", "here")
    assert cli.ok("-n", other, "ps", "-aq").lines == []
    assert cli.ok("--namespace", other, "images", "-q").lines == []
    assert cli.ok(f"--namespace={other}", "volume", "ls", "-q").lines == []
    assert cli("-n", other, "inspect", "here").code == 1
