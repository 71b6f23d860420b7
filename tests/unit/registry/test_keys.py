"""Keys of config.json are for one host and one port, however they are written."""

import pytest

from nerdpy.registry.keys import helper_keys, host_of, is_same_host


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
