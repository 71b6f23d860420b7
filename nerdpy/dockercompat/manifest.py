"""Pure: a manifest as docker's `manifest inspect --verbose` tells it."""

import base64
import json
from collections.abc import Mapping
from typing import Any


def verbose_json(*, reference: str, descriptor: Mapping[str, Any], data: bytes) -> dict[str, Any]:
    """docker's ImageManifest: the name, the descriptor, the bytes, and the manifest read."""
    kind = "OCIManifest" if ".oci." in descriptor["mediaType"] else "SchemaV2Manifest"
    ordered = ("mediaType", "digest", "size", "platform")
    return {
        "Ref": reference,
        "Descriptor": {key: descriptor[key] for key in ordered if key in descriptor},
        "Raw": base64.b64encode(data).decode(),
        kind: json.loads(data),
    }
