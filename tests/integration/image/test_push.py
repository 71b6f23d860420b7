"""`nerdpy push` to a real registry, whose log shows what was sent."""

import base64
import json
import os
import re
import shutil
import signal
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote

import pytest

from hack.images.layout import INDEX, Layout, Tree
from tests.integration.conftest import PtyCli
from tests.integration.image.proxy import BadLine
from tests.integration.support.cli import Cli
from tests.integration.support.engine import PrivateEngine
from tests.integration.support.images import FOREIGN, own_platform
from tests.integration.support.registry import PASSWORD, USER, Registry
from tests.integration.support.waiting import eventually

Made = Callable[..., str]
OTHERS = (FOREIGN[own_platform()], "linux/s390x")
DOCKER_FOREIGN = "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip"
UPLOAD = re.compile(r'"(POST|PUT|PATCH) (/v2/\S+/blobs/uploads/\S*)')


@pytest.fixture
def made(engine: PrivateEngine, namespace: str, tmp_path: Path) -> Made:
    """`made(repository:tag, platform...)`: an image of our own, present locally; an index from two on."""

    def make(name: str, *platforms: str, size: int = 100) -> str:
        layout = Layout(tmp_path / "made")
        manifests = []
        for platform in platforms or (own_platform(),):
            tree = Tree()
            text = f"{name} {platform} {namespace}".encode()
            tree.file("name", text + os.urandom(size))
            manifests.append(layout.image([layout.layer(tree)], {}, platform=platform))
        target = manifests[0] if len(manifests) == 1 else layout.index(manifests)
        layout.name(name, target)
        archive = layout.archive(name)
        done = engine.ctr("images", "import", "--all-platforms", "-", namespace=namespace, stdin=archive)
        assert done.returncode == 0, done.stderr
        return name

    return make


def uploads(registry: Registry, repository: str) -> list[str]:
    """What was sent to a repository or mounted in it."""
    return [path for _, path in UPLOAD.findall(registry.log) if path.startswith(f"/v2/{repository}/")]


def names(engine: PrivateEngine, namespace: str) -> list[str]:
    return engine.ctr("images", "ls", "-q", namespace=namespace).stdout.split()


def test_a_push_tells_what_docker_tells(cli: Cli, registry: Registry, made: Made) -> None:
    name = made(registry.reference("told/thing:1"))
    done = cli.ok("push", name)
    digest = registry.digest("told/thing", "1")
    size = len(registry.manifest("told/thing", digest))
    assert done.lines[0] == f"The push refers to repository [{registry.host}/told/thing]"
    assert done.lines[-1] == f"1: digest: {digest} size: {size}"
    assert re.search(r"^[0-9a-f]{12}: complete ", done.out, re.MULTILINE)
    assert done.err == ""
    assert "everything was there already" in cli.ok("image", "push", name).out
    assert cli.ok("push", "-q", name).line == name
    cli.ok("rmi", name)
    assert digest in cli.ok("pull", name).out


def test_the_default_tag_is_named(cli: Cli, registry: Registry, made: Made) -> None:
    made(registry.reference("told/latest:latest"))
    assert cli.ok("push", registry.reference("told/latest")).lines[0] == "Using default tag: latest"


def test_what_another_repository_has_is_mounted_not_sent(cli: Cli, registry: Registry, made: Made) -> None:
    first, second = made(registry.reference("mount/a:1"), size=20_000), registry.reference("mount/b:1")
    cli.ok("push", "-q", first)
    sent = uploads(registry, "mount/a")
    assert sum("digest=" in path for path in sent) == 2  # the config and the layer
    cli.ok("tag", first, second)
    cli.ok("push", "-q", second)
    mounted = uploads(registry, "mount/b")
    assert len(mounted) == 2
    assert all("mount=sha256:" in path and "from=mount/a" in unquote(path) for path in mounted)


