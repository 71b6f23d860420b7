"""Containers that others made in the same containerd: of ctr, of nerdctl, of Kubernetes."""

import json
from pathlib import Path

import pytest

from hack.images.layout import Layout
from tests.integration.container.conftest import Inspect
from tests.integration.support.cli import Cli
from tests.integration.support.engine import PrivateEngine
from tests.integration.support.waiting import eventually

IMAGE = "docker.io/library/busybox:latest"


class Ctr:
    """containerd's own client, in the test's namespace."""

    def __init__(self, engine: PrivateEngine, namespace: str) -> None:
        self.engine = engine
        self.namespace = namespace

    def ok(self, *words: str) -> str:
        done = self.engine.ctr(*words, namespace=self.namespace)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def run(self, container_id: str, *words: str, labels: dict[str, str] | None = None) -> None:
        given = [text for key, value in (labels or {}).items() for text in ("--label", f"{key}={value}")]
        self.ok("run", "-d", "--null-io", *given, IMAGE, container_id, *(words or ("sleep", "inf")))


@pytest.fixture
def ctr(engine: PrivateEngine, namespace: str, busybox_image: str) -> Ctr:
    return Ctr(engine, namespace)


def test_ps_shows_everyone_sensibly(cli: Cli, ctr: Ctr, busybox_image: str) -> None:
    ctr.run("plain")
    ctr.ok("containers", "create", IMAGE, "taskless")
    ctr.ok("containers", "create", "--label", "nerdctl/mounts.0=not json", "--label", "nerdctl/networks={",
           "--label", "nerdctl/ipc=[", "--label", "nerdpy/options.0={",
           "--label", "containerd.io/restart.policy=what", "--label", "nerdctl/stop-timeout=soon",
           "--label", "nerdctl/ports={", "--label", "nerdpy/options.1=[]", IMAGE, "odd")  # fmt: skip
    rows = [json.loads(line) for line in cli.ok("ps", "-a", "--format", "json").lines]
    found = {row["ID"]: row for row in rows}
    assert {name: found[name]["State"] for name in found} == {
        "plain": "running", "taskless": "created", "odd": "created",
    }  # fmt: skip
    assert found["plain"]["Names"] == ""
    assert found["plain"]["Image"] == "busybox"
    assert found["plain"]["Command"] == '"sleep inf"'
    assert found["plain"]["Status"].startswith("Up")
    for name in found:
        assert cli.ok("inspect", name).json[0]["Id"] == name
        assert cli.ok("container", "inspect", "--mode", "native", name).json[0]["ID"] == name
    assert len(cli.ok("ps", "-a").lines) == 4
    assert cli.ok("ps", "-as").code == 0


def test_a_container_of_ctr_can_be_used(cli: Cli, ctr: Ctr, inspected: Inspect) -> None:
    ctr.run("theirs", "sh", "-c", "trap 'exit 4' TERM; while :; do sleep 0.05; done")
    state = inspected("theirs", ".State")
    assert (state["Status"], state["Pid"] > 0) == ("running", True)
    assert cli.ok("exec", "theirs", "echo", "hello").out == "hello\n"
    assert cli.ok("exec", "-i", "theirs", "cat", stdin="x").out == "x"
    assert "sh -c" in cli.ok("top", "theirs").out
    logs = cli("logs", "theirs")
    assert logs.code == 1
    assert "no log" in logs.err
    attached = cli("attach", "theirs")
    assert attached.code == 1
    assert "internal error" not in attached.err
    assert "hint: " in attached.err
    assert cli.ok("port", "theirs").out == ""
    cli.ok("pause", "theirs")
    assert inspected("theirs", ".State.Status") == "paused"
    cli.ok("unpause", "theirs")
    refused = cli("rm", "theirs")
    assert refused.code == 1
    assert "must be forced" in refused.err
    cli.ok("stop", "theirs")
    assert inspected("theirs", ".State.Status") == "exited"
    assert inspected("theirs", ".State.ExitCode") == 4
    cli.ok("rm", "theirs")
    assert ctr.ok("containers", "ls", "-q") == ctr.ok("tasks", "ls", "-q") == ""
    assert "theirs" not in ctr.ok("snapshots", "ls")


