"""The tests' own machinery: if this fails, nothing else means anything."""

from pathlib import Path

from tests.integration.conftest import AddImage
from tests.integration.support.cli import Cli
from tests.integration.support.engine import PrivateEngine
from tests.integration.support.images import BUSYBOX, ODD
from tests.integration.support.leftovers import Leftovers, Machine, links
from tests.integration.support.registry import Registry


def test_the_worker_has_a_machine_of_its_own(machine: None) -> None:
    assert links() <= {"lo", "nerdpy0"}
    assert not Path("/run/containerd/containerd.sock").exists()


def test_an_image_can_be_run_by_containerd_alone(
    cli: Cli, engine: PrivateEngine, namespace: str, busybox_image: str
) -> None:
    name = f"docker.io/library/{busybox_image}"
    done = engine.ctr("run", "--rm", name, "hello", "echo", "hello", namespace=namespace)
    assert (done.stdout, done.returncode) == ("hello\n", 0)


def test_every_test_image_can_be_imported(cli: Cli, add_image: AddImage) -> None:
    for name in ODD.keys() - {"odd:foreign"}:
        add_image(name)


def test_the_registry_serves_every_test_image(cli: Cli, registry: Registry) -> None:
    for name in (BUSYBOX, *ODD):
        repository, _, tag = name.partition(":")
        assert registry.digest(repository, tag).startswith("sha256:")


def test_the_registry_with_a_login_refuses_strangers(cli: Cli, login_registry: Registry) -> None:
    assert login_registry.status("/v2/private/busybox/manifests/latest") == 200
    login_registry.needs_login = False
    assert login_registry.status("/v2/private/busybox/manifests/latest") == 401
    login_registry.needs_login = True


def test_the_tls_registry_is_trusted_by_its_authority(cli: Cli, tls_registry: Registry) -> None:
    assert tls_registry.status("/v2/busybox/manifests/latest") == 200


def test_a_container_left_behind_is_found(
    cli: Cli, engine: PrivateEngine, namespace: str, busybox_image: str
) -> None:
    leftovers = Leftovers(engine, namespace, Machine.now())
    engine.ctr("run", "-d", f"docker.io/library/{busybox_image}", "left", "sleep", "60", namespace=namespace)
    assert {"containers", "tasks", "snapshots", "shims", "mounts", "cgroups"} <= leftovers.found().keys()
    leftovers.scrub()
    assert "left" not in str(leftovers.found())
