"""The OCI distribution API, as much of it as nerdpy asks for itself (containerd does the rest).

Source: OCI distribution-spec 1.1. What is fetched is asked of each endpoint in turn, the mirrors first; what
is pushed goes to the first that takes it (`upload.py`).
"""

import hashlib
import json
from urllib.parse import urljoin, urlsplit

from nerdpy.dataclass import dataclass
from nerdpy.errors import NotFound, Unavailable
from nerdpy.model.descriptor import Descriptor, Digest
from nerdpy.model.reference import is_digest
from nerdpy.registry.auth import Scopes
from nerdpy.registry.connection import Connection, expect
from nerdpy.registry.hosts_toml import Endpoint
from nerdpy.registry.transport import Answer, origin_of

DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json"
OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
OCI_INDEX = "application/vnd.oci.image.index.v1+json"
ACCEPT = {"Accept": ", ".join((OCI_INDEX, DOCKER_LIST, OCI_MANIFEST, DOCKER_MANIFEST))}
LONGEST_MANIFEST = 8 << 20
MOST_PAGES = 10_000


@dataclass(frozen=True)
class Manifest:
    """A manifest or index, byte by byte as the registry has it."""

    descriptor: Descriptor
    data: bytes


def ping(connection: Connection, endpoint: Endpoint) -> None:
    """Does it speak this API, and let us in? Unauthenticated, NotFound, Unavailable if not."""
    answer = connection.send(endpoint, "GET", "/")
    if answer.status == 404:
        answer.close()
        raise NotFound(f'"{endpoint.host}" is no registry: it has no {urlsplit(endpoint.url).path}/')
    expect(endpoint, answer, {200}, "the root of its API").close()


def fetch_manifest(connection: Connection, repository: str, reference: str) -> Manifest:
    """The manifest of a tag or digest, verified against the digest that was asked for or said."""
    what = f'manifest of "{repository}{"@" if is_digest(reference) else ":"}{reference}"'

    def fetch(endpoint: Endpoint) -> Manifest:
        path = f"/{repository}/manifests/{reference}"
        answer = connection.send(endpoint, "GET", path, scopes=pulling(repository), headers=ACCEPT)
        data = expect(endpoint, answer, {200}, what).read(LONGEST_MANIFEST)
        said = reference if is_digest(reference) else answer.header("Docker-Content-Digest")
        return Manifest(_described(data, answer.header("Content-Type"), said, endpoint), data)

    return connection.first_that("pull" if is_digest(reference) else "resolve", fetch)


def fetch_blob(connection: Connection, repository: str, digest: Digest, *, limit: int) -> bytes:
    """A small blob, such as an image's config, verified; ResourceExhausted above `limit` bytes."""

    def fetch(endpoint: Endpoint) -> bytes:
        answer = connection.send(endpoint, "GET", f"/{repository}/blobs/{digest}", scopes=pulling(repository))
        data = expect(endpoint, answer, {200}, f'blob "{digest}" of "{repository}"').read(limit)
        _described(data, "", digest, endpoint)
        return data

    return connection.first_that("pull", fetch)


def list_tags(connection: Connection, repository: str) -> list[str]:
    """All tags, page by page."""

    def fetch(endpoint: Endpoint) -> list[str]:
        tags: list[str] = []
        path = f"/{repository}/tags/list"
        for _ in range(MOST_PAGES):
            answer = connection.send(endpoint, "GET", path, scopes=pulling(repository))
            expect(endpoint, answer, {200}, f'tags of "{repository}"')
            tags += _tag_names(answer.read(LONGEST_MANIFEST), endpoint)
            path = _next_page(answer, endpoint)
            if not path:
                return tags
        raise Unavailable(f'the list of tags of "{repository}" has no end')

    return connection.first_that("pull", fetch)


def pulling(repository: str) -> Scopes:
    """The scope that reading a repository needs."""
    return (f"repository:{repository}:pull",)


def digest_of(data: bytes, algorithm: str = "sha256") -> Digest:
    """`sha256:...` of some bytes."""
    return Digest(f"{algorithm}:{hashlib.new(algorithm, data).hexdigest()}")


def _described(data: bytes, media_type: str, said: str, endpoint: Endpoint) -> Descriptor:
    """What came, once it is what it is said to be."""
    digest = digest_of(data, said.partition(":")[0] if is_digest(said) else "sha256")
    if is_digest(said) and digest != said:
        raise Unavailable(f'registry "{endpoint.host}" sent {digest} instead of {said}')
    return Descriptor(media_type=media_type.partition(";")[0].strip(), digest=digest, size=len(data))


def _tag_names(data: bytes, endpoint: Endpoint) -> list[str]:
    try:
        return [str(tag) for tag in json.loads(data).get("tags") or []]
    except (ValueError, AttributeError, TypeError, RecursionError):
        raise Unavailable(f'the list of tags of registry "{endpoint.host}" is malformed') from None


def _next_page(answer: Answer, endpoint: Endpoint) -> str:
    """`Link: </v2/NAME/tags/list?last=x>; rel="next"` (RFC 8288) -> its path below the API's root."""
    link = answer.header("Link")
    if 'rel="next"' not in link or not link.startswith("<"):
        return ""
    url = urljoin(answer.url, link[1:].partition(">")[0])
    parts, root = urlsplit(url), urlsplit(endpoint.url).path
    if origin_of(url) != answer.origin or not parts.path.startswith(f"{root}/"):
        return ""
    return f"{parts.path.removeprefix(root)}?{parts.query}"
