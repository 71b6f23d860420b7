"""Who may see what when a registry sends us elsewhere."""

import pytest

from nerdpy.errors import Unavailable
from nerdpy.registry.hosts_toml import TlsSettings
from nerdpy.registry.transport import Request, origin_of, redirected

TLS = TlsSettings(("ca.pem",), (("c.pem", "c.key"),), True)
HERE = Request(
    method="GET",
    url="https://r.example/v2/a/blobs/x",
    headers={"Authorization": "Bearer secret", "X-Own": "secret", "Accept": "*/*"},
    tls=TLS,
)


@pytest.mark.parametrize(
    "location",
    ["/v2/b", "https://r.example/v2/b", "https://R.example:443/v2/b"],
)
def test_the_same_host_sees_everything(location: str) -> None:
    there = redirected(HERE, location)
    assert there.headers == HERE.headers
    assert there.tls == TLS


@pytest.mark.parametrize(
    "location",
    ["https://cdn.example/b", "//cdn.example/b", "https://r.example:8443/b", "https://r.example.evil/b"],
)
def test_another_host_sees_neither_credentials_nor_certificates(location: str) -> None:
    there = redirected(HERE, location)
    assert there.headers == {"Accept": "*/*"}
    assert there.tls == TlsSettings(("ca.pem",))


@pytest.mark.parametrize(
    "location",
    [
        "http://cdn.example/b",
        "http://r.example/b",
        "ftp://r.example/b",
        "https://me:pw@r.example/",
    ],
)
def test_a_redirect_is_no_way_out_of_encryption(location: str) -> None:
    with pytest.raises(Unavailable):
        redirected(HERE, location)


def test_plain_http_may_be_left_for_plain_http() -> None:
    plain = Request(method="GET", url="http://r.example/x", headers={"Authorization": "secret"})
    assert redirected(plain, "http://cdn.example/y").headers == {}


def test_origins_are_compared_without_the_obvious_port() -> None:
    assert origin_of("https://A.example:443/x?y") == origin_of("https://a.example")
    assert origin_of("https://a.example:444") != origin_of("https://a.example")
    assert origin_of("http://a.example") != origin_of("https://a.example")


def test_what_a_request_shows_of_itself_has_no_secret() -> None:
    assert "secret" not in repr(HERE)
