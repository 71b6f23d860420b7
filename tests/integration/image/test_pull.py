"""`nerdpy pull` from a real registry, over good and bad lines."""

import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from hack.images.layout import Layout
from tests.integration.conftest import PtyCli
from tests.integration.image.proxy import BadLine
from tests.integration.support.cli import Cli
from tests.integration.support.engine import PrivateEngine
from tests.integration.support.images import BUSYBOX, FOREIGN, PREFIX, own_platform
from tests.integration.support.registry import Registry
from tests.integration.support.waiting import eventually

NOT_LOCAL = "192.0.2.7"


def ingests(engine: PrivateEngine, namespace: str) -> list[str]:
    return engine.ctr("content", "active", namespace=namespace).stdout.splitlines()[1:]


def blobs(engine: PrivateEngine, namespace: str) -> list[str]:
    return engine.ctr("content", "ls", "-q", namespace=namespace).stdout.splitlines()


def test_a_pull_tells_what_docker_tells(cli: Cli, registry: Registry) -> None:
    name, digest = registry.reference("busybox:latest"), registry.digest("busybox", "latest")
    first = cli.ok("pull", registry.reference("busybox"))
    assert first.lines[:2] == ["Using default tag: latest", f"latest: Pulling from {registry.host}/busybox"]
    assert first.lines[-3:] == [f"Digest: {digest}", f"Status: Downloaded newer image for {name}", name]
    assert first.err == ""
    again = cli.ok("pull", name)
    assert again.lines[-2] == f"Status: Image is up to date for {name}"
    assert cli.ok("run", "--rm", name, "echo", "it runs").line == "it runs"


def test_a_quiet_pull_prints_the_reference_alone(cli: Cli, registry: Registry) -> None:
    assert cli.ok("pull", "-q", registry.reference("busybox")).line == registry.reference("busybox:latest")


def test_run_tells_of_its_pull_on_stderr(cli: Cli, registry: Registry) -> None:
    name = registry.reference("busybox:latest")
    done = cli.ok("run", "--rm", name, "echo", "hello")
    assert done.lines == ["hello"]
    assert f"Unable to find image '{name}' locally" in done.err
    assert "done" in done.err
    assert cli.ok("run", "--rm", "--pull", "always", "-q", name, "echo", "hello").err == ""
    missing = cli("run", "--rm", "--pull", "never", registry.reference("nginx:latest"), "true")
    assert missing.code == 125


def test_bars_are_drawn_on_a_terminal(pty_cli: PtyCli, registry: Registry) -> None:
    with BadLine(registry.port, bytes_a_second=600_000) as line:
        terminal = pty_cli("pull", line.reference("busybox:latest"))
        terminal.expect("downloading")
        terminal.expect("Downloaded newer image")
        assert terminal.finish() == 0


@pytest.mark.parametrize("by", ["digest", "both"])
def test_a_digest_pins_the_image(cli: Cli, registry: Registry, by: str) -> None:
    digest = registry.digest("busybox", "latest")
    tag = ":latest" if by == "both" else ""
    name = registry.reference(f"busybox{tag}@{digest}")
    assert cli.ok("pull", "-q", name).line == name
    assert cli.ok("run", "--rm", "--pull", "never", name, "echo", "pinned").line == "pinned"
    wrong = registry.reference(f"busybox@sha256:{'1' * 64}")
    assert cli("run", "--rm", "--pull", "never", wrong, "true").code == 125


def test_a_pulled_tag_is_found_by_its_digest(cli: Cli, registry: Registry) -> None:
    cli.ok("pull", "-q", registry.reference("busybox"))
    name = registry.reference(f"busybox@{registry.digest('busybox', 'latest')}")
    assert cli.ok("run", "--rm", "--pull", "never", name, "echo", "found").line == "found"


def test_other_platforms_are_fetched_when_they_are_named(cli: Cli, registry: Registry) -> None:
    name, foreign = registry.reference("busybox:latest"), FOREIGN[own_platform()]
    cli.ok("pull", "-q", "--platform", foreign, name)
    shown = cli.ok("image", "inspect", "-f", "{{.Os}}/{{.Architecture}}", name)
    assert shown.line == foreign
    cli.ok("pull", "-q", "--platform", f"{foreign},{own_platform()}", name)
    shown = cli.ok("image", "inspect", "-f", "{{.Os}}/{{.Architecture}}", name)
    assert shown.line == own_platform()
    shown = cli.ok("image", "inspect", "--platform", foreign, "-f", "{{.Os}}/{{.Architecture}}", name)
    assert shown.line == foreign