def test_only_the_platforms_that_are_here_are_sent(
    cli: Cli, registry: Registry, made: Made, engine: PrivateEngine, namespace: str
) -> None:
    source = made(registry.reference("parts/all:1"), own_platform(), *OTHERS)
    cli.ok("push", "-q", source)
    whole = registry.digest("parts/all", "1")
    assert len(json.loads(registry.manifest("parts/all", whole))["manifests"]) == 3
    engine.ctr("images", "rm", "--sync", source, namespace=namespace)

    cli.ok("pull", "-q", source)
    one = registry.reference("parts/one:1")
    cli.ok("tag", source, one)
    done = cli.ok("push", one)
    assert f"not all platforms are sent, only {own_platform()}" in done.out
    manifests = json.loads(registry.manifest("parts/all", whole))["manifests"]
    assert registry.digest("parts/one", "1") == manifests[0]["digest"]  # the very manifest, no index
    refused = cli("push", "--all-platforms", one)
    assert refused.code == 1
    assert f"nerdpy pull --all-platforms {one}" in refused.err

    cli.ok("pull", "-q", "--platform", f"{own_platform()},linux/s390x", source)
    two = registry.reference("parts/two:1")
    cli.ok("tag", source, two)
    before = names(engine, namespace)
    cli.ok("push", "-q", two)
    reduced = json.loads(registry.manifest("parts/two", registry.digest("parts/two", "1")))
    assert reduced["mediaType"] == INDEX
    assert reduced["manifests"] == [manifests[0], manifests[2]]
    assert names(engine, namespace) == before
    cli.ok("push", "-q", "--platform", "linux/s390x", two)
    assert registry.digest("parts/two", "1") == manifests[2]["digest"]
    refused = cli("push", "--platform", OTHERS[0], two)
    assert f"is not here for platform {OTHERS[0]}" in refused.err
    assert f"nerdpy pull --platform {OTHERS[0]}" in refused.err


def test_the_name_of_a_part_is_gone_before_anything_is_sent(
    cli: Cli, registry: Registry, made: Made, engine: PrivateEngine, namespace: str
) -> None:
    with BadLine(registry.port, sent_a_second=100_000) as line:
        name = made(line.reference("parts/killed:1"), own_platform(), OTHERS[0], size=500_000)
        process = cli.start("push", "--platform", own_platform(), name)
        eventually(lambda: uploads(registry, "parts/killed"), what="it is under way")
        process.kill()
        process.wait()
    assert names(engine, namespace) == [name]
    assert cli.ok("images", "-q").lines != []
    for lease in engine.ctr("leases", "ls", "-q", namespace=namespace).stdout.splitlines():
        engine.ctr("leases", "rm", lease, namespace=namespace)  # it would have expired by itself


def test_a_name_that_a_killed_push_left_is_not_listed_and_goes_with_the_next(
    cli: Cli, registry: Registry, made: Made, engine: PrivateEngine, namespace: str
) -> None:
    name = made(registry.reference("parts/left:1"), own_platform(), OTHERS[0])
    left = "nerdpy-pushing-4194000-1-0123abcd"
    assert engine.ctr("images", "tag", name, left, namespace=namespace).returncode == 0
    assert len(cli.ok("images", "-q", "--no-trunc").lines) == 1
    cli.ok("push", "-q", "--platform", own_platform(), name)
    assert names(engine, namespace) == [name]


def test_all_tags_are_sent(cli: Cli, registry: Registry, made: Made) -> None:
    for tag in ("2", "1"):
        made(registry.reference(f"tags/all:{tag}"))
    made(registry.reference("tags/other:3"))
    done = cli.ok("push", "-a", registry.reference("tags/all"))
    told = [line.split(" ")[0] for line in done.lines if "digest: " in line]
    assert told == ["1:", "2:"]
    assert registry.status("/v2/tags/all/manifests/2", "HEAD") == 200
    assert registry.status("/v2/tags/other/manifests/3", "HEAD") == 404
    assert cli.ok("push", "-aq", registry.reference("tags/all")).line == registry.reference("tags/all")
    refused = cli("push", "-a", registry.reference("tags/all:1"))
    assert (refused.code, "tag can't be used with --all-tags/-a" in refused.err) == (125, True)


