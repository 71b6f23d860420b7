"""commit: an image of what a container changed; its config, names, layers, and that nothing is left."""

import json
import signal
from collections.abc import Callable
from pathlib import Path
from subprocess import Popen
from typing import Any

import pytest

from tests.integration.container.conftest import Idle
from tests.integration.support.cli import Cli
from tests.integration.support.engine import PrivateEngine
from tests.integration.support.waiting import eventually

Blob = Callable[[str], Any]


@pytest.fixture
def blob(engine: PrivateEngine, namespace: str) -> Blob:
    """`blob(digest)`: JSON of the content store, by another client than ours."""

    def read(digest: str) -> Any:
        return json.loads(engine.ctr("content", "get", digest, namespace=namespace).stdout)

    return read


@pytest.fixture
def manifest_of(engine: PrivateEngine, namespace: str, blob: Blob) -> Blob:
    """`manifest_of("docker.io/library/name:tag")`"""

    def find(name: str) -> Any:
        rows = engine.ctr("images", "ls", namespace=namespace).stdout.splitlines()
        digest = next(row.split()[2] for row in rows if row.startswith(name))
        return blob(digest)

    return find


@pytest.mark.parametrize("state", ["running", "paused", "exited", "created"])
def test_commit_keeps_the_files_in_every_state(cli: Cli, busybox_image: str, state: str) -> None:
    script = (
        "echo new > /new; rm /etc/group; mkdir -p /deep; ln -s /new /deep/link; chmod 4711 /new; sleep 1000"
    )
    if state == "created":
        cli.ok("create", "--name", "box", busybox_image, "echo", "hello")
        (cli.folder / "new").write_text("new\n")
        cli.ok("cp", "new", "box:/new")
    else:
        cli.ok("run", "-d", "--name", "box", busybox_image, "sh", "-c", script)
        eventually(lambda: cli("exec", "box", "stat", "-c", "%a", "/new").out == "4711\n")
        if state == "paused":
            cli.ok("pause", "box")
        elif state == "exited":
            cli.ok("stop", "-t0", "box")
    image = cli.ok("commit", "box", "mine:one").line
    assert image.startswith("sha256:")
    assert cli.ok("inspect", "-f", "{{.State.Status}}", "box").line == state
    assert cli.ok("run", "--rm", "mine:one", "cat", "/new").line == "new"
    if state != "created":
        shown = cli.ok(
            "run", "--rm", "mine:one", "sh", "-c", "ls /etc/group; readlink /deep/link; stat -c %a /new"
        )
        assert shown.lines == ["/new", "4711"]
        assert cli.ok("inspect", "-f", "{{json .Config.Cmd}}", image).json == ["sh", "-c", script]


def test_commit_records_who_when_why_and_what_is_changed(
    cli: Cli, busybox_image: str, blob: Blob, manifest_of: Blob
) -> None:
    flags = ("-e", "A=1", "-l", "who=me", "-w", "/srv", "-u", "5", "--expose", "81")
    cli.ok("run", "--name", "box", *flags, busybox_image, "touch", "/tmp/x")
    changes = (
        "CMD echo hello",
        'ENTRYPOINT ["/bin/sh", "-c"]',
        "ENV B=2 C='three four'",
        "EXPOSE 80 443/udp",
        'LABEL stage=dev note="two words"',
        "ONBUILD RUN true",
        "STOPSIGNAL SIGUSR1",
        "USER 7:8",
        "VOLUME /data",
        "WORKDIR sub",
        "HEALTHCHECK --interval=3s --retries=2 CMD test -f /ok",
    )
    words = [word for change in changes for word in ("-c", change)]
    image = cli.ok("commit", "-a", "Me <me@here>", "-m", "why not", *words, "box", "changed").line
    config = blob(image)
    assert config["author"] == "Me <me@here>"
    assert config["history"][-1]["comment"] == "why not"
    assert config["history"][-1]["author"] == "Me <me@here>"
    assert config["created"] == config["history"][-1]["created"]
    own = config["config"]
    assert {"A=1", "B=2", "C=three four"} <= set(own["Env"])
    assert own["Cmd"] == ["/bin/sh", "-c", "echo hello"]
    assert own["Entrypoint"] == ["/bin/sh", "-c"]
    assert set(own["ExposedPorts"]) == {"80/tcp", "81/tcp", "443/udp"}
    assert own["Labels"] == {"who": "me", "stage": "dev", "note": "two words"}
    assert (own["User"], own["WorkingDir"], own["StopSignal"]) == ("7:8", "/srv/sub", "SIGUSR1")
    assert own["Volumes"] == {"/data": {}}
    assert own["OnBuild"] == ["RUN true"]
    assert own["Healthcheck"] == {"Test": ["CMD-SHELL", "test -f /ok"], "Interval": 3 * 10**9, "Retries": 2}
    manifest = manifest_of("docker.io/library/changed:latest")
    assert manifest["mediaType"] == "application/vnd.docker.distribution.manifest.v2+json"
    assert manifest["config"]["digest"] == image
    assert len(manifest["layers"]) == len(config["rootfs"]["diff_ids"]) == 2


