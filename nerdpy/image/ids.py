"""The ids of an image: docker's is the digest of the config, one for each platform that is here."""

from nerdpy.engine import Engine
from nerdpy.errors import NerdpyError
from nerdpy.image.read import manifests_of, read_json
from nerdpy.model.records import ImageRecord


def image_ids(engine: Engine, record: ImageRecord) -> list[str]:
    """Config digests of the platforms whose manifests were fetched; a broken image has none."""
    found: list[str] = []
    try:
        manifests = manifests_of(engine, record)
    except NerdpyError:
        return found
    for manifest in manifests:
        try:
            found.append(str(read_json(engine, manifest.digest, record.name)["config"]["digest"]))
        except (NerdpyError, KeyError):
            continue
    return found