def test_bars_are_drawn_on_a_terminal(pty_cli: PtyCli, registry: Registry, made: Made) -> None:
    with BadLine(registry.port, sent_a_second=2_000_000) as line:
        terminal = pty_cli("push", made(line.reference("bars/thing:1"), size=9_000_000))
        terminal.expect("pushing")
        terminal.expect("1: digest: sha256:")
        assert terminal.finish() == 0


def test_layers_are_sent_as_estargz_when_that_is_asked_for(
    cli: Cli, registry: Registry, made: Made, engine: PrivateEngine, namespace: str
) -> None:
    name = made(registry.reference("lazy/thing:1"))
    done = cli.ok("push", "--estargz", name)
    digest = registry.digest("lazy/thing", "1")
    manifest = json.loads(registry.manifest("lazy/thing", digest))
    assert done.lines[-1].startswith(f"1: digest: {digest} size: ")
    toc = "containerd.io/snapshot/stargz/toc.digest"
    assert all(toc in layer["annotations"] for layer in manifest["layers"])
    assert names(engine, namespace) == [name]
    assert digest not in cli.ok("images", "--no-trunc", "-q").out  # here it is what it was


@pytest.mark.skipif(not shutil.which("soci"), reason="no soci here")
def test_an_index_for_lazy_pulls_is_sent_beside_the_image(cli: Cli, registry: Registry, made: Made) -> None:
    name = made(registry.reference("lazy/indexed:1"), size=200_000)
    cli.ok("push", "-q", "--soci-min-layer-size", "0", "--soci-span-size", "65536", name)
    image = registry.digest("lazy/indexed", "1")
    referrers = json.loads(registry.manifest("lazy/indexed", image.replace(":", "-")))
    assert [one["artifactType"] for one in referrers["manifests"]] == [
        "application/vnd.amazon.soci.index.v1+json"
    ]


def test_without_its_program_no_index_is_promised(cli: Cli, registry: Registry, made: Made) -> None:
    name = made(registry.reference("lazy/nothing:1"))
    refused = cli("push", "--soci-span-size", "65536", name, env={"PATH": "/nowhere"})
    assert refused.code == 1
    assert '"soci" is not installed, and is needed to make SOCI indexes' in refused.err
    assert registry.status("/v2/lazy/nothing/manifests/1", "HEAD") == 404


@pytest.fixture
def foreign(registry: Registry, engine: PrivateEngine, namespace: str, tmp_path: Path) -> str:
    """An image of two layers, of which only its maker may hand out the second."""
    layout, own, foreign = Layout(tmp_path / "foreign"), Tree(), Tree()
    own.file("own", namespace)
    foreign.file("foreign", namespace + " not ours")
    layers = [layout.layer(own), layout.layer(foreign, DOCKER_FOREIGN)]
    layers[1].descriptor["urls"] = ["https://maker.test/layer"]
    name = registry.reference(f"foreign/{namespace.rpartition('-')[2]}:1")
    layout.name(name, layout.index([layout.image(layers, {}, platform=own_platform())]))
    done = engine.ctr("images", "import", "-", namespace=namespace, stdin=layout.archive(name))
    assert done.returncode == 0, done.stderr
    return name


def test_layers_of_others_are_sent_only_when_that_is_allowed(
    cli: Cli, registry: Registry, foreign: str
) -> None:
    repository = foreign.partition("/")[2].partition(":")[0]
    done = cli.ok("push", foreign)
    index = json.loads(registry.manifest(repository, registry.digest(repository, "1")))
    manifest = json.loads(registry.manifest(repository, index["manifests"][0]["digest"]))
    assert done.lines[-1].startswith(f"1: digest: {registry.digest(repository, '1')} size: ")
    blobs = [f"/v2/{repository}/blobs/{layer['digest']}" for layer in manifest["layers"]]
    assert [registry.status(path, "HEAD") for path in blobs] == [200, 404]
    assert manifest["layers"][1]["urls"] == ["https://maker.test/layer"]
    cli.ok("push", "-q", "--allow-nondistributable-artifacts", foreign)
    assert [registry.status(path, "HEAD") for path in blobs] == [200, 200]