def test_all_platforms_are_fetched_but_not_unpacked(
    cli: Cli, registry: Registry, engine: PrivateEngine, namespace: str
) -> None:
    cli.ok("pull", "-q", "--all-platforms", registry.reference("busybox"))
    assert len(blobs(engine, namespace)) == 7  # the index, and of each platform a manifest, config and layer
    assert engine.ctr("snapshots", "ls", namespace=namespace).stdout.splitlines()[1:] == []
    assert cli.ok("run", "--rm", registry.reference("busybox"), "echo", "unpacked now").lines == [
        "unpacked now"
    ]


def test_a_platform_that_is_missing_is_refused_and_leaves_no_name(cli: Cli, registry: Registry) -> None:
    refused = cli("pull", registry.reference("odd:foreign"))
    assert refused.code == 1
    assert f"no matching manifest for {own_platform()} in the manifest list" in refused.err
    assert f"it has {FOREIGN[own_platform()]}" in refused.err
    assert cli.ok("images", "-q").lines == []
    refused = cli("pull", "--platform", "linux/s390x", registry.reference("odd:schema2"))
    assert (refused.code, cli.ok("images", "-q").lines) == (1, [])


def test_a_refused_platform_leaves_the_image_as_it_was(cli: Cli, registry: Registry) -> None:
    cli.ok("pull", "-q", registry.reference("busybox"))
    assert cli("pull", "--platform", "linux/s390x", registry.reference("busybox")).code == 1
    assert cli.ok("run", "--rm", registry.reference("busybox"), "echo", "still").lines == ["still"]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("127.0.0.1:5000/nope", 'manifest for "127.0.0.1:5000/nope:latest" not found: manifest unknown'),
        ("127.0.0.1:5000/busybox:nope", "manifest unknown"),
        ("127.0.0.1:1/busybox", 'registry "127.0.0.1:1" does not answer'),
        ("nowhere.test/busybox", 'registry "nowhere.test"'),
        ("nowhere.test:99999/busybox", 'registry "nowhere.test:99999" cannot be asked'),
        ("Busybox", "must be lowercase"),
    ],
)
def test_what_a_registry_has_not_is_told(cli: Cli, registry: Registry, name: str, words: str) -> None:
    refused = cli("pull", name)
    assert refused.code == 1
    assert words in refused.err
    assert "hint:" in refused.err
    assert cli.ok("images", "-q").lines == []


def test_a_deadline_that_is_no_time_is_a_usage_error(cli: Cli) -> None:
    for text, words in {"x": 'invalid argument "x" for --deadline', "0": "longer than nothing"}.items():
        refused = cli("pull", "--deadline", text, "busybox")
        assert (refused.code, words in refused.err) == (125, True), str(refused)


def test_an_interrupted_pull_leaves_nothing(
    cli: Cli, registry: Registry, engine: PrivateEngine, namespace: str
) -> None:
    with BadLine(registry.port, bytes_a_second=100_000) as line:
        name = line.reference("busybox:latest")
        process = cli.start("pull", name)
        eventually(lambda: ingests(engine, namespace) and line.passed > 50_000, what="it is under way")
        process.send_signal(signal.SIGINT)
        began = time.monotonic()
        out, err = process.communicate(timeout=20)
        assert process.returncode in {130, -signal.SIGINT}, (out, err)  # a shell says 130 for both
        assert time.monotonic() - began < 3
        eventually(lambda: not ingests(engine, namespace), what="no ingest is left")
        assert cli.ok("images", "-q").lines == []
        assert engine.ctr("leases", "ls", "-q", namespace=namespace).stdout == ""
        line.bytes_a_second = 0
        cli.ok("pull", "-q", name, timeout=20)


def test_a_killed_pull_blocks_nobody(
    cli: Cli, registry: Registry, engine: PrivateEngine, namespace: str
) -> None:
    with BadLine(registry.port, bytes_a_second=100_000) as line:
        process = cli.start("pull", line.reference("busybox:latest"))
        eventually(lambda: line.passed > 50_000, what="it is under way")
        process.kill()
        process.wait()
        assert cli.ok("images", "-q").lines == []
        line.bytes_a_second = 0
        cli.ok("pull", "-q", line.reference("busybox:latest"), timeout=20)
    for lease in engine.ctr("leases", "ls", "-q", namespace=namespace).stdout.splitlines():
        engine.ctr("leases", "rm", lease, namespace=namespace)  # it would have expired by itself


def test_a_line_that_is_cut_again_and_again_gets_there(cli: Cli, registry: Registry) -> None:
    with BadLine(registry.port, cut_after=300_000, cuts_left=12) as line:
        done = cli.ok("pull", line.reference("nginx:latest"), timeout=90)
        assert "Downloaded newer image" in done.out
        assert line.cuts_left < 12


