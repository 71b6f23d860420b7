"""`nerdpy manifest annotate`: say for which platform an image of a list is."""

from typing import Annotated

from nerdpy.cli.context import Context
from nerdpy.cli.flags import Argument, Option
from nerdpy.dataclass import dataclass, field


@dataclass(frozen=True, kw_only=True)
class AnnotateFlags:
    arch: Annotated[str, Option("--arch", help="Set the architecture")] = ""
    os: Annotated[str, Option("--os", help="Set the operating system")] = ""
    os_features: Annotated[
        list[str], Option("--os-features", help="Add a feature of the operating system")
    ] = field(default_factory=list)
    os_version: Annotated[str, Option("--os-version", help="Set the operating system's version")] = ""
    variant: Annotated[str, Option("--variant", help="Set the architecture's variant")] = ""


def command(
    context: Context,
    flags: AnnotateFlags,
    name: Annotated[str, Argument("MANIFEST_LIST", complete="manifest")],
    manifest: Annotated[str, Argument("MANIFEST")],
) -> None:
    """Say more of an image in a local manifest list"""
    from nerdpy.manifest.annotate import Annotation, annotate

    annotation = Annotation(
        os=flags.os,
        architecture=flags.arch,
        variant=flags.variant,
        os_version=flags.os_version,
        os_features=tuple(one for text in flags.os_features for one in text.split(",") if one),
    )
    annotate(context.config, name, manifest, annotation)
