"""What login's SERVER means."""

import pytest

from nerdpy.errors import InvalidArgument
from nerdpy.registry.server import Server, parse_server


@pytest.mark.parametrize(
    ("text", "server"),
    [
        ("", Server("docker.io")),
        ("docker.io", Server("docker.io")),
        ("index.docker.io", Server("docker.io")),
        ("https://index.docker.io/v1/", Server("docker.io")),
        ("registry-1.docker.io", Server("docker.io")),
        ("ghcr.io", Server("ghcr.io")),
        ("GHCR.io", Server("ghcr.io")),
        ("https://ghcr.io", Server("ghcr.io")),
        ("https://ghcr.io/v2/", Server("ghcr.io")),
        ("ghcr.io:443", Server("ghcr.io")),
        ("http://ghcr.io:443", Server("ghcr.io:443")),
        ("localhost:5000", Server("localhost:5000")),
        ("http://localhost:5000/", Server("localhost:5000")),
        ("[::1]:5000", Server("[::1]:5000")),
        ("registry", Server("registry")),
        ("ghcr.io/team/thing", Server("ghcr.io", "team/thing")),
    ],
)
def test_a_server_is_a_host(text: str, server: Server) -> None:
    assert parse_server(text) == server


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("ftp://ghcr.io", '"ftp" is no scheme'),
        ("ghcr.io?ns=docker.io", "is not a registry"),
        ("gh cr.io", "is not the name of a registry"),
        ("ghcr.io:99999", "is not the name of a registry"),
        ("-x", "is not the name of a registry"),
    ],
)
def test_what_is_no_host_is_refused(text: str, message: str) -> None:
    with pytest.raises(InvalidArgument, match=message):
        parse_server(text)


def test_a_password_in_the_name_is_not_repeated() -> None:
    with pytest.raises(InvalidArgument) as refused:
        parse_server("https://me:secret@ghcr.io")
    assert "secret" not in refused.value.message
