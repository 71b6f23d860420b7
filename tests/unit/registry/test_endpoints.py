"""hosts.toml and docker's certs.d, read as containerd reads them."""

from pathlib import Path

import pytest

from nerdpy.errors import InvalidArgument
from nerdpy.registry.endpoints import endpoints_of, find_folder, own_endpoint
from nerdpy.registry.hosts_toml import EVERYTHING, Endpoint, TlsSettings

FULL = """
server = "https://upstream.example"
ca = "server.pem"

[host."https://mirror.example:5443"]
capabilities = ["pull", "resolve"]
ca = ["a.pem", "/etc/b.pem"]
client = [["c.pem", "c.key"], ["both.pem", ""]]
skip_verify = false
dial_timeout = "2s"
[host."https://mirror.example:5443".header]
X-Token = "secret"
X-More = ["a", "b"]

[host."http://plain.example/proxy/hub"]
override_path = true

[host."bare.example/prefix"]
client = "pair.pem"
skip_verify = true
"""


def written(root: Path, host: str, text: str) -> Path:
    folder = root / host
    folder.mkdir(parents=True)
    (folder / "hosts.toml").write_text(text)
    return folder


def asked(host: str, *roots: Path, is_insecure: bool = False) -> tuple[Endpoint, ...]:
    return endpoints_of(host, host_dirs=tuple(map(str, roots)), is_insecure=is_insecure)


def test_a_file_is_read_in_its_order_and_the_server_comes_last(tmp_path: Path) -> None:
    folder = written(tmp_path, "quay.io", FULL)
    mirror, plain, bare, server = asked("quay.io", tmp_path)
    assert mirror.url == "https://mirror.example:5443/v2"
    assert mirror.can == {"pull", "resolve"}
    assert mirror.tls == TlsSettings(
        (f"{folder}/a.pem", "/etc/b.pem"),
        ((f"{folder}/c.pem", f"{folder}/c.key"), (f"{folder}/both.pem", "")),
    )
    assert mirror.headers == {"X-Token": "secret", "X-More": "a, b"}
    assert mirror.dial_seconds == 2
    assert "secret" not in repr(mirror)
    assert plain.url == "http://plain.example/proxy/hub"
    assert plain.can == EVERYTHING
    assert bare.url == "https://bare.example/prefix/v2"
    assert bare.tls == TlsSettings((), ((f"{folder}/pair.pem", ""),), True)
    assert server.url == "https://upstream.example/v2"
    assert server.tls.authorities == (f"{folder}/server.pem",)
    assert not any(endpoint.may_be_plain for endpoint in (mirror, plain, bare, server))


@pytest.mark.parametrize(
    ("host", "url", "may_be_plain"),
    [
        ("docker.io", "https://registry-1.docker.io/v2", False),
        ("ghcr.io", "https://ghcr.io/v2", False),
        ("10.0.0.1:5000", "https://10.0.0.1:5000/v2", False),
        ("localhost:5000", "https://localhost:5000/v2", True),
        ("127.0.0.1:5000", "https://127.0.0.1:5000/v2", True),
    ],
)
def test_without_a_folder_the_name_is_the_address(host: str, url: str, may_be_plain: bool) -> None:
    (endpoint,) = asked(host)
    assert (endpoint.url, endpoint.may_be_plain) == (url, may_be_plain)
    assert endpoint.tls.skips_verification is may_be_plain


def test_insecure_is_for_hosts_that_nobody_has_described(tmp_path: Path) -> None:
    (loose,) = asked("a.example", tmp_path, is_insecure=True)
    assert loose.may_be_plain
    assert loose.tls.skips_verification
    written(tmp_path, "a.example", 'server = "https://a.example"')
    (strict,) = asked("a.example", tmp_path, is_insecure=True)
    assert not strict.may_be_plain
    assert not strict.tls.skips_verification


def test_a_file_without_a_server_falls_back_to_the_registry(tmp_path: Path) -> None:
    written(tmp_path, "docker.io", '[host."https://mirror.example"]\n')
    assert [endpoint.host for endpoint in asked("docker.io", tmp_path)] == [
        "mirror.example",
        "registry-1.docker.io",
    ]


