"""Which credential is shown to whom, and how."""

import json
from urllib.parse import parse_qs, urlsplit

import pytest

from nerdpy.errors import InvalidArgument, NerdpyError, Unauthenticated, Unavailable
from nerdpy.registry.auth import Authorizer
from nerdpy.registry.docker_config import Credential
from nerdpy.registry.hosts_toml import Endpoint, TlsSettings
from nerdpy.registry.transport import Request
from tests.unit.registry.answers import Recorded, Reply

REGISTRY = Endpoint(
    url="https://r.example/v2", tls=TlsSettings(("ca.pem",), (("c.pem", "c.key"),)), headers={"X-Own": "1"}
)
ME = Credential("me", "open-sesame")
BASIC = "Basic bWU6b3Blbi1zZXNhbWU="
SCOPES = ("repository:a/b:pull",)


def token_server(request: Request) -> Reply:
    return 200, {}, json.dumps({"token": "t0ken"}).encode()


def authorizer(
    transport: Recorded, credential: Credential | None = ME, *, host: str = "r.example"
) -> Authorizer:
    return Authorizer(transport, lambda asked: credential if asked == host else None, wants_identity=True)


def bearer(realm: str, more: str = "") -> str:
    return f'Bearer realm="{realm}",service="r.example"{more}'


def test_nothing_is_shown_before_it_is_asked_for() -> None:
    transport = Recorded(token_server)
    assert authorizer(transport).header(REGISTRY, SCOPES) == ""
    assert not transport.requests


def test_basic_is_shown_when_asked_for_and_from_then_on() -> None:
    transport = Recorded(token_server)
    mine = authorizer(transport)
    assert mine.answer(REGISTRY, 'Basic realm="x"', SCOPES) == BASIC
    assert mine.header(REGISTRY, ()) == BASIC
    assert not transport.requests


def test_another_host_gets_nothing() -> None:
    mine = authorizer(Recorded(token_server))
    mine.answer(REGISTRY, 'Basic realm="x"', SCOPES)
    other = Endpoint(url="https://other.example/v2")
    assert mine.header(other, SCOPES) == ""
    with pytest.raises(Unauthenticated) as refused:
        mine.answer(other, 'Basic realm="x"', SCOPES)
    assert refused.value.hint == "`nerdpy login other.example`"


def test_a_token_is_fetched_once_for_each_scope() -> None:
    transport = Recorded(token_server)
    mine = authorizer(transport)
    assert mine.answer(REGISTRY, bearer("https://r.example/token"), SCOPES) == "Bearer t0ken"
    assert mine.header(REGISTRY, SCOPES) == "Bearer t0ken"
    assert len(transport.requests) == 1
    mine.header(REGISTRY, ("repository:c/d:pull",))
    assert len(transport.requests) == 2


def test_the_token_server_is_asked_as_the_specification_says() -> None:
    transport = Recorded(token_server)
    challenge = bearer("https://r.example/token?x=1", ',scope="repository:a/b:pull,push"')
    authorizer(transport).answer(REGISTRY, challenge, SCOPES)
    (request,) = transport.requests
    assert request.method == "GET"
    assert request.headers == {"Authorization": BASIC}
    assert request.tls == REGISTRY.tls
    assert parse_qs(urlsplit(request.url).query) == {
        "x": ["1"],
        "service": ["r.example"],
        "client_id": ["nerdpy"],
        "scope": ["repository:a/b:pull", "repository:a/b:pull,push"],
        "account": ["me"],
        "offline_token": ["true"],
    }


def test_an_identity_token_is_posted_and_never_in_the_address() -> None:
    transport = Recorded(token_server)
    mine = authorizer(transport, Credential("", "refresh-me"))
    mine.answer(REGISTRY, bearer("https://auth.example/token"), (*SCOPES, "repository:c:pull"))
    (request,) = transport.requests
    assert request.method == "POST"
    assert "refresh-me" not in request.url
    assert isinstance(request.body, bytes)
    assert parse_qs(request.body.decode()) == {
        "service": ["r.example"],
        "client_id": ["nerdpy"],
        "grant_type": ["refresh_token"],
        "refresh_token": ["refresh-me"],
        "scope": ["repository:a/b:pull repository:c:pull"],
    }
    assert "refresh-me" not in repr(request)


