"""`nerdpy pull` from a registry that cuts off, falls silent, is busy and lies; and beside pulls that hang."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hack.images.layout import Layout, Tree
from tests.integration.support.bad_registry import Answer, BadRegistry
from tests.integration.support.cli import Cli
from tests.integration.support.engine import PrivateEngine
from tests.integration.support.images import own_platform
from tests.integration.support.waiting import eventually

MIB = 1 << 20
IMPATIENT = "import nerdpy.image.watch as w; w.STALL = {}; from nerdpy.cli.main import main; main()"
"""nerdpy itself, for which a shorter silence is a stall."""
Start = Callable[..., "subprocess.Popen[bytes]"]


@pytest.fixture(scope="module")
def layout(tmp_path_factory: pytest.TempPathFactory) -> Layout:
    """`img`: three layers of 4 MiB that cannot be compressed, of which no test may keep anything."""
    layout = Layout(tmp_path_factory.mktemp("layout"))
    layers = []
    for number in range(3):
        tree = Tree()
        tree.file(f"data{number}", os.urandom(4 * MIB))
        layers.append(layout.layer(tree))
    layout.name("img", layout.image(layers, {}, platform=own_platform()))
    return layout


@pytest.fixture
def bad(machine: None, layout: Layout) -> Iterator[BadRegistry]:
    with BadRegistry(layout, {"img": {"latest": layout.references["img"]}}) as registry:
        yield registry


@pytest.fixture
def start(cli: Cli) -> Iterator[Start]:
    """`start("pull", name, stall=2)`: nerdpy with less patience, which does not outlive the test."""
    running: list[subprocess.Popen[bytes]] = []

    def begin(*arguments: str, stall: float = 60) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-c", IMPATIENT.format(stall), *arguments]
        output = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
        running.append(subprocess.Popen(command, env=cli.environment, **output))  # type: ignore[call-overload]
        return running[-1]

    yield begin
    for process in running:
        process.send_signal(signal.SIGCONT)
        process.kill()
        process.wait()


def size_of(layout: Layout) -> int:
    """Bytes of all blobs of the image but its manifest."""
    target = layout.references["img"]
    return sum(one["size"] for one in layout.closure(target) if one["digest"] != target["digest"])


def drop_leases(engine: PrivateEngine, namespace: str) -> list[str]:
    """What would expire by itself; the names of those that there were."""
    leases = engine.ctr("leases", "ls", "-q", namespace=namespace).stdout.split()
    for lease in leases:
        engine.ctr("leases", "rm", "--sync", lease, namespace=namespace)
    return leases


def ingested(engine: PrivateEngine, namespace: str) -> bool:
    return len(engine.ctr("content", "active", namespace=namespace).stdout.splitlines()) > 1


def test_a_line_that_is_cut_every_mebibyte_costs_no_bytes(cli: Cli, bad: BadRegistry, layout: Layout) -> None:
    bad.cut_after = MIB
    done = cli.ok("pull", bad.reference("img"))
    assert "Downloaded newer image" in done.out
    assert bad.sent <= 1.05 * size_of(layout)
    assert len(bad.paths("/blobs/")) >= 12


def test_silence_is_noticed_and_what_is_here_is_not_fetched_again(
    start: Start, bad: BadRegistry, layout: Layout
) -> None:
    bad.stall_after, bad.stalls_left = MIB, 2
    process = start("pull", bad.reference("img"), stall=2)
    out = process.communicate(timeout=40)[0].decode()
    assert process.returncode == 0, out
    assert "nothing moved for 2 s; trying again in 1 s (1 of 4)" in out
    assert bad.sent <= 1.05 * size_of(layout)


def test_what_a_killed_pull_has_is_not_fetched_again(
    cli: Cli, start: Start, bad: BadRegistry, layout: Layout, engine: PrivateEngine, namespace: str
) -> None:
    bad.stall_after = 2 * MIB
    process = start("pull", bad.reference("img"))
    eventually(lambda: bad.sent >= 6 * MIB, what="it is in the middle of its layers")
    process.kill()
    process.wait()
    bad.stall_after = 0
    cli.ok("pull", "-q", bad.reference("img"))
    assert bad.sent <= 1.05 * size_of(layout)
    drop_leases(engine, namespace)


def test_what_was_given_up_is_kept_for_the_next_attempt(
    cli: Cli, start: Start, bad: BadRegistry, layout: Layout, engine: PrivateEngine, namespace: str
) -> None:
    bad.stall_after = 2 * MIB
    process = start("pull", "--deadline", "3s", bad.reference("img"))
    out = process.communicate(timeout=20)[0].decode()
    assert process.returncode == 1
    assert "was given up at its deadline" in out
    assert "the next attempt goes on there" in out
    kept = engine.ctr("leases", "ls", "-q", namespace=namespace).stdout.split()
    assert [lease.rpartition("-")[0] for lease in kept] == ["nerdpy-unfinished"]
    bad.stall_after = 0
    cli.ok("pull", "-q", bad.reference("img"))
    assert bad.sent <= 1.05 * size_of(layout)
    assert drop_leases(engine, namespace) == []


def test_a_prune_gives_back_what_was_kept(
    cli: Cli, start: Start, bad: BadRegistry, engine: PrivateEngine, namespace: str
) -> None:
    bad.stall_after = MIB
    process = start("pull", "--deadline", "2s", bad.reference("img"))
    process.communicate(timeout=20)
    assert ingested(engine, namespace)
    cli.ok("image", "prune", "-f")
    assert drop_leases(engine, namespace) == []
    eventually(lambda: not ingested(engine, namespace), what="what was fetched is gone")


def test_an_interrupt_keeps_nothing(
    start: Start, bad: BadRegistry, engine: PrivateEngine, namespace: str
) -> None:
    bad.stall_after = MIB
    process = start("pull", bad.reference("img"))
    eventually(lambda: ingested(engine, namespace), what="it is under way")
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=20)
    assert not ingested(engine, namespace)
    assert drop_leases(engine, namespace) == []


@pytest.mark.parametrize("frozen", [False, True])
@pytest.mark.parametrize("where", ["here", "elsewhere"])
def test_a_pull_that_hangs_holds_up_no_other(
    start: Start, bad: BadRegistry, engine: PrivateEngine, namespace: str, where: str, frozen: bool
) -> None:
    other = f"{namespace}-b"
    bad.stall_after, bad.stalls_left = MIB, 1
    hung = start("--namespace", other if where == "elsewhere" else namespace, "pull", bad.reference("img"))
    try:
        eventually(lambda: not bad.stalls_left, what="it hangs")
        if frozen:
            hung.send_signal(signal.SIGSTOP)
        process = start("pull", bad.reference("img"), stall=2)
        out = process.communicate(timeout=40)[0].decode()
        assert process.returncode == 0, out
        assert "Downloaded newer image" in out
        assert ("is held by another pull, which hangs" in out) is (where == "here")
        assert hung.poll() is None
    finally:
        hung.send_signal(signal.SIGCONT)
        hung.kill()
        hung.wait()
        drop_leases(engine, namespace)
        drop_leases(engine, other)
        engine.ctr("namespaces", "rm", other)


def test_one_lie_is_survived(cli: Cli, bad: BadRegistry) -> None:
    bad.lies = 1
    done = cli.ok("pull", bad.reference("img"))
    assert "what came is not what its digest says; trying again" in done.err


def test_a_liar_is_found_out_and_nothing_of_it_is_kept(
    cli: Cli, bad: BadRegistry, engine: PrivateEngine, namespace: str
) -> None:
    bad.lies = 1000
    refused = cli("pull", bad.reference("img"))
    assert refused.code == 1
    assert "sends something else than it promises" in refused.err
    assert "has other bytes than its digest says" in refused.err
    drop_leases(engine, namespace)
    assert not ingested(engine, namespace)
    assert cli.ok("images", "-q").lines == []
    bad.lies = 0
    cli.ok("pull", "-q", bad.reference("img"))


def test_a_registry_that_stumbles_is_borne(cli: Cli, bad: BadRegistry) -> None:
    bad.troubles = [
        ("/manifests/", Answer(503)),
        ("/manifests/", Answer(429, {"Retry-After": "1"})),
        ("/blobs/", Answer(500)),
        ("/blobs/", Answer(502)),
        ("/blobs/", Answer(429)),
        ("/blobs/", Answer(408)),
    ]
    cli.ok("pull", "-q", bad.reference("img"))
    assert bad.troubles == []


def test_all_tags_are_fetched(cli: Cli, bad: BadRegistry, layout: Layout) -> None:
    target = layout.references["img"]
    bad.repositories["many"] = {"b": target, "a": target}
    bad.troubles = [("/tags/list", Answer(200, body=json.dumps({"tags": ["a", "b"]}).encode()))]
    done = cli.ok("pull", "-a", bad.reference("many"))
    assert f"a: Pulling from {bad.reference('many')}" in done.lines
    assert [line for line in done.lines if line == bad.reference("many:b")] == [bad.reference("many:b")]
    assert len(cli.ok("images").lines) == 3
    assert cli("pull", "-a", bad.reference("many:a")).code == 125


@pytest.mark.parametrize("kind", ["prettyjws", "json"])
def test_the_oldest_format_is_refused_with_the_way_out(
    cli: Cli, bad: BadRegistry, tmp_path: Path, kind: str
) -> None:
    layout = Layout(tmp_path)
    layer = layout.layer(Tree()).descriptor["digest"]
    manifest = {"schemaVersion": 1, "fsLayers": [{"blobSum": layer}], "history": [{"v1Compatibility": "{}"}]}
    old = layout.json(manifest, f"application/vnd.docker.distribution.manifest.v1+{kind}")
    bad.images, bad.repositories = layout, {"old": {"1": old}}
    refused = cli("pull", bad.reference("old:1"))
    assert refused.code == 1
    assert "has a Docker schema 1 manifest, which containerd no longer supports" in refused.err
    assert "skopeo copy --format v2s2" in refused.err
    assert cli.ok("images", "-q").lines == []