def test_folders_are_found_by_port_then_name_then_default(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    for path in (one / "_default", one / "a.example:5000", two / "b.example"):
        path.mkdir(parents=True)
    roots = (str(one), str(two))
    assert find_folder("a.example:5000", roots) == one / "a.example:5000"
    (one / "a.example_5000_").mkdir()
    assert find_folder("a.example:5000", roots) == one / "a.example_5000_"
    assert find_folder("b.example", roots) == one / "_default"
    assert find_folder("b.example", roots[1:]) == two / "b.example"
    assert find_folder("c.example", roots[1:]) is None


def test_docker_s_files_are_taken_where_there_is_no_hosts_toml(tmp_path: Path) -> None:
    folder = tmp_path / "localhost:5000"
    folder.mkdir()
    for name in ("ca.crt", "client.cert", "client.key", "README"):
        (folder / name).touch()
    (endpoint,) = asked("localhost:5000", tmp_path)
    assert endpoint.tls == TlsSettings(
        (f"{folder}/ca.crt",), ((f"{folder}/client.cert", f"{folder}/client.key"),)
    )
    assert not endpoint.may_be_plain
    (folder / "client.key").unlink()
    with pytest.raises(InvalidArgument, match=r"client\.cert has no client\.key beside it"):
        asked("localhost:5000", tmp_path)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("server = ", "is not valid TOML"),
        ("server = 5", '"server" in .* must be a URL'),
        ('server = "https://"', "is not the URL of a registry"),
        ('server = "https://me:secret@a.example"', "is not the URL"),
        ("host = 5", '"host" in .* must be tables'),
        ('[host."https://a"]\ncapabilities = ["fly"]', '"capabilities" in .* must be a list of'),
        ('[host."https://a"]\nca = 5', '"ca" in .* must be a path'),
        ('[host."https://a"]\nclient = [["a"]]', '"client" in .* must be paths, or pairs'),
        ('[host."https://a"]\nheader = 5', '"header" in .* must be a table'),
        ('[host."https://a".header]\nx = 5', '"header" in .* must be a table'),
        ('[host."https://a"]\ndial_timeout = 5', '"dial_timeout" in .* must be a duration'),
    ],
)
def test_a_malformed_file_is_named(tmp_path: Path, text: str, message: str) -> None:
    written(tmp_path, "a.example", text)
    with pytest.raises(InvalidArgument, match=message) as refused:
        asked("a.example", tmp_path)
    assert "hosts.toml" in refused.value.message


def test_a_login_goes_to_the_host_itself_with_what_is_written_of_it(tmp_path: Path) -> None:
    def own(host: str) -> Endpoint:
        return own_endpoint(host, host_dirs=(str(tmp_path),))

    folder = written(tmp_path, "a.example", 'server = "https://b.example"\n[host."https://mirror.example"]\n')
    assert own("a.example").url == "https://a.example/v2"
    (folder / "hosts.toml").write_text(
        '[host."https://m.example"]\n[host."https://a.example"]\nca = "x.pem"\n'
    )
    assert own("a.example").tls.authorities == (f"{folder}/x.pem",)
    assert own("docker.io").host == "registry-1.docker.io"


def test_what_stands_before_the_tables_is_about_the_registry_itself(tmp_path: Path) -> None:
    written(tmp_path, "a.example", 'ca = "x.pem"\ncapabilities = ["pull"]\n[host."https://m.example"]\n')
    mirror, own = asked("a.example", tmp_path)
    assert (mirror.tls, mirror.can) == (TlsSettings(), EVERYTHING)
    assert own.url == "https://a.example/v2"
    assert own.tls.authorities == (f"{tmp_path}/a.example/x.pem",)
    assert own.can == {"pull"}
    written(tmp_path, "_default", "skip_verify = true\n")
    (other,) = asked("other.example:5000", tmp_path)
    assert (other.url, other.tls.skips_verification) == ("https://other.example:5000/v2", True)
