"""Requests to a registry and its mirrors: fallbacks, logins, and what whom is told."""

import hashlib
import json

import pytest

from nerdpy.errors import FailedPrecondition, NotFound, ResourceExhausted, Unauthenticated, Unavailable
from nerdpy.model.descriptor import Digest
from nerdpy.registry.client import DOCKER_MANIFEST, fetch_blob, fetch_manifest, list_tags, ping
from nerdpy.registry.connection import Access, Connection
from nerdpy.registry.docker_config import Credential
from nerdpy.registry.failure import NoTls
from nerdpy.registry.hosts_toml import Endpoint
from nerdpy.registry.transport import Request
from tests.unit.registry.answers import Recorded, Reply

OWN = Endpoint(url="https://quay.io/v2")
MIRROR = Endpoint(url="https://mirror.example/v2", can=frozenset({"pull", "resolve"}), headers={"X-Own": "1"})
DATA = b'{"schemaVersion": 2}'
DIGEST = Digest(f"sha256:{hashlib.sha256(DATA).hexdigest()}")
ACCOUNTS = {"mirror.example": Credential("at-mirror", "m"), "quay.io": Credential("at-quay", "q")}


def connected(transport: Recorded, *endpoints: Endpoint) -> Connection:
    return Connection("quay.io", Access(keychain=ACCOUNTS.get), endpoints=endpoints, transport=transport)


def manifest(request: Request) -> Reply:
    return 200, {"Content-Type": f"{DOCKER_MANIFEST}; charset=utf-8"}, DATA


def test_a_manifest_is_described_by_what_came() -> None:
    transport = Recorded(manifest)
    found = fetch_manifest(connected(transport, OWN), "a/b", "1")
    assert (found.data, found.descriptor.digest, found.descriptor.size) == (DATA, DIGEST, len(DATA))
    assert found.descriptor.media_type == DOCKER_MANIFEST
    assert transport.requests[0].url == "https://quay.io/v2/a/b/manifests/1"


def test_a_digest_that_does_not_fit_is_refused() -> None:
    transport = Recorded(manifest)
    wanted = Digest("sha256:" + "0" * 64)
    for fetch in (
        lambda: fetch_manifest(connected(transport, OWN), "a/b", wanted),
        lambda: fetch_blob(connected(transport, OWN), "a/b", wanted, limit=1000),
    ):
        with pytest.raises(Unavailable, match=f"sent {DIGEST} instead of {wanted}"):
            fetch()
    with pytest.raises(ResourceExhausted):
        fetch_blob(connected(transport, OWN), "a/b", DIGEST, limit=3)


def test_mirrors_are_asked_first_and_told_which_registry_is_meant() -> None:
    def reply(request: Request) -> Reply:
        return (404, {}, b"") if "mirror" in request.url else manifest(request)

    transport = Recorded(reply)
    fetch_manifest(connected(transport, MIRROR, OWN), "a/b", "1")
    first, second = transport.requests
    assert first.url == "https://mirror.example/v2/a/b/manifests/1?ns=quay.io"
    assert first.headers["X-Own"] == "1"
    assert second.url == "https://quay.io/v2/a/b/manifests/1"
    assert "X-Own" not in second.headers


def test_each_host_sees_its_own_credential_alone() -> None:
    def reply(request: Request) -> Reply:
        if "Authorization" not in request.headers:
            return 401, {"WWW-Authenticate": 'Basic realm="x"'}, b""
        return (500, {}, b"") if "mirror" in request.url else manifest(request)

    transport = Recorded(reply)
    fetch_manifest(connected(transport, MIRROR, OWN), "a/b", "1")
    shown = [
        (request.url.split("/")[2], request.headers.get("Authorization")) for request in transport.requests
    ]
    assert shown == [
        ("mirror.example", None),
        ("mirror.example", "Basic YXQtbWlycm9yOm0="),
        ("quay.io", None),
        ("quay.io", "Basic YXQtcXVheTpx"),
    ]