def test_a_container_of_ctr_can_be_killed_waited_for_renamed_and_forced(cli: Cli, ctr: Ctr) -> None:
    ctr.run("first")
    ctr.run("second")
    with cli.start("wait", "first") as waiting:
        eventually(lambda: cli.ok("ps", "-q").lines != [])
        cli.ok("kill", "first")
        assert waiting.communicate(timeout=15)[0] == b"137\n"
    cli.ok("rename", "second", "named")
    assert cli.ok("ps", "--format", "{{.Names}}").lines == ["named"]
    cli.ok("rm", "-f", "first", "named")
    assert ctr.ok("containers", "ls", "-q") == ""


def test_ended_tasks_of_others_are_exited(cli: Cli, ctr: Ctr, inspected: Inspect) -> None:
    ctr.run("short", "sh", "-c", "exit 6")
    eventually(lambda: inspected("short", ".State.Status") == "exited")
    assert inspected("short", ".State.ExitCode") == 6
    assert cli.ok("wait", "short").lines == ["6"]
    assert cli.ok("ps", "-a", "--format", "{{.Status}}").line.startswith("Exited (6)")
    cli.ok("rm", "short")


def test_starting_what_ctr_made_works_or_says_why_not(cli: Cli, ctr: Ctr, inspected: Inspect) -> None:
    ctr.ok("containers", "create", IMAGE, "made", "sleep", "inf")
    started = cli("start", "made")
    assert "internal error" not in started.err, str(started)
    if started.code == 0:
        assert inspected("made", ".State.Status") == "running"
        assert cli.ok("exec", "made", "echo", "x").out == "x\n"
        cli.ok("stop", "-t0", "made")
    cli.ok("rm", "made")


def nerdctl_labels(name: str, container_id: str, namespace: str, folder: Path) -> dict[str, str]:
    """As nerdctl writes them (behaviour: labels on containers)."""
    mount = {"Type": "bind", "Source": "/tmp", "Destination": "/t", "Mode": "ro", "RW": False,
             "Propagation": "rprivate"}  # fmt: skip
    return {
        "nerdctl/name": name, "nerdctl/namespace": namespace, "nerdctl/hostname": container_id[:12],
        "nerdctl/state-dir": str(folder), "nerdctl/networks": '["bridge"]', "nerdctl/platform": "linux/amd64",
        "nerdctl/log-config": json.dumps({"driver": "json-file", "opts": {}, "address": "/x.sock"}),
        "nerdctl/log-uri": "binary:///usr/bin/nerdctl?_NERDCTL_INTERNAL_LOGGING=%2Fvar%2Flib%2Fnerdctl",
        "nerdctl/mounts.0": json.dumps(mount), "nerdctl/exposed-ports": '{"80/tcp":{},"53/udp":{}}',
        "nerdctl/ports": '[{"HostPort":8080,"ContainerPort":80,"Protocol":"tcp","HostIP":"127.0.0.1"}]',
        "nerdctl/ipc": '{"mode":"private"}', "nerdctl/auto-remove": "false", "nerdctl/stop-timeout": "9",
        "mine": "yes",
        "containerd.io/restart.explicitly-stopped": "false",
    }  # fmt: skip