def test_a_token_server_elsewhere_gets_the_credential_but_no_client_certificate() -> None:
    transport = Recorded(token_server)
    authorizer(transport).answer(REGISTRY, bearer("https://auth.example/token"), SCOPES)
    (request,) = transport.requests
    assert request.headers == {"Authorization": BASIC}
    assert request.tls == TlsSettings(("ca.pem",))


def test_a_stranger_asks_without_a_name() -> None:
    transport = Recorded(token_server)
    authorizer(transport, None).answer(REGISTRY, bearer("https://auth.example/token"), SCOPES)
    (request,) = transport.requests
    assert request.headers == {}
    assert "account" not in request.url


@pytest.mark.parametrize(
    ("endpoint", "realm", "is_asked"),
    [
        ("https://r.example/v2", "http://auth.example/token", False),
        ("https://r.example/v2", "http://r.example/token", False),
        ("https://r.example/v2", "http://127.0.0.1:9/token", True),
        ("http://r.example/v2", "http://r.example/token", True),
        ("http://r.example/v2", "http://auth.example/token", True),
        ("https://r.example/v2", "https://me:pw@auth.example/token", False),
        ("https://r.example/v2", "file:///etc/passwd", False),
        ("https://r.example/v2", "", False),
        ("https://r.example/v2", "https://[broken", False),
    ],
)
def test_credentials_never_go_unencrypted_where_the_registry_is_not(
    endpoint: str, realm: str, is_asked: bool
) -> None:
    transport = Recorded(token_server)
    mine = authorizer(transport)
    if is_asked:
        assert mine.answer(Endpoint(url=endpoint), bearer(realm), SCOPES) == "Bearer t0ken"
    else:
        with pytest.raises(Unauthenticated):
            mine.answer(Endpoint(url=endpoint), bearer(realm), SCOPES)
    assert len(transport.requests) == is_asked


def test_an_unverified_mirror_does_not_lower_its_token_server() -> None:
    transport = Recorded(token_server)
    mirror = Endpoint(url="https://r.example/v2", tls=TlsSettings((), (), True))
    authorizer(transport).answer(mirror, bearer("https://auth.example/token"), SCOPES)
    assert not transport.requests[0].tls.skips_verification
    loose = Endpoint(url="https://r.example/v2", tls=TlsSettings((), (), True), may_be_plain=True)
    authorizer(transport).answer(loose, bearer("https://auth.example/token"), SCOPES)
    assert transport.requests[1].tls.skips_verification


def test_an_identity_token_that_was_given_is_remembered() -> None:
    body = json.dumps({"access_token": "a", "refresh_token": "keep-me"}).encode()
    mine = authorizer(Recorded(lambda request: (200, {}, body)))
    assert mine.answer(REGISTRY, bearer("https://auth.example/token"), ()) == "Bearer a"
    assert mine.identity == "keep-me"


@pytest.mark.parametrize(
    ("status", "body", "kind", "message"),
    [
        (401, b"open-sesame", Unauthenticated, "unauthorized: incorrect username or password"),
        (403, b"", Unauthenticated, "incorrect username or password"),
        (429, b"", NerdpyError, "429 Too Many Requests"),
        (500, b"", Unavailable, 'registry "auth.example" answers 500'),
        (200, b"{}", Unavailable, "answers without a token"),
        (200, b"[]", Unavailable, "answers without a token"),
        (200, b"<html>", Unavailable, "answers without a token"),
        (200, b'{"token": "a\\nX-Evil: b"}', Unavailable, "answers without a token"),
        (200, b"[" * 100_000, Unavailable, "answers without a token"),
    ],
)
def test_what_a_token_server_refuses(status: int, body: bytes, kind: type[Exception], message: str) -> None:
    mine = authorizer(Recorded(lambda request: (status, {}, body)))
    with pytest.raises(kind, match=message) as refused:
        mine.answer(REGISTRY, bearer("https://auth.example/token"), SCOPES)
    assert "open-sesame" not in str(refused.value)


def test_unknown_schemes_are_named() -> None:
    with pytest.raises(Unauthenticated, match="does not know: negotiate"):
        authorizer(Recorded(token_server)).answer(REGISTRY, "Negotiate", SCOPES)


def test_a_colon_in_a_name_is_refused() -> None:
    with pytest.raises(InvalidArgument, match="colon"):
        authorizer(Recorded(token_server), Credential("a:b", "c")).answer(REGISTRY, "Basic", SCOPES)