def test_a_busy_registry_is_asked_again_when_it_wants(cli: Cli, registry: Registry) -> None:
    with BadLine(registry.port, refuses="429 Too Many Requests\r\nRetry-After: 3") as line:
        process = cli.start("pull", line.reference("busybox:latest"))
        began = time.monotonic()
        assert process.stderr is not None
        told = process.stderr.readline().decode()
        assert "the registry is busy; trying again in 3 s (1 of 4)" in told
        line.refuses = ""
        assert process.wait(timeout=20) == 0
        assert time.monotonic() - began > 2.5


def test_an_error_of_the_server_is_told_in_the_end(cli: Cli, registry: Registry) -> None:
    with BadLine(registry.port, refuses="403 Forbidden") as line:
        refused = cli("pull", line.reference("busybox:latest"))
        assert refused.code == 1
        assert "pull access denied" in refused.err
        assert "trying again" not in refused.err


def test_one_image_is_pulled_many_times_at_once(
    cli: Cli, registry: Registry, engine: PrivateEngine, namespace: str
) -> None:
    name, other = registry.reference("nginx:latest"), f"{namespace}-b"

    def pull(where: str) -> int:
        return cli("--namespace", where, "pull", "-q", name).code

    try:
        with ThreadPoolExecutor(4) as pool:
            assert list(pool.map(pull, [namespace, other, namespace, other])) == [0, 0, 0, 0]
        cli.ok("--namespace", other, "rmi", name)
        assert cli.ok("run", "--rm", name, "nginx", "-v").code == 0
    finally:
        engine.ctr("images", "rm", "--sync", name, namespace=other)
        engine.ctr("namespaces", "rm", other)


@pytest.fixture
def far_away(machine: None) -> str:
    """An address that is not loopback's: plain HTTP and any certificate are not taken there."""
    subprocess.run(["ip", "address", "replace", f"{NOT_LOCAL}/32", "dev", "lo"], check=True)
    return NOT_LOCAL


def test_plain_http_elsewhere_must_be_allowed(cli: Cli, registry: Registry, far_away: str) -> None:
    with BadLine(registry.port, address=far_away) as line:
        name = line.reference("busybox:latest")
        refused = cli("pull", name)
        assert refused.code == 1
        assert "http: server gave HTTP response to HTTPS client" in refused.err
        assert "--insecure-registry" in refused.err
        cli.ok("--insecure-registry", "pull", "-q", name)
        cli.ok("rmi", name)
        hosts = cli.folder / "hosts"
        (hosts / line.host).mkdir(parents=True)
        (hosts / line.host / "hosts.toml").write_text(f'server = "http://{line.host}"\n')
        cli.ok("--hosts-dir", str(hosts), "pull", "-q", name)


@pytest.fixture
def far_tls_registry(images: Layout, far_away: str, tmp_path: Path) -> Iterator[Registry]:
    """A registry whose certificate is its own authority, and is for the far address."""
    key, certificate = tmp_path / "key", tmp_path / "crt"
    names = f"subjectAltName=IP:127.0.0.1,IP:{far_away}"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        + ["-days", "2", "-subj", "/CN=far", "-addext", names, "-keyout", key, "-out", certificate],
        check=True,
        capture_output=True,
    )
    registry = Registry(tmp_path / "far", 5007, certificate=(certificate, key), authority=certificate).start()
    registry.push(images, "busybox", "latest", images.references[PREFIX + BUSYBOX])
    yield registry
    registry.stop()


def test_an_unknown_authority_is_refused_until_it_is_known(
    cli: Cli, far_tls_registry: Registry, far_away: str
) -> None:
    with BadLine(far_tls_registry.port, address=far_away, is_raw=True) as line:
        name = line.reference("busybox:latest")
        refused = cli("pull", name)
        assert refused.code == 1
        assert "is not trusted: certificate signed by unknown authority" in refused.err
        assert f"/etc/containerd/certs.d/{line.host}/ca.crt" in refused.err
        assert cli("--insecure-registry", "pull", "-q", name).code == 0
        cli.ok("rmi", name)
        trusted = Path("/etc/containerd/certs.d") / line.host
        trusted.mkdir(parents=True)
        try:
            assert far_tls_registry.authority is not None
            shutil.copy(far_tls_registry.authority, trusted / "ca.crt")
            cli.ok("pull", "-q", name)
        finally:
            shutil.rmtree(trusted)


def test_a_certificate_of_localhost_needs_no_authority(cli: Cli, tls_registry: Registry) -> None:
    cli.ok("pull", "-q", tls_registry.reference("busybox:latest"))
