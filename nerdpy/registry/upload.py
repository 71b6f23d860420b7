"""Putting manifests and blobs into a registry (OCI distribution-spec 1.1, push).

Only what `manifest push` needs: an image's own layers are pushed by containerd.
"""

from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

from nerdpy.errors import FailedPrecondition, Unavailable
from nerdpy.model.descriptor import Descriptor, Digest
from nerdpy.registry.auth import Scopes
from nerdpy.registry.client import ACCEPT, digest_of, pulling
from nerdpy.registry.connection import Connection, expect
from nerdpy.registry.hosts_toml import Endpoint
from nerdpy.registry.transport import origin_of


def put_manifest(
    connection: Connection, repository: str, reference: str, data: bytes, media_type: str
) -> Digest:
    """Store it under a tag or its digest; the digest, which the registry must agree with."""
    endpoint = connection.push_endpoint()
    answer = connection.send(
        endpoint,
        "PUT",
        f"/{repository}/manifests/{reference}",
        scopes=_pushing(repository),
        headers={"Content-Type": media_type},
        body=data,
    )
    expect(endpoint, answer, {200, 201, 202}, f'push to "{repository}"').close()
    digest, said = digest_of(data), answer.header("Docker-Content-Digest")
    if said.startswith("sha256:") and said != digest:
        raise Unavailable(f'registry "{endpoint.host}" stored {said} instead of {digest}')
    return digest


def has_manifest(connection: Connection, repository: str, digest: Digest) -> bool:
    """Is it where pushes go to?"""
    return _is_there(connection, repository, f"/{repository}/manifests/{digest}")


def share_blob(connection: Connection, repository: str, blob: Descriptor, *, origin: str) -> None:
    """Let `repository` have a blob of the repository `origin`: mounted, or copied if the registry can't."""
    endpoint = connection.push_endpoint()
    scopes = (*pulling(origin), *_pushing(repository))
    path = f"/{repository}/blobs/uploads/?mount={blob.digest}&from={origin}"
    answer = connection.send(endpoint, "POST", path, scopes=scopes, body=b"")
    expect(endpoint, answer, {201, 202}, f'mount of "{blob.digest}" from "{origin}"').close()
    if answer.status == 202 and not _is_there(connection, repository, f"/{repository}/blobs/{blob.digest}"):
        place = urljoin(answer.url, answer.header("Location"))
        _copy(connection, endpoint, blob, place, origin=origin, scopes=scopes)


def _copy(
    connection: Connection, endpoint: Endpoint, blob: Descriptor, place: str, *, origin: str, scopes: Scopes
) -> None:
    """Carry a blob to where the registry wants it, piece by piece: never the whole is in memory."""
    if origin_of(place) != origin_of(connection.at(endpoint).url):
        raise FailedPrecondition(f'registry "{endpoint.host}" wants uploads on another host')
    source = connection.send(endpoint, "GET", f"/{origin}/blobs/{blob.digest}", scopes=scopes)
    expect(endpoint, source, {200}, f'blob "{blob.digest}" of "{origin}"')
    joint = "&" if urlsplit(place).query else "?"
    answer = connection.send(
        endpoint,
        "PUT",
        f"{place}{joint}digest={blob.digest}",
        scopes=scopes,
        headers={"Content-Type": "application/octet-stream"},
        body=_Passing(source.pieces(), blob.size),
    )
    expect(endpoint, answer, {201}, f'upload of "{blob.digest}"').close()


def _is_there(connection: Connection, repository: str, path: str) -> bool:
    endpoint = connection.push_endpoint()
    answer = connection.send(endpoint, "HEAD", path, scopes=_pushing(repository), headers=ACCEPT)
    return expect(endpoint, answer, {200, 404}, f'"{path}"').status == 200


def _pushing(repository: str) -> Scopes:
    return (f"repository:{repository}:pull,push",)


class _Passing:
    """The pieces of an answer as the body of a request."""

    def __init__(self, pieces: Iterator[bytes], size: int) -> None:
        self._pieces = pieces
        self._size = size
        self._rest = b""

    def __len__(self) -> int:
        return self._size

    def read(self, size: int = -1) -> bytes:
        """At most `size` bytes of it; nothing at its end."""
        data = self._rest or next(self._pieces, b"")
        self._rest = data[size:] if size >= 0 else b""
        return data[:size] if size >= 0 else data
