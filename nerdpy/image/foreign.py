"""Push images with layers that only their maker may hand out: those stay where they are, and the manifest
alone tells the registry their URLs.

containerd would send them, or fail where they are not here. So it is given the other blobs one by one, and
nerdpy itself puts the manifests.
"""

import json
from collections.abc import Callable, Iterator

from nerdpy.config import Config
from nerdpy.dataclass import dataclass, field, replace
from nerdpy.engine import Engine
from nerdpy.image.origins import SOURCE
from nerdpy.image.platforms import is_foreign
from nerdpy.model.descriptor import Descriptor
from nerdpy.model.reference import Reference


@dataclass(frozen=True)
class Contents:
    """All that a manifest or index needs."""

    manifests: list[tuple[Descriptor, bytes]] = field(default_factory=list)
    """Each with its bytes; what others need comes first."""
    blobs: dict[str, Descriptor] = field(default_factory=dict)
    """Configs and layers by their digests, foreign ones left out."""
    foreign: list[Descriptor] = field(default_factory=list)


def contents_of(engine: Engine, target: Descriptor) -> Contents:
    """Look through a manifest or index that is here."""
    found = Contents()
    _look(engine, target, found)
    return found


def _look(engine: Engine, target: Descriptor, found: Contents) -> None:
    data = engine.containerd.content.read(target.digest)
    content = json.loads(data)
    for entry in content.get("manifests") or ():
        _look(engine, Descriptor.from_json(entry), found)
    parts = [*([content["config"]] if "config" in content else ()), *(content.get("layers") or ())]
    for blob in map(Descriptor.from_json, parts):
        if is_foreign(blob):
            found.foreign.append(blob)
        else:
            found.blobs[blob.digest] = blob
    found.manifests.append((target, data))


def with_origins(engine: Engine, blobs: dict[str, Descriptor]) -> Iterator[Descriptor]:
    """Each blob with the annotations by which containerd mounts it from where it came."""
    for digest, blob in blobs.items():
        labels = engine.containerd.content.info(digest).labels
        origins = {key: value for key, value in labels.items() if key.startswith(SOURCE)}
        yield replace(blob, annotations=origins)


def push_parts(
    engine: Engine, contents: Contents, send: Callable[[Descriptor], None], reference: Reference
) -> None:
    """`send` each blob, then put the manifests; the last of them under the reference's tag."""
    for blob in with_origins(engine, contents.blobs):
        send(blob)
    _put(engine.config, contents.manifests, reference)


def _put(config: Config, manifests: list[tuple[Descriptor, bytes]], reference: Reference) -> None:
    from nerdpy.registry.connection import Connection, access_of
    from nerdpy.registry.upload import put_manifest

    connection = Connection(reference.domain, access_of(config))
    for number, (target, data) in enumerate(manifests, 1):
        name = reference.tag if number == len(manifests) else target.digest
        put_manifest(connection, reference.path, name, data, target.media_type)
