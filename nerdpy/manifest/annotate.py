"""Say more of a manifest in a list than its image says itself."""

from collections.abc import Mapping, Sequence
from typing import Any

from nerdpy.config import Config
from nerdpy.dataclass import dataclass, replace
from nerdpy.errors import InvalidArgument, NotFound
from nerdpy.manifest.entry import Entry
from nerdpy.manifest.lists import Lists, parse_list_name
from nerdpy.model.platform import ARCHITECTURES, OPERATING_SYSTEMS
from nerdpy.model.reference import parse_reference


@dataclass(frozen=True, kw_only=True)
class Annotation:
    """What is to be said; what is empty stays as it is."""

    os: str = ""
    architecture: str = ""
    variant: str = ""
    os_version: str = ""
    os_features: tuple[str, ...] = ()


def annotate(config: Config, list_name: str, manifest: str, annotation: Annotation) -> None:
    """NotFound when there is no such list, or the manifest is not in it."""
    name, wanted = parse_list_name(list_name), str(parse_reference(manifest))
    lists = Lists.of(config)
    with lists.changing():
        entries = lists.get(name)
        if all(entry.reference != wanted for entry in entries):
            raise NotFound(
                f"manifest for image {manifest} does not exist in {list_name}",
                hint=f"add it: `nerdpy manifest create --amend {list_name} {manifest}`",
            )
        lists.save(name, [_annotated(one, annotation) if one.reference == wanted else one for one in entries])


def _annotated(entry: Entry, annotation: Annotation) -> Entry:
    return replace(entry, platform=annotated_platform(entry.platform, annotation))


def annotated_platform(platform: Mapping[str, Any], annotation: Annotation) -> dict[str, Any]:
    """The platform with what is to be said; InvalidArgument for one that does not exist."""
    features: Sequence[str] = (*(platform.get("os.features") or ()), *annotation.os_features)
    said = {
        "os": annotation.os,
        "architecture": annotation.architecture,
        "variant": annotation.variant,
        "os.version": annotation.os_version,
        "os.features": list(dict.fromkeys(features)),
    }
    merged = {**platform, **{key: value for key, value in said.items() if value}}
    system, architecture = merged.get("os", ""), merged.get("architecture", "")
    is_known = system in {"", *OPERATING_SYSTEMS} and architecture in {"", *ARCHITECTURES}
    if (annotation.os or annotation.architecture) and not is_known:
        raise InvalidArgument(
            f"manifest entry for image has unsupported os/arch combination: {system}/{architecture}",
            hint="write them as Go does: linux/amd64, linux/arm64, windows/amd64",
        )
    return merged
