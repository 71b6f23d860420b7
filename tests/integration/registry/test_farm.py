"""Every kind of registry, every way to it, every place where a login may lie: each host sees its own
credential, and nothing else."""

import subprocess
from pathlib import Path

import pytest

from tests.integration.support.cli import Cli
from tests.integration.support.farm import KINDS, ROUTES, WANTS_LOGIN, Farm, Papers, farm_of
from tests.integration.support.isolation import OWN
from tests.integration.support.logins import keep_logins

ADDRESS = "198.51.100.9"
KEEPERS = ("helper", "missing", "file")


@pytest.fixture(scope="module")
def papers(machine: None) -> Papers:
    """An address that is not loopback's, where nothing is taken on trust, and certificates for it."""
    subprocess.run(["ip", "address", "replace", f"{ADDRESS}/32", "dev", "lo"], check=True)
    return Papers.made(OWN / "farm-tls", ADDRESS)


def logins(farm: Farm) -> dict[str, str]:
    """Both accounts, and one more that nobody may ever see."""
    return {stand.server.host: stand.account for stand in farm.stands} | {ADDRESS: "stranger:s"}


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("kind", KINDS)
def test_each_host_sees_its_own_credential_and_nothing_else(
    cli: Cli, papers: Papers, kind: str, route: str
) -> None:
    needs_login = kind in WANTS_LOGIN
    with farm_of(kind, route, cli.folder, papers) as farm:
        known = {"SSL_CERT_FILE": str(farm.authority)} if kind == "public" else {}
        name = f"{farm.registry.server.host}/team/thing:1"
        for keeper in KEEPERS:
            keep_logins(cli, logins(farm), keeper)
            shown = cli("--hosts-dir", farm.hosts, "manifest", "inspect", name, env=known)
            assert (shown.code == 0) is not (needs_login and keeper == "missing"), str(shown)
            assert bool(farm.mirror.server.seen) is (route != "direct")
            for stand in farm.stands:
                assert stand.shown <= stand.may_see
                was_asked = bool(stand.server.seen) and keeper != "missing"
                assert bool(stand.shown) is (needs_login and was_asked)
                stand.forget()
            if keeper == "missing" and needs_login:
                assert '"docker-credential-nowhere" is not on PATH' in shown.err


@pytest.mark.parametrize("kind", ["private-ca", "mtls", "http"])
def test_without_its_description_no_registry_is_trusted(cli: Cli, papers: Papers, kind: str) -> None:
    with farm_of(kind, "direct", cli.folder, papers) as farm:
        keep_logins(cli, logins(farm), "file")
        refused = cli("manifest", "inspect", f"{farm.registry.server.host}/team/thing:1")
        assert refused.code == 1
        assert farm.registry.shown == set()


def test_the_mirror_s_path_is_the_whole_where_that_is_said(cli: Cli, papers: Papers) -> None:
    with farm_of("basic", "override", cli.folder, papers) as farm:
        keep_logins(cli, logins(farm), "file")
        host = farm.registry.server.host
        cli.ok("--hosts-dir", farm.hosts, "manifest", "inspect", f"{host}/team/thing:1")
        wanted = f"/proxy/cache/team/thing/manifests/1?ns={host}"
        assert {seen.path for seen in farm.mirror.server.seen} == {wanted}
        assert {seen.path for seen in farm.registry.server.seen} == {"/v2/team/thing/manifests/1"}


def test_what_is_configured_for_one_host_is_shown_to_no_other(cli: Cli, papers: Papers) -> None:
    with farm_of("basic", "mirror", cli.folder, papers) as farm:
        keep_logins(cli, logins(farm), "file")
        described = farm.hosts / farm.registry.server.host / "hosts.toml"
        described.write_text(
            described.read_text() + f'[host."{farm.mirror.url}".header]\nx-secret = "mirror only"\n'
        )
        name = f"{farm.registry.server.host}/team/thing:1"
        cli.ok("--hosts-dir", farm.hosts, "manifest", "inspect", name)
        assert {seen.headers.get("x-secret") for seen in farm.mirror.server.seen} == {"mirror only"}
        assert {seen.headers.get("x-secret") for seen in farm.registry.server.seen} == {None}


def test_a_file_that_cannot_be_read_stops_everything(cli: Cli, papers: Papers) -> None:
    with farm_of("basic", "direct", cli.folder, papers) as farm:
        described: Path = farm.hosts / farm.registry.server.host / "hosts.toml"
        described.write_text("server = ")
        refused = cli("--hosts-dir", farm.hosts, "manifest", "inspect", f"{farm.registry.server.host}/x:1")
        assert refused.code == 1
        assert f"{described} is not valid TOML" in refused.err
        assert farm.registry.server.seen == []
