"""Keys of config.json are for one host and one port, however they are written."""

import pytest

from nerdpy.registry.keys import (
    helper_keys,
    host_of,
    is_loopback,
    is_same_host,
    is_whole_host,
    login_key,
    spellings,
)


@pytest.mark.parametrize(
    ("key", "host"),
    [
        ("ghcr.io", "ghcr.io"),
        ("GHCR.io/", "ghcr.io"),
        ("https://ghcr.io", "ghcr.io"),
        ("https://ghcr.io/v2/", "ghcr.io"),
        ("https://ghcr.io:443/", "ghcr.io"),
        ("ghcr.io:443", "ghcr.io"),
        ("http://ghcr.io:80", "ghcr.io"),
        ("http://ghcr.io:443", "ghcr.io:443"),
        ("ghcr.io:80", "ghcr.io:80"),
        ("ghcr.io/team/thing", "ghcr.io"),
        ("localhost:5000", "localhost:5000"),
        ("https://index.docker.io/v1/", "docker.io"),
        ("index.docker.io", "docker.io"),
        ("registry-1.docker.io", "docker.io"),
        ("docker.io", "docker.io"),
        ("[::1]:5000", "[::1]:5000"),
    ],
)
def test_a_key_means_one_host(key: str, host: str) -> None:
    assert host_of(key) == host


@pytest.mark.parametrize(
    ("key", "host"),
    [
        ("example.com", "example.com:5000"),
        ("example.com:5000", "example.com"),
        ("example.com", "evil-example.com"),
        ("example.com", "example.com.evil.org"),
        ("https://example.com@evil.org/", "example.com"),
        ("example.com", "sub.example.com"),
        ("", ""),
    ],
)
def test_a_credential_stays_with_its_host(key: str, host: str) -> None:
    assert not is_same_host(key, host)


def test_helpers_know_docker_s_own_registry_by_its_old_address() -> None:
    assert helper_keys("registry-1.docker.io") == ("https://index.docker.io/v1/",)
    assert helper_keys("ghcr.io") == ("ghcr.io", "https://ghcr.io")
    assert helper_keys("ghcr.io:443") == ("ghcr.io:443", "ghcr.io", "https://ghcr.io")


def test_a_login_is_kept_under_docker_s_key() -> None:
    assert login_key("docker.io") == "https://index.docker.io/v1/"
    assert login_key("ghcr.io:443") == "ghcr.io"
    assert login_key("localhost:5000") == "localhost:5000"


def test_every_spelling_of_a_host_means_it() -> None:
    for host in ("docker.io", "ghcr.io", "localhost:5000"):
        assert login_key(host) in spellings(host)
        https = [key for key in spellings(host) if not key.startswith("http://")]
        assert all(is_same_host(key, host) and is_whole_host(key) for key in https)
    assert "https://ghcr.io/v2/" in spellings("ghcr.io")
    assert "docker.io" in spellings("docker.io")


@pytest.mark.parametrize("key", ["quay.io/team", "https://quay.io/team/thing", "quay.io/v3"])
def test_a_repository_s_key_is_not_a_host_s(key: str) -> None:
    assert not is_whole_host(key)


@pytest.mark.parametrize(
    ("host", "is_one"),
    [
        ("localhost", True),
        ("localhost:5000", True),
        ("LOCALHOST:5000", True),
        ("127.0.0.1", True),
        ("127.9.9.9:80", True),
        ("[::1]", True),
        ("[::1]:5000", True),
        ("10.0.0.1:5000", False),
        ("localhost.example:5000", False),
        ("127.0.0.1.example", False),
        ("[fe80::1]:5000", False),
        ("", False),
    ],
)
def test_loopback_is_known_by_its_name(host: str, is_one: bool) -> None:
    assert is_loopback(host) is is_one
