"""Pure: the image that holds the tables of contents of an eStargz image (stargz-snapshotter
`docs/smaller-estargz.md`). Its clients find it by its name, and a table by the digest of its layer."""

from collections.abc import Mapping
from typing import Any

from nerdpy.dataclass import dataclass
from nerdpy.errors import InvalidArgument
from nerdpy.image.convert_form import LAYER, described
from nerdpy.model.descriptor import Descriptor
from nerdpy.model.reference import parse_reference

SUFFIX = "-esgztoc"
OF_LAYER = "containerd.io/snapshot/stargz/layer.digest"
_LONGEST_TAG = 128


@dataclass(frozen=True)
class Outside:
    """A table of contents in the content store."""

    digest: str
    size: int
    diff_id: str


def toc_name(name: str) -> str:
    """The full name of the image of tables; InvalidArgument when its tag gets too long."""
    reference = parse_reference(name)
    tag = reference.tag + SUFFIX
    if len(tag) > _LONGEST_TAG:
        raise InvalidArgument(
            f'the tables of contents cannot be named: the tag "{tag}" has more than {_LONGEST_TAG} letters',
            hint="give the new image a shorter tag",
        )
    return str(reference.with_tag(tag))


def toc_layers(outside: Mapping[str, Outside]) -> list[Descriptor]:
    """In the order of their own digests, whatever the order of the conversion was."""
    return [
        described(f"{LAYER}+gzip", table.digest, table.size, {OF_LAYER: layer})
        for layer, table in _sorted(outside)
    ]


def toc_config(outside: Mapping[str, Outside], config: Mapping[str, Any]) -> dict[str, Any]:
    """A config for the platform of the image's own."""
    platform = {key: config[key] for key in ("architecture", "os", "variant") if key in config}
    diff_ids = [table.diff_id for _, table in _sorted(outside)]
    return platform | {"config": {}, "rootfs": {"type": "layers", "diff_ids": diff_ids}}


def _sorted(outside: Mapping[str, Outside]) -> list[tuple[str, Outside]]:
    return sorted(outside.items(), key=lambda one: (one[1].digest, one[0]))
