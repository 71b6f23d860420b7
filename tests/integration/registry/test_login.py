"""Logging in, and what of it lies where."""

import base64
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pexpect  # type: ignore[import-untyped]
import pytest

from hack.images.layout import Layout
from tests.integration.conftest import PtyCli
from tests.integration.support.cli import NERDPY, Cli
from tests.integration.support.images import BUSYBOX, PREFIX
from tests.integration.support.isolation import OWN
from tests.integration.support.recorder import Recorder, Reply, Seen
from tests.integration.support.registry import PASSWORD, USER, Registry, make_certificate
from tests.integration.support.token_server import IDENTITY, TokenRegistry, TokenServer

AUTH = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
FAR = "198.51.100.7"
HELPER = """#!/bin/sh
# keeps one secret per key in files, as a key ring would
cd {folder}
echo "$@" >> arguments
nothing() {{ echo credentials not found in native keychain; exit 1; }}
if [ "$1" = store ]; then
  cat > entry
  key=$(sed 's/.*"ServerURL": "\\([^"]*\\)".*/\\1/' entry)
  mv entry "$(echo "$key" | tr / _)"
else
  key=$(tr / _)
  if [ "$1" = get ]; then cat "$key" 2>/dev/null || nothing; else rm "$key" 2>/dev/null || nothing; fi
fi
"""


def config_of(cli: Cli) -> Path:
    return cli.folder / ".docker" / "config.json"


def log_in(cli: Cli, host: str, *flags: str) -> None:
    done = cli.ok(*flags, "login", "-u", USER, "--password-stdin", host, stdin=f"{PASSWORD}\n")
    assert done.lines[-1] == "Login Succeeded"


@pytest.fixture
def far_away(machine: None) -> str:
    """An address that is not loopback's: there plain HTTP and unknown certificates are refused."""
    subprocess.run(["ip", "address", "replace", f"{FAR}/32", "dev", "lo"], check=True)
    return FAR


@pytest.fixture
def helper(cli: Cli) -> Path:
    """The folder in which `docker-credential-ring` keeps its secrets."""
    folder, programs = cli.folder / "ring", cli.folder / "bin"
    for path in (folder, programs, config_of(cli).parent):
        path.mkdir()
    (programs / "docker-credential-ring").write_text(HELPER.format(folder=folder))
    (programs / "docker-credential-ring").chmod(0o755)
    cli.environment["PATH"] = f"{programs}:{cli.environment['PATH']}"
    config_of(cli).write_text('{"credsStore": "ring", "psFormat": "x"}')
    return folder


@pytest.fixture(scope="module")
def token_server(machine: None) -> Iterator[TokenServer]:
    server = TokenServer(OWN / "tokens")
    with server.recorder:
        yield server


@pytest.fixture(scope="module")
def token_registry(token_server: TokenServer, images: Layout) -> Iterator[Registry]:
    """A registry that wants a token; filled before it did."""
    folder = OWN / "token-registry"
    open_registry = Registry(folder, 5011).start()
    open_registry.push(images, "private/busybox", "latest", images.references[PREFIX + BUSYBOX])
    open_registry.stop()
    registry = TokenRegistry(folder, 5011, realm=token_server.realm, bundle=token_server.certificate).start()
    yield registry
    registry.stop()


def test_a_login_lets_pull_in(cli: Cli, login_registry: Registry) -> None:
    image = login_registry.reference("private/busybox:latest")
    assert cli("pull", "-q", image).code == 1
    log_in(cli, f"https://{login_registry.host}/v2/")
    cli.ok("pull", "-q", image)
    assert json.loads(config_of(cli).read_text()) == {"auths": {login_registry.host: {"auth": AUTH}}}
    assert config_of(cli).stat().st_mode & 0o777 == 0o600
    assert config_of(cli).parent.stat().st_mode & 0o777 == 0o700
    assert [path.name for path in config_of(cli).parent.iterdir()] == ["config.json"]


def test_a_password_that_lies_open_is_told_of(cli: Cli, login_registry: Registry) -> None:
    done = cli.ok("login", "-u", USER, "-p", PASSWORD, login_registry.host)
    assert done.out == "Login Succeeded\n"
    assert f"stored unencrypted in {config_of(cli)}" in done.err
    assert "https://docs.docker.com/go/credential-store/" in done.err
    assert "--password shows the password to others on this machine: use --password-stdin" in done.err