def test_format_and_compression_are_chosen(cli: Cli, busybox_image: str, manifest_of: Blob) -> None:
    cli.ok("run", "--name", "box", busybox_image, "touch", "/tmp/x")
    for kind, compression, media_type in (
        ("oci", "gzip", "application/vnd.oci.image.layer.v1.tar+gzip"),
        ("oci", "zstd", "application/vnd.oci.image.layer.v1.tar+zstd"),
        ("docker", "gzip", "application/vnd.docker.image.rootfs.diff.tar.gzip"),
        ("docker", "zstd", "application/vnd.docker.image.rootfs.diff.tar.zstd"),
    ):
        name = f"{kind}-{compression}"
        cli.ok("commit", "--format", kind, "--compression", compression, "box", name)
        manifest = manifest_of(f"docker.io/library/{name}:latest")
        assert manifest["layers"][-1]["mediaType"] == media_type
        assert kind in manifest["config"]["mediaType"]
        if compression == "zstd":
            assert cli.ok("run", "--rm", name, "ls", "/tmp/x").line == "/tmp/x"


def test_without_a_name_the_image_is_known_by_its_id(cli: Cli, busybox_image: str) -> None:
    cli.ok("run", "--name", "box", busybox_image, "touch", "/tmp/x")
    image = cli.ok("commit", "box").line
    assert cli.ok("run", "--rm", image, "ls", "/tmp/x").line == "/tmp/x"
    assert "<untagged>" in cli.ok("images").out
    cli.ok("rm", "box")
    cli.ok("rmi", image)


def test_commit_of_a_commit_and_onto_its_own_name(cli: Cli, busybox_image: str) -> None:
    cli.ok("run", "--name", "one", busybox_image, "sh", "-c", "echo 1 > /one")
    cli.ok("commit", "one", "chain")
    cli.ok("run", "--name", "two", "chain", "sh", "-c", "echo 2 > /two; rm /etc/group")
    cli.ok("commit", "two", "chain")
    assert cli.ok("run", "--rm", "chain", "sh", "-c", "cat /one /two; test ! -e /etc/group").lines == [
        "1",
        "2",
    ]
    cli.ok("commit", "two", "again")  # its image has lost the name


def test_what_can_not_be_committed_is_refused(cli: Cli, busybox_image: str) -> None:
    cli.ok("create", "--name", "box", busybox_image)
    for words, text, code in (
        (("none", "x"), "No such container: none", 1),
        (("box", "UPPER"), "must be lowercase", 1),
        (("box", f"x@sha256:{'0' * 64}"), "cannot be named by a digest", 1),
        (("-c", "RUN true", "box", "x"), "RUN is not a valid change command", 1),
        (("-c", "NONSENSE true", "box", "x"), 'unknown instruction "NONSENSE"', 1),
        (("-c", "EXPOSE many", "box", "x"), 'invalid container port "many"', 1),
        (("--compression", "lzma", "box", "x"), "must be one of gzip, zstd", 125),
        (("--format", "tar", "box", "x"), "must be one of docker, oci", 125),
        (("--estargz", "box", "x"), "commit makes plain layers", 1),
        (("--zstdchunked", "box", "x"), "commit makes plain layers", 1),
    ):
        refused = cli("commit", *words)
        assert refused.code == code, str(refused)
        assert text in refused.err, str(refused)
    assert [line for line in cli.ok("images", "-q").lines if line] == cli.ok("images", "-q", "busybox").lines


def is_frozen(pid: int) -> bool:
    """What the container's control group says, so fast that no short pause is missed."""
    for line in Path(f"/proc/{pid}/cgroup").read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        if controllers == "freezer":
            return "FROZEN" in Path(f"/sys/fs/cgroup/freezer{path}/freezer.state").read_text()
        if not controllers and (events := Path(f"/sys/fs/cgroup{path}/cgroup.events")).exists():
            return "frozen 1" in events.read_text()
    return False


def test_the_container_is_paused_meanwhile_unless_told_otherwise(cli: Cli, idle: Idle) -> None:
    idle("box")
    cli.ok("exec", "box", "sh", "-c", "dd if=/dev/urandom of=/big bs=1M count=60 2>/dev/null")
    pid = int(cli.ok("inspect", "-f", "{{.State.Pid}}", "box").line)
    for flags, expected in (((), True), (("--no-pause",), False), (("--pause=false",), False)):
        process = cli.start("commit", *flags, "box", "big")
        seen: list[bool] = []

        def look(seen: list[bool] = seen, process: Popen[bytes] = process) -> bool:
            seen.append(is_frozen(pid))
            return process.poll() is not None

        eventually(look, seconds=60)
        assert process.communicate()[1] == b""
        assert process.returncode == 0
        assert any(seen) is expected, flags
        assert not is_frozen(pid)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_commit_that_is_killed_leaves_nothing_and_no_frozen_container(
    cli: Cli, idle: Idle, engine: PrivateEngine, namespace: str, number: signal.Signals
) -> None:
    """No further command of nerdpy's is needed for it."""
    idle("box")
    cli.ok("exec", "box", "sh", "-c", "dd if=/dev/urandom of=/big bs=1M count=80 2>/dev/null")
    pid = int(cli.ok("inspect", "-f", "{{.State.Pid}}", "box").line)
    process = cli.start("commit", "box", "big")
    eventually(lambda: is_frozen(pid))
    process.send_signal(number)
    process.communicate()
    assert process.returncode != 0
    eventually(lambda: not is_frozen(pid))
    eventually(lambda: engine.ctr("leases", "ls", "-q", namespace=namespace).stdout == "")
    assert "PAUSED" not in engine.ctr("tasks", "ls", namespace=namespace).stdout
    assert "nerdpy-commit" not in engine.ctr("snapshots", "ls", namespace=namespace).stdout
    assert "big" not in cli.ok("images").out
    assert cli.ok("exec", "box", "echo", "alive").line == "alive"