@pytest.mark.parametrize(
    ("answer", "words", "hint"),
    [
        ("401 Unauthorized", "push access denied for", "`nerdpy login "),
        ("403 Forbidden", "push access denied for", "may not write there"),
        ("405 Method Not Allowed", "takes no pushes", "push to the registry itself"),
    ],
)
def test_what_a_registry_refuses_is_told_with_the_way_out(
    cli: Cli, registry: Registry, made: Made, answer: str, words: str, hint: str
) -> None:
    with BadLine(registry.port, refuses=answer) as line:
        refused = cli("push", made(line.reference("refused/thing:1")))
        assert refused.code == 1
        assert words in refused.err
        assert hint in refused.err
        assert "trying again" not in refused.err


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["127.0.0.1:5000/nope"], 1, "does not exist locally with the tag: 127.0.0.1:5000/nope:latest"),
        (
            ["-a", "127.0.0.1:5000/nope"],
            1,
            "give one that name first: `nerdpy tag IMAGE 127.0.0.1:5000/nope:TAG`",
        ),
        ([f"127.0.0.1:5000/nope@sha256:{'1' * 64}"], 1, "a digest is no name to push to"),
        (["--platform", "linux/riscv64", "IMAGE"], 1, "is not here for platform linux/riscv64"),
        (["--platform", "linux", "--all-platforms", "IMAGE"], 125, "exclude each other"),
        (["--estargz", "--soci-span-size", "9", "IMAGE"], 125, "exclude each other"),
        (["ipfs://IMAGE"], 1, "nerdpy does not push to IPFS"),
    ],
)
def test_what_cannot_be_sent_is_refused(
    cli: Cli, registry: Registry, made: Made, arguments: list[str], code: int, words: str
) -> None:
    name = made(registry.reference("refused/here:1"))
    refused = cli("push", *(argument.replace("IMAGE", name) for argument in arguments))
    assert (refused.code, words in refused.err) == (code, True), str(refused)


def test_a_login_is_needed_where_the_registry_wants_one(
    cli: Cli, login_registry: Registry, made: Made
) -> None:
    name = made(login_registry.reference("private/new:1"))
    refused = cli("push", name)
    assert refused.code == 1
    assert "push access denied" in refused.err
    folder = cli.folder / ".docker"
    folder.mkdir()
    entry = {"auth": base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()}
    (folder / "config.json").write_text(json.dumps({"auths": {login_registry.host: entry}}))
    cli.ok("push", "-q", name)
    assert login_registry.digest("private/new", "1")


def test_a_line_that_is_cut_gets_there(cli: Cli, registry: Registry, made: Made) -> None:
    with BadLine(registry.port, cut_sent=400_000, cuts_left=2) as line:
        done = cli.ok("push", made(line.reference("cut/thing:1"), size=1_000_000), timeout=60)
        assert "digest: sha256:" in done.out
        assert line.cuts_left == 0
        assert "trying again" in done.err


def test_an_interrupted_push_leaves_nothing(
    cli: Cli, registry: Registry, made: Made, engine: PrivateEngine, namespace: str
) -> None:
    with BadLine(registry.port, sent_a_second=100_000) as line:
        name = made(line.reference("interrupted/thing:1"), size=1_000_000)
        process = cli.start("push", name)
        eventually(lambda: uploads(registry, "interrupted/thing") or line.sent > 1000, what="it is under way")
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
        assert process.returncode in {130, -signal.SIGINT}, (out, err)
        assert names(engine, namespace) == [name]
        assert engine.ctr("leases", "ls", "-q", namespace=namespace).stdout == ""