def test_a_wrong_password_is_neither_kept_nor_shown(cli: Cli, login_registry: Registry) -> None:
    refused = cli(
        "--debug", "login", "-u", USER, "--password-stdin", login_registry.host, stdin="very-secret-indeed"
    )
    assert refused.code == 1
    assert f'registry "{login_registry.host}" refuses the login: ' in refused.err
    assert "very-secret" not in refused.all
    assert not config_of(cli).exists()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["-u", "a"], "cannot perform an interactive login from a non TTY device"),
        ([], "cannot perform an interactive login from a non TTY device"),
        (["--password-stdin"], "the --password-stdin option requires --username to be set"),
        (
            ["-u", "a", "-p", "b", "--password-stdin"],
            "conflicting options: cannot specify both --password and --password-stdin",
        ),
        (["-u", "", "-p", "b"], "username is empty"),
        (["-u", "a", "-p", ""], "password is empty"),
        (["-u", "a", "--password-stdin"], "password is empty"),
        (["-u", "a:b", "-p", "c"], "a user name with a colon cannot be used"),
        (["-u", "a", "-p", "\udcff"], "name and password must be text"),
    ],
)
def test_what_cannot_be_a_login_is_refused(cli: Cli, words: list[str], message: str) -> None:
    refused = cli("login", *words, "127.0.0.1:1", stdin="")
    assert refused.code == 1
    assert message in refused.err
    assert not config_of(cli).exists()


def test_a_server_that_is_not_there_is_said(cli: Cli) -> None:
    refused = cli("login", "-u", "a", "-p", "b", "127.0.0.1:1")
    assert refused.code == 1
    assert 'registry "127.0.0.1:1" does not answer: connection refused' in refused.err


def test_what_is_no_registry_is_said(cli: Cli) -> None:
    with Recorder(lambda seen: (404, {}, b"")) as server:
        refused = cli("login", "-u", "a", "-p", "b", server.host)
    assert refused.code == 1
    assert f'"{server.host}" is no registry' in refused.err


def test_a_path_behind_the_host_is_left_out_and_said(cli: Cli, login_registry: Registry) -> None:
    done = cli.ok(
        "login", "-u", USER, "--password-stdin", f"{login_registry.host}/private/busybox", stdin=PASSWORD
    )
    assert (
        f'"/private/busybox" is left out: a login is for the whole registry "{login_registry.host}"'
        in done.err
    )
    assert list(json.loads(config_of(cli).read_text())["auths"]) == [login_registry.host]


def test_the_terminal_is_asked_and_shows_no_password(
    cli: Cli, pty_cli: PtyCli, login_registry: Registry
) -> None:
    terminal = pty_cli("login", login_registry.host)
    terminal.expect("Username: ")
    terminal.sendline(USER)
    terminal.expect("Password: ")
    terminal.sendline(PASSWORD)
    terminal.expect("Login Succeeded")
    assert terminal.finish() == 0
    assert PASSWORD not in terminal.screen
    assert AUTH in config_of(cli).read_text()


def test_an_interrupt_gives_the_terminal_back(cli: Cli, login_registry: Registry) -> None:
    nerdpy = f"{' '.join(NERDPY)} login -u {USER} {login_registry.host}"
    script = f"trap : INT; {nerdpy}; echo code $?; stty -a | tr ' ;' '\\n\\n' | grep -x -e -echo -e echo"
    shell = pexpect.spawn("sh", ["-c", script], env=cli.environment, encoding="utf-8", timeout=20)
    shell.expect("Password: ")
    shell.sendintr()
    shell.expect("code 130")
    shell.expect("\r\necho\r\n")
    shell.close()
    assert not config_of(cli).exists()


def test_a_login_that_is_still_good_needs_no_password(cli: Cli, login_registry: Registry) -> None:
    log_in(cli, login_registry.host)
    again = cli.ok("login", login_registry.host)
    assert again.out == "Login Succeeded\n"
    assert f"Authenticating with existing credentials... [Username: {USER}]" in again.err
    config_of(cli).write_text(json.dumps({"auths": {login_registry.host: {"auth": "YTpi"}}}))
    refused = cli("login", login_registry.host)
    assert refused.code == 1
    assert "Login did not succeed" in refused.err
    assert "non TTY" in refused.err


