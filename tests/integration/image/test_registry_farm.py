"""Pulls by containerd from every kind of registry, on every way to it, with logins in every place: each host
sees its own credential, and nothing else; redirects and token servers included."""

import ssl
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from hack.images.layout import Descriptor, Layout, Tree
from tests.integration.support.bad_registry import Answer, BadRegistry, basic
from tests.integration.support.cli import Cli
from tests.integration.support.engine import PrivateEngine
from tests.integration.support.farm import KINDS, ROUTES, Papers
from tests.integration.support.images import own_platform
from tests.integration.support.isolation import OWN
from tests.integration.support.logins import keep_logins

ADDRESS, ELSEWHERE = "198.51.100.17", "198.51.100.18"
WANTS_LOGIN = {"basic", "token", "mtls", "http"}
KEEPERS = ("helper", "missing", "file")
STRANGER = "stranger:never-to-be-shown"


@dataclass
class Stand:
    """One host of the farm, and the account there."""

    double: BadRegistry
    account: str

    @property
    def may_see(self) -> set[str]:
        return {basic(self.account), f"Bearer {self.account}"}


@dataclass
class Farm:
    """A registry, and what hosts.toml says of the way to it."""

    registry: Stand
    mirror: Stand
    hosts: Path
    name: str

    @property
    def stands(self) -> tuple[Stand, Stand]:
        return self.registry, self.mirror


@pytest.fixture(scope="module")
def papers(machine: None) -> Papers:
    """Addresses that are not loopback's, where nothing is taken on trust, and certificates for the first."""
    for address in (ADDRESS, ELSEWHERE):
        subprocess.run(["ip", "address", "replace", f"{address}/32", "dev", "lo"], check=True)
    return Papers.made(OWN / "pull-farm-tls", ADDRESS)


@pytest.fixture(scope="module")
def thing(tmp_path_factory: pytest.TempPathFactory) -> tuple[Layout, Descriptor]:
    layout, tree = Layout(tmp_path_factory.mktemp("layout")), Tree()
    tree.file("hello", "hello\n")
    return layout, layout.image([layout.layer(tree)], {}, platform=own_platform())


def stand_of(kind: str, account: str, thing: tuple[Layout, Descriptor], papers: Papers) -> Stand:
    layout, target = thing
    double = BadRegistry(layout, {"team/thing": {"1": target}}, address=papers.address)
    if kind in {"basic", "http", "mtls"}:
        double.basic = account
    if kind == "token":
        double.token = double.token_credential = account
    if kind != "http":
        double.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        double.tls.load_cert_chain(*papers.certificate)
    if kind == "mtls" and double.tls is not None:
        double.tls.load_verify_locations(papers.authority)
        double.tls.verify_mode = ssl.CERT_REQUIRED
    return Stand(double, account)


@contextmanager
def farm_of(
    kind: str, route: str, folder: Path, papers: Papers, thing: tuple[Layout, Descriptor]
) -> Iterator[Farm]:
    registry, mirror = (
        stand_of(kind, account, thing, papers) for account in ("at-registry:r", "at-mirror:m")
    )
    mirror.double.root = "/proxy/cache" if route == "override" else "/v2"
    with ExitStack() as running:
        for stand in (registry, mirror):
            running.enter_context(stand.double)
        host = registry.double.host
        tls = "" if kind == "http" else f'ca = "{papers.authority}"\n'
        if kind == "mtls":
            tls += 'client = [["{}", "{}"]]\n'.format(*papers.certificate)
        text = f'server = "{registry.double.url}"\n{tls}'
        if route != "direct":
            override = ("/proxy/cache", "override_path = true\n") if route == "override" else ("", "")
            text += f'[host."{mirror.double.url}{override[0]}"]\n{override[1]}{tls}'
        hosts = folder / "hosts"
        (hosts / host).mkdir(parents=True)
        (hosts / host / "hosts.toml").write_text(text)
        yield Farm(registry, mirror, hosts, f"{host}/team/thing:1")


def logins(farm: Farm) -> dict[str, str]:
    """The accounts of the farm's hosts, and one more that nobody may ever see."""
    accounts = {stand.double.host: stand.account for stand in farm.stands}
    return accounts | {ADDRESS: STRANGER, "docker.io": STRANGER}


def forget(engine: PrivateEngine, namespace: str, farm: Farm) -> None:
    """As if nothing had been pulled yet."""
    engine.ctr("images", "rm", "--sync", farm.name, namespace=namespace)
    for stand in farm.stands:
        stand.double.asked.clear()


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("kind", KINDS)
def test_each_host_sees_its_own_credential_and_nothing_else(
    cli: Cli,
    papers: Papers,
    thing: tuple[Layout, Descriptor],
    engine: PrivateEngine,
    namespace: str,
    kind: str,
    route: str,
) -> None:
    with farm_of(kind, route, cli.folder, papers, thing) as farm:
        for keeper in KEEPERS:
            has_mirror_it = keeper == "helper"
            farm.mirror.double.repositories = farm.registry.double.repositories if has_mirror_it else {}
            keep_logins(cli, logins(farm), keeper)
            done = cli("--hosts-dir", farm.hosts, "pull", "-q", "--unpack=false", farm.name)
            is_let_in = keeper != "missing" or kind not in WANTS_LOGIN
            assert (done.code == 0) is is_let_in, str(done)
            if not is_let_in:
                assert '"docker-credential-nowhere" is not on PATH' in done.err
            for stand in farm.stands:
                shown = stand.double.shown
                assert shown <= stand.may_see, keeper
                assert bool(shown) is bool(stand.double.asked and kind in WANTS_LOGIN and is_let_in)
            assert bool(farm.mirror.double.asked) is (route != "direct")
            if is_let_in:
                assert bool(farm.registry.double.asked) is (route == "direct" or not has_mirror_it)
            forget(engine, namespace, farm)


