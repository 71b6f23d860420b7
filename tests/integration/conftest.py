"""Fixtures of the integration tests: a private machine and containerd per worker, a namespace per test.

docs/testing.md tells how to write one.
"""

import os
import re
from collections.abc import Callable, Generator, Iterator
from itertools import count
from pathlib import Path

import pytest

from hack.images.layout import Layout
from tests.integration.support.cli import ROOT, Cli, environment_of
from tests.integration.support.ending import expect_nothing, keep_artifacts, remove_by_nerdpy, remove_images
from tests.integration.support.engine import PrivateEngine
from tests.integration.support.images import BUSYBOX, NGINX, PREFIX, SYSTEMD, built_images, built_systemd
from tests.integration.support.isolation import OWN, isolate
from tests.integration.support.leftovers import Leftovers, Machine
from tests.integration.support.registry import Registry, make_certificate
from tests.integration.support.terminal import Terminal

IMAGE_CACHE = Path("/var/tmp/nerdpy-test-images")
ARTIFACTS = ROOT / "artifacts"
PtyCli = Callable[..., Terminal]
AddImage = Callable[[str], str]
FAILED = pytest.StashKey[bool]()
SYSTEMD_IMAGES = pytest.StashKey[Layout]()
_numbers = count(1)
_RUN = f"{os.getpid():x}"
"""Control groups have no namespace here: two runs at once must not meet in their names."""


@pytest.fixture(scope="session")
def images(request: pytest.FixtureRequest) -> Layout:
    """The test images in OCI layout, built on first use (before the machine's network is left)."""
    if os.geteuid() != 0:
        pytest.skip("integration tests need root")
    if any("systemd_image" in getattr(item, "fixturenames", ()) for item in request.session.items):
        request.config.stash[SYSTEMD_IMAGES] = built_systemd(IMAGE_CACHE)  # the network is needed for it, too
    return built_images(IMAGE_CACHE)


@pytest.fixture(scope="session")
def machine(images: Layout) -> None:
    """This worker's own mounts and network: default paths, bridge, rules and ports are free to use."""
    isolate()


@pytest.fixture(scope="session")
def engine(machine: None) -> Iterator[PrivateEngine]:
    """The worker's containerd."""
    engine = PrivateEngine(OWN / str(os.getpid()))  # other workers' shims must not look like ours
    engine.start()
    yield engine
    shims = engine.shims()
    engine.remove()
    assert not shims, f"shims outlived their tests: {shims}"


@pytest.fixture(scope="session")
def registry(machine: None, images: Layout) -> Iterator[Registry]:
    """A registry on 127.0.0.1:5000 by plain HTTP, with all the test images."""
    registry = Registry(OWN / "registry", 5000).start()
    registry.fill(images)
    yield registry
    registry.stop()


@pytest.fixture(scope="session")
def login_registry(machine: None, images: Layout) -> Iterator[Registry]:
    """A registry on 127.0.0.1:5001 that wants user `tester` with password `open-sesame`."""
    registry = Registry(OWN / "login-registry", 5001, needs_login=True).start()
    registry.push(images, "private/busybox", "latest", images.references[PREFIX + BUSYBOX])
    yield registry
    registry.stop()


@pytest.fixture(scope="session")
def tls_registry(machine: None, images: Layout) -> Iterator[Registry]:
    """A registry on 127.0.0.1:5002 with a certificate of `.authority`, which nobody trusts by default."""
    authority, certificate = make_certificate(OWN / "tls")
    registry = Registry(OWN / "tls-registry", 5002, certificate=certificate, authority=authority).start()
    registry.push(images, "busybox", "latest", images.references[PREFIX + BUSYBOX])
    yield registry
    registry.stop()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Remember a failure, so that the fixtures of the test keep its traces."""
    report = yield
    item.stash[FAILED] = item.stash.get(FAILED, False) or report.failed
    return report


def _namespace_of(test: str) -> str:
    words = re.sub(r"[^A-Za-z0-9]+", "-", test.removeprefix("test_")).strip("-")
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw")
    return f"{words[:36].strip('-')}-{worker}-{_RUN}-{next(_numbers)}"


@pytest.fixture
def cli(engine: PrivateEngine, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Cli]:
    """nerdpy in a containerd namespace of the test's own.

    At the end nerdpy removes the containers, volumes and networks that the test left; then nothing of it may
    remain anywhere, or the test fails.
    """
    namespace = _namespace_of(request.node.name)
    leftovers = Leftovers(engine, namespace, Machine.now())
    cli = Cli(environment_of(engine.address, namespace, tmp_path), tmp_path)
    log_start = engine.log.stat().st_size
    is_clean = False
    yield cli
    try:
        remove_by_nerdpy(engine, cli)
        remove_images(engine, namespace)
        expect_nothing(leftovers)
        is_clean = True
    finally:
        if not is_clean or request.node.stash.get(FAILED, False):
            keep_artifacts(ARTIFACTS / namespace, engine, cli.diary, log_start)
        if not is_clean:
            leftovers.scrub()
        leftovers.forget_namespace()


@pytest.fixture
def namespace(cli: Cli) -> str:
    """The containerd namespace of this test."""
    return cli.environment["NERDPY_NAMESPACE"]


@pytest.fixture
def pty_cli(cli: Cli) -> Iterator[PtyCli]:
    """`pty_cli("run", "-it", ...)`: the same on a terminal of 24 lines and 80 columns."""
    open_terminals: list[Terminal] = []

    def start(
        *arguments: str | Path, env: dict[str, str] | None = None, size: tuple[int, int] = (24, 80)
    ) -> Terminal:
        terminal = Terminal(cli, arguments, env or {}, size)
        open_terminals.append(terminal)
        return terminal

    yield start
    for terminal in open_terminals:
        terminal.close(force=True)


@pytest.fixture
def add_image(cli: Cli, engine: PrivateEngine, images: Layout, namespace: str) -> AddImage:
    """Put one of the test images into the test's namespace without a pull: `add_image("odd:user")`."""

    def add(name: str) -> str:
        archive = images.archive(PREFIX + name)
        done = engine.ctr("images", "import", "-", namespace=namespace, stdin=archive)
        assert done.returncode == 0, done.stderr
        return name

    return add


@pytest.fixture
def busybox_image(add_image: AddImage) -> str:
    """`busybox:latest`, present locally."""
    return add_image(BUSYBOX)


@pytest.fixture
def systemd_image(cli: Cli, engine: PrivateEngine, namespace: str, request: pytest.FixtureRequest) -> str:
    """`debian:systemd`, whose command is systemd; present locally."""
    archive = request.config.stash[SYSTEMD_IMAGES].archive(PREFIX + SYSTEMD)
    done = engine.ctr("images", "import", "-", namespace=namespace, stdin=archive)
    assert done.returncode == 0, done.stderr
    return SYSTEMD


@pytest.fixture
def nginx_image(add_image: AddImage) -> str:
    """`nginx:latest`, present locally."""
    return add_image(NGINX)