def test_a_helper_gets_the_secret_by_stdin(cli: Cli, login_registry: Registry, helper: Path) -> None:
    done = cli.ok("login", "-u", USER, "--password-stdin", login_registry.host, stdin=PASSWORD)
    assert "unencrypted" not in done.err
    kept = json.loads((helper / login_registry.host).read_text())
    assert kept == {"ServerURL": login_registry.host, "Username": USER, "Secret": PASSWORD}
    config = json.loads(config_of(cli).read_text())
    assert config == {"credsStore": "ring", "psFormat": "x", "auths": {login_registry.host: {}}}
    cli.ok("pull", "-q", login_registry.reference("private/busybox:latest"))
    cli.ok("logout", login_registry.host)
    assert not (helper / login_registry.host).exists()
    assert json.loads(config_of(cli).read_text())["auths"] == {}
    assert set((helper / "arguments").read_text().split()) == {"store", "get", "erase"}


def test_a_helper_that_is_missing_is_an_error(cli: Cli, login_registry: Registry) -> None:
    config_of(cli).parent.mkdir()
    config_of(cli).write_text('{"credsStore": "nowhere"}')
    refused = cli("login", "-u", USER, "--password-stdin", login_registry.host, stdin=PASSWORD)
    assert refused.code == 1
    assert 'the credential helper "docker-credential-nowhere" is not on PATH' in refused.err
    assert config_of(cli).read_text() == '{"credsStore": "nowhere"}'


def test_logins_at_once_are_all_kept(cli: Cli, login_registry: Registry) -> None:
    config_of(cli).parent.mkdir()
    config_of(cli).write_text(json.dumps({"auths": {f"h{number}.example": {} for number in range(9)}}))
    hosts = [login_registry.host, f"localhost:{login_registry.port}", f"127.0.0.1:{login_registry.port}"]
    started = [cli.start("login", "-u", USER, "-p", PASSWORD, host) for host in hosts]
    assert [process.wait(60) for process in started] == [0, 0, 0]
    auths = json.loads(config_of(cli).read_text())["auths"]
    assert auths[login_registry.host] == auths[f"localhost:{login_registry.port}"] == {"auth": AUTH}
    assert len(auths) == 11


def test_an_identity_token_is_kept_in_place_of_the_password(
    cli: Cli, token_registry: Registry, token_server: TokenServer
) -> None:
    log_in(cli, token_registry.host)
    entry = json.loads(config_of(cli).read_text())["auths"][token_registry.host]
    assert entry == {"auth": base64.b64encode(f"{USER}:".encode()).decode(), "identitytoken": IDENTITY}
    token_server.recorder.seen.clear()
    shown = cli.ok("manifest", "inspect", token_registry.reference("private/busybox:latest")).json
    assert shown["schemaVersion"] == 2
    assert [seen.method for seen in token_server.recorder.seen] == ["POST"]
    cli.ok("pull", "-q", token_registry.reference("private/busybox:latest"))
    assert cli.ok("login", token_registry.host).out == "Login Succeeded\n"


def test_a_token_server_s_refusal_is_the_login_s(cli: Cli, token_registry: Registry) -> None:
    refused = cli("login", "-u", USER, "-p", "very-secret-indeed", token_registry.host)
    assert refused.code == 1
    assert "refuses the login: unauthorized: incorrect username or password" in refused.err
    assert "very-secret" not in refused.all
    assert not config_of(cli).exists()


def test_an_unknown_certificate_is_refused_until_it_is_known(cli: Cli, far_away: str) -> None:
    authority, certificate = make_far_certificate(cli.folder, far_away)
    with Recorder(welcome, address=far_away, certificate=certificate) as server:
        refused = cli("login", "-u", "a", "-p", "b", server.host)
        assert refused.code == 1
        assert "is not trusted: " in refused.err
        assert f"/etc/containerd/certs.d/{server.host}/ca.crt" in refused.err
        assert server.seen == []
        trusting = cli.folder / "hosts" / server.host
        trusting.mkdir(parents=True)
        (trusting / "ca.crt").write_bytes(authority.read_bytes())
        cli.ok("--hosts-dir", cli.folder / "hosts", "login", "-u", "a", "-p", "b", server.host)
        cli.ok("--insecure-registry", "login", "-u", "a", "-p", "b", server.host)


def test_a_client_certificate_is_shown_where_it_is_configured(cli: Cli, far_away: str) -> None:
    authority, certificate = make_far_certificate(cli.folder, far_away)
    folder = cli.folder / "hosts"
    with Recorder(welcome, far_away, certificate, client_authority=authority) as server:
        described = folder / server.host
        described.mkdir(parents=True)
        text = f'[host."https://{server.host}"]\nca = "{authority}"\n'
        (described / "hosts.toml").write_text(text)
        words = ("--hosts-dir", folder, "login", "-u", "a", "-p", "b", server.host)
        assert cli(*words).code == 1
        (described / "hosts.toml").write_text(f'{text}client = [["{certificate[0]}", "{certificate[1]}"]]\n')
        cli.ok(*words)
        assert len(server.seen) >= 1