def test_a_container_of_nerdctl_is_one_of_ours(
    cli: Cli, ctr: Ctr, namespace: str, inspected: Inspect, tmp_path: Path
) -> None:
    container_id = "ab" * 32
    lines = [("one\n", "stdout"), ("two\n", "stderr")]
    (tmp_path / f"{container_id}-json.log").write_text(
        "".join(json.dumps({"log": text, "stream": stream, "time": "2026-01-02T03:04:05.6Z"}) + "\n"
                for text, stream in lines)
    )  # fmt: skip
    ctr.run(container_id, "sh", "-c", "trap 'exit 5' HUP; while :; do sleep 0.05; done",
            labels=nerdctl_labels("theirs", container_id, namespace, tmp_path))  # fmt: skip
    ctr.ok("containers", "label", container_id, "io.containerd.image.config.stop-signal=SIGHUP")
    row = json.loads(cli.ok("ps", "--format", "json").line)
    assert (row["Names"], row["ID"], row["Networks"]) == ("theirs", container_id[:12], "bridge")
    assert row["Ports"] == "53/udp, 127.0.0.1:8080->80/tcp"
    assert row["Labels"] == "mine=yes"
    found = inspected("theirs")
    assert (found["Name"], found["Mounts"][0]["Destination"]) == ("/theirs", "/t")
    assert set(found["Config"]["ExposedPorts"]) == {"80/tcp", "53/udp"}
    assert found["NetworkSettings"]["Ports"]["80/tcp"] == [{"HostIp": "127.0.0.1", "HostPort": "8080"}]
    logs = cli.ok("logs", "theirs")
    assert (logs.out, logs.err) == ("one\n", "two\n")
    assert cli.ok("exec", "theirs", "echo", "in").out == "in\n"
    assert "is already in use" in cli("create", "--name", "theirs", "busybox:latest").err
    cli.ok("stop", "theirs")
    assert inspected("theirs", ".State.ExitCode") == 5
    cli.ok("rm", "theirs")
    assert ctr.ok("containers", "ls", "-q") == ""


POD = {"io.kubernetes.pod.namespace": "kube-system", "io.kubernetes.pod.name": "dns-7f9"}


def test_pods_have_names_and_are_found_by_them(cli: Cli, ctr: Ctr, inspected: Inspect) -> None:
    ctr.run("sandbox0", labels=POD | {"io.cri-containerd.kind": "sandbox"})
    ctr.run(
        "worker0", labels=POD | {"io.cri-containerd.kind": "container", "io.kubernetes.container.name": "dns"}
    )
    shown = sorted(cli.ok("ps", "--format", "{{.ID}} {{.Names}}").lines)
    assert shown == ["sandbox0 k8s://kube-system/dns-7f9", "worker0 k8s://kube-system/dns-7f9/dns"]
    assert inspected("k8s://kube-system/dns-7f9/dns", ".Id") == "worker0"
    assert inspected("k8s://kube-system/dns-7f9", ".Id") == "sandbox0"
    assert cli.ok("exec", "k8s://kube-system/dns-7f9/dns", "echo", "x").out == "x\n"
    logs = cli("logs", "worker0")
    assert logs.code == 1
    assert "internal error" not in logs.err
    cli.ok("rm", "-f", "worker0", "sandbox0")


def test_the_namespace_of_kubernetes_is_one_like_any_other(
    cli: Cli, engine: PrivateEngine, ctr: Ctr, images: Layout
) -> None:
    kube = Ctr(engine, "k8s.io")
    done = engine.ctr("images", "import", "-", namespace="k8s.io", stdin=images.archive(IMAGE))
    assert done.returncode == 0, done.stderr
    try:
        kube.run("worker0", labels=POD | {"io.cri-containerd.kind": "container"})
        assert cli.ok("ps", "-q").lines == []
        assert cli.ok("-n", "k8s.io", "ps", "-q").lines == ["worker0"]
        assert cli.ok("--namespace=k8s.io", "exec", "worker0", "echo", "x").out == "x\n"
        cli.ok("-n", "k8s.io", "stop", "-t0", "worker0")
        cli.ok("-n", "k8s.io", "rm", "worker0")
        assert kube.ok("containers", "ls", "-q") == ""
    finally:
        engine.ctr("tasks", "rm", "-f", "worker0", namespace="k8s.io")
        engine.ctr("containers", "rm", "worker0", namespace="k8s.io")
        engine.ctr("images", "rm", "--sync", IMAGE, namespace="k8s.io")