def test_capabilities_say_who_is_asked() -> None:
    transport = Recorded(manifest)
    tags_only = Endpoint(url="https://tags.example/v2", can=frozenset({"resolve"}))
    connection = connected(transport, tags_only)
    fetch_manifest(connection, "a/b", "1")
    with pytest.raises(FailedPrecondition, match="lets nobody pull"):
        fetch_manifest(connection, "a/b", DIGEST)
    with pytest.raises(FailedPrecondition, match="lets nobody push"):
        connection.push_endpoint()
    assert connected(transport, MIRROR, OWN).push_endpoint() == OWN


def test_plain_http_is_spoken_only_where_it_may_be() -> None:
    def reply(request: Request) -> Reply:
        if request.url.startswith("https:"):
            raise NoTls("plain")
        return manifest(request)

    transport = Recorded(reply)
    with pytest.raises(NoTls):
        ping(connected(transport, OWN), OWN)
    loose = Endpoint(url="https://quay.io/v2", may_be_plain=True)
    connection = connected(transport, loose)
    for _ in range(2):
        ping(connection, loose)
    assert [request.url for request in transport.requests[1:]] == [
        "https://quay.io/v2/",
        "http://quay.io/v2/",
        "http://quay.io/v2/",
    ]


def test_tls_that_has_worked_is_not_given_up() -> None:
    asked: list[Request] = []

    def reply(request: Request) -> Reply:
        asked.append(request)
        if len(asked) > 1:
            raise NoTls("plain")
        return manifest(request)

    loose = Endpoint(url="https://quay.io/v2", may_be_plain=True)
    connection = connected(Recorded(reply), loose)
    ping(connection, loose)
    with pytest.raises(NoTls):
        ping(connection, loose)


def test_a_credential_that_is_refused_is_not_shown_again() -> None:
    body = json.dumps({"errors": [{"code": "UNAUTHORIZED", "message": "No Entry"}]}).encode()
    transport = Recorded(lambda request: (401, {"WWW-Authenticate": 'Basic realm="x"'}, body))
    with pytest.raises(Unauthenticated, match='registry "quay.io" wants a login: no entry') as refused:
        ping(connected(transport, OWN), OWN)
    assert refused.value.hint == "`nerdpy login quay.io`"
    assert len(transport.requests) == 2


def test_what_is_no_registry_is_said() -> None:
    with pytest.raises(NotFound, match='"quay.io" is no registry: it has no /v2/'):
        ping(connected(Recorded(lambda request: (404, {}, b"")), OWN), OWN)


def test_tags_are_read_page_by_page_and_never_from_elsewhere() -> None:
    pages = [
        (200, {"Link": '</v2/a/b/tags/list?last=2&n=2>; rel="next"'}, b'{"tags": ["1", "2"]}'),
        (200, {"Link": '<https://evil.example/v2/x>; rel="next"'}, b'{"tags": ["3"]}'),
    ]
    transport = Recorded(lambda request: pages.pop(0))
    assert list_tags(connected(transport, OWN), "a/b") == ["1", "2", "3"]
    assert transport.requests[1].url == "https://quay.io/v2/a/b/tags/list?last=2&n=2"


@pytest.mark.parametrize("body", [b"", b"[]", b'{"tags": 5}', b"<html>"])
def test_a_malformed_list_of_tags_is_an_error(body: bytes) -> None:
    with pytest.raises(Unavailable, match="malformed"):
        list_tags(connected(Recorded(lambda request: (200, {}, body)), OWN), "a/b")


def test_a_long_page_of_an_error_does_not_hide_the_error() -> None:
    transport = Recorded(lambda request: (503, {}, b"<html>" * 100_000))
    with pytest.raises(Unavailable, match='registry "quay.io" answers 503'):
        fetch_manifest(connected(transport, OWN), "a/b", "1")