def test_plain_http_elsewhere_must_be_asked_for(cli: Cli, far_away: str) -> None:
    with Recorder(basic, address=far_away) as server:
        words = ("login", "-u", USER, "-p", PASSWORD, server.host)
        refused = cli(*words)
        assert refused.code == 1
        assert "server gave HTTP response to HTTPS client" in refused.err
        assert set(server.authorizations) <= {""}
        cli.ok("--insecure-registry", *words)
        assert server.authorizations[-1] == f"Basic {AUTH}"


def test_a_mirror_never_sees_a_login(cli: Cli, far_away: str) -> None:
    with Recorder(basic) as mirror, Recorder(basic, address=far_away) as server:
        described = cli.folder / "hosts" / server.host
        described.mkdir(parents=True)
        (described / "hosts.toml").write_text(
            f'server = "http://{server.host}"\n[host."http://{mirror.host}"]\n'
        )
        cli.ok("--hosts-dir", cli.folder / "hosts", "login", "-u", USER, "-p", PASSWORD, server.host)
        assert f"Basic {AUTH}" in server.authorizations
        assert mirror.seen == []


def test_a_redirect_takes_no_credential_along(cli: Cli) -> None:
    with Recorder(lambda seen: (200, {}, b"{}")) as elsewhere:

        def redirect(seen: Seen) -> Reply:
            if not seen.authorization:
                return 401, {"WWW-Authenticate": 'Basic realm="x"'}, b""
            return 307, {"Location": f"http://{elsewhere.host}/v2/"}, b""

        with Recorder(redirect) as server:
            cli("login", "-u", USER, "-p", PASSWORD, server.host)
            assert f"Basic {AUTH}" in server.authorizations
        assert elsewhere.authorizations == [""]


def test_a_token_server_in_plain_text_gets_nothing(cli: Cli, far_away: str) -> None:
    authority, certificate = make_far_certificate(cli.folder, far_away)
    with Recorder(lambda seen: (200, {}, b'{"token": "x"}'), address=far_away) as thief:
        challenge = {"WWW-Authenticate": f'Bearer realm="http://{thief.host}/token",service="x"'}
        with Recorder(lambda seen: (401, challenge, b""), far_away, certificate) as server:
            trusting = cli.folder / "hosts" / server.host
            trusting.mkdir(parents=True)
            (trusting / "ca.crt").write_bytes(authority.read_bytes())
            refused = cli("--hosts-dir", cli.folder / "hosts", "login", "-u", "a", "-p", "b", server.host)
        assert refused.code == 1
        assert f"wants credentials to be sent to http://{thief.host}, unencrypted" in refused.err
        assert thief.seen == []


def test_a_proxy_of_the_environment_is_used_but_not_for_loopback(cli: Cli, far_away: str) -> None:
    with Recorder(basic) as proxy, Recorder(basic, port=0) as near:
        through = cli.with_env(HTTP_PROXY=f"http://{proxy.host}", http_proxy=f"http://{proxy.host}")
        through.ok("--insecure-registry", "login", "-u", "a", "-p", "b", f"{far_away}:9")
        assert {seen.path for seen in proxy.seen} == {f"http://{far_away}:9/v2/"}
        proxy.seen.clear()
        through.ok("login", "-u", "a", "-p", "b", near.host)
        assert proxy.seen == []
        around = through.with_env(NO_PROXY=far_away, no_proxy=far_away)
        assert around("--insecure-registry", "login", "-u", "a", "-p", "b", f"{far_away}:9").code == 1
        assert proxy.seen == []


def test_netrc_is_not_read(cli: Cli) -> None:
    (cli.folder / ".netrc").write_text(f"machine 127.0.0.1 login {USER} password {PASSWORD}\n")
    with Recorder(basic) as server:
        assert cli("manifest", "inspect", f"{server.host}/x:1").code == 1
        assert set(server.authorizations) == {""}


def welcome(seen: Seen) -> Reply:
    return 200, {}, b"{}"


def basic(seen: Seen) -> Reply:
    if seen.authorization:
        return 200, {}, b"{}"
    return 401, {"WWW-Authenticate": 'Basic realm="x"'}, b""


def make_far_certificate(folder: Path, address: str) -> tuple[Path, tuple[Path, Path]]:
    """An authority, and a certificate of it for an address that is not loopback's."""
    return make_certificate(folder / "tls", address)