@pytest.mark.parametrize("kind", ["basic", "token", "http"])
def test_a_redirect_to_another_host_takes_no_credential_along(
    cli: Cli, papers: Papers, thing: tuple[Layout, Descriptor], kind: str
) -> None:
    layout, target = thing
    with (
        BadRegistry(layout, {"team/thing": {"1": target}}, address=ELSEWHERE) as other,
        farm_of(kind, "direct", cli.folder, papers, thing) as farm,
    ):
        farm.registry.double.redirects_blobs_to = other.url
        keep_logins(cli, logins(farm) | {other.host: STRANGER})
        cli.ok("--hosts-dir", farm.hosts, "pull", "-q", farm.name)
        assert other.paths("/blobs/")
        assert other.shown == set()


def test_a_mirror_that_is_down_or_refuses_is_passed_over(
    cli: Cli, papers: Papers, thing: tuple[Layout, Descriptor]
) -> None:
    with farm_of("basic", "mirror", cli.folder, papers, thing) as farm:
        farm.mirror.double.troubles = [("/manifests/", Answer(503))] * 20
        keep_logins(cli, logins(farm))
        cli.ok("--hosts-dir", farm.hosts, "pull", "-q", farm.name)
        assert farm.mirror.double.shown <= farm.mirror.may_see
        assert farm.registry.double.shown == {basic(farm.registry.account)}


def test_the_default_folder_serves_every_registry(
    cli: Cli, papers: Papers, thing: tuple[Layout, Descriptor]
) -> None:
    with farm_of("basic", "mirror", cli.folder, papers, thing) as farm:
        (farm.hosts / farm.registry.double.host).rename(farm.hosts / "_default")
        keep_logins(cli, logins(farm))
        cli.ok("--hosts-dir", farm.hosts, "pull", "-q", f"{ADDRESS}:1/team/thing:1")
        assert farm.registry.double.asked == []
        assert farm.mirror.double.shown == {basic(farm.mirror.account)}
        assert f"ns={ADDRESS}%3A1" in farm.mirror.double.asked[0].path


def test_a_token_server_elsewhere_gets_what_the_registry_is_for(
    cli: Cli, papers: Papers, thing: tuple[Layout, Descriptor]
) -> None:
    with (
        farm_of("token", "direct", cli.folder, papers, thing) as farm,
        BadRegistry(Layout(cli.folder), {}, address=ADDRESS, tls=farm.registry.double.tls) as tokens,
    ):
        account = farm.registry.account
        tokens.token, tokens.token_credential = "the token", account
        farm.registry.double.token, farm.registry.double.realm = "the token", f"{tokens.url}/token"
        keep_logins(cli, logins(farm) | {tokens.host: STRANGER})
        cli.ok("--hosts-dir", farm.hosts, "pull", "-q", farm.name)
        assert farm.registry.double.shown == {"Bearer the token"}
        assert tokens.shown <= {basic(account)}
        assert {one.path.partition("?")[0] for one in tokens.asked} == {"/token"}


@pytest.mark.parametrize("kind", ["private-ca", "mtls", "http"])
def test_without_its_description_no_registry_is_trusted(
    cli: Cli, papers: Papers, thing: tuple[Layout, Descriptor], kind: str
) -> None:
    with farm_of(kind, "direct", cli.folder, papers, thing) as farm:
        keep_logins(cli, logins(farm))
        assert cli("pull", "-q", farm.name).code == 1
        assert farm.registry.double.shown == set()


@pytest.mark.parametrize("kind", ["basic", "http"])
def test_an_insecure_registry_is_reached_with_and_without_tls(
    cli: Cli, papers: Papers, thing: tuple[Layout, Descriptor], kind: str
) -> None:
    with farm_of(kind, "direct", cli.folder, papers, thing) as farm:
        keep_logins(cli, logins(farm))
        cli.ok("--insecure-registry", "pull", "-q", farm.name)
        assert farm.registry.double.shown == {basic(farm.registry.account)}


def test_a_description_that_cannot_be_read_stops_everything(
    cli: Cli, papers: Papers, thing: tuple[Layout, Descriptor]
) -> None:
    with farm_of("http", "direct", cli.folder, papers, thing) as farm:
        described = farm.hosts / farm.registry.double.host / "hosts.toml"
        described.write_text("server = ")
        refused = cli("--hosts-dir", farm.hosts, "pull", "-q", farm.name)
        assert refused.code == 1
        assert f"{described} is not valid TOML" in refused.err
        assert farm.registry.double.asked == []


def test_where_nobody_may_push_that_is_said(
    cli: Cli, papers: Papers, thing: tuple[Layout, Descriptor]
) -> None:
    with farm_of("public", "direct", cli.folder, papers, thing) as farm:
        described = farm.hosts / farm.registry.double.host / "hosts.toml"
        described.write_text(described.read_text() + 'capabilities = ["pull", "resolve"]\n')
        cli.ok("--hosts-dir", farm.hosts, "pull", "-q", farm.name)
        refused = cli("--hosts-dir", farm.hosts, "push", farm.name)
        assert refused.code == 1
        assert f'hosts.toml lets nobody push for "{farm.registry.double.host}"' in refused.err
