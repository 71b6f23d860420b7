"""Putting manifests into a registry, and blobs where they are not yet."""

import hashlib

import pytest

from nerdpy.errors import FailedPrecondition, PermissionDenied, Unavailable
from nerdpy.model.descriptor import Descriptor, Digest
from nerdpy.registry.connection import Access, Connection
from nerdpy.registry.hosts_toml import Endpoint
from nerdpy.registry.transport import Request
from nerdpy.registry.upload import put_manifest, share_blob
from tests.unit.registry.answers import Recorded, Reply

DATA = b"blob"
BLOB = Descriptor(media_type="x", digest=Digest(f"sha256:{hashlib.sha256(DATA).hexdigest()}"), size=len(DATA))


def connected(transport: Recorded) -> Connection:
    return Connection(
        "r.example", Access(), endpoints=(Endpoint(url="https://r.example/v2"),), transport=transport
    )


def asked(transport: Recorded) -> list[str]:
    return [f"{request.method} {request.url.partition('/v2')[2]}" for request in transport.requests]


def test_a_blob_is_mounted_by_one_request() -> None:
    transport = Recorded(lambda request: (201, {}, b""))
    share_blob(connected(transport), "to", BLOB, origin="from/it")
    assert asked(transport) == [f"POST /to/blobs/uploads/?mount={BLOB.digest}&from=from/it"]


def test_a_blob_that_is_there_is_not_copied() -> None:
    def reply(request: Request) -> Reply:
        return (202, {"Location": "/v2/x"}, b"") if request.method == "POST" else (200, {}, b"")

    transport = Recorded(reply)
    share_blob(connected(transport), "to", BLOB, origin="from")
    assert asked(transport)[1:] == [f"HEAD /to/blobs/{BLOB.digest}"]


@pytest.mark.parametrize(
    ("location", "place"),
    [
        ("/v2/to/blobs/uploads/1", "/to/blobs/uploads/1?digest="),
        ("https://r.example/v2/to/blobs/uploads/1?s=x", "/to/blobs/uploads/1?s=x&digest="),
    ],
)
def test_a_blob_is_copied_piece_by_piece(location: str, place: str) -> None:
    def reply(request: Request) -> Reply:
        if request.method == "POST":
            return 202, {"Location": location}, b""
        if request.method == "PUT":
            assert request.body is not None
            assert not isinstance(request.body, bytes)
            assert (len(request.body), request.body.read(3), request.body.read(3)) == (4, b"blo", b"b")
            return 201, {}, b""
        return (404, {}, b"") if request.method == "HEAD" else (200, {}, DATA)

    transport = Recorded(reply)
    share_blob(connected(transport), "to", BLOB, origin="from")
    assert asked(transport)[2:] == [f"GET /from/blobs/{BLOB.digest}", f"PUT {place}{BLOB.digest}"]


def test_a_blob_is_not_sent_to_another_host() -> None:
    def reply(request: Request) -> Reply:
        return (
            (202, {"Location": "https://evil.example/x"}, b"") if request.method == "POST" else (404, {}, b"")
        )

    transport = Recorded(reply)
    with pytest.raises(FailedPrecondition, match="on another host"):
        share_blob(connected(transport), "to", BLOB, origin="from")
    assert not any("evil" in request.url for request in transport.requests)


def test_a_registry_must_have_stored_what_was_sent() -> None:
    wrong = Recorded(lambda request: (201, {"Docker-Content-Digest": "sha256:" + "0" * 64}, b""))
    with pytest.raises(Unavailable, match="instead of"):
        put_manifest(connected(wrong), "to", "1", DATA, "x")
    good = Recorded(lambda request: (201, {}, b""))
    assert put_manifest(connected(good), "to", "1", DATA, "x") == BLOB.digest
    assert good.requests[0].headers["Content-Type"] == "x"


def test_who_may_not_push_is_told() -> None:
    body = b'{"errors": [{"code": "DENIED", "message": "Not yours"}]}'
    with pytest.raises(PermissionDenied, match='denies push to "to": not yours'):
        put_manifest(connected(Recorded(lambda request: (403, {}, body))), "to", "1", DATA, "x")
