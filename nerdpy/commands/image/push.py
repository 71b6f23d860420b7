"""`nerdpy push`: send an image, or all tags of a repository, to a registry."""

from typing import TYPE_CHECKING, Annotated

from nerdpy import errors
from nerdpy.cli.context import Context, engine_of
from nerdpy.cli.flags import Argument, Later, Option
from nerdpy.dataclass import dataclass, field, replace
from nerdpy.engine import Note
from nerdpy.errors import UsageError
from nerdpy.image.archive_wish import parse_wish
from nerdpy.image.push import Pushed, PushOptions, push
from nerdpy.model.reference import parse_reference
from nerdpy.model.trust import PROGRAMS, Signing

if TYPE_CHECKING:
    from nerdpy.image.soci import SociIndex

_NO_IPFS = "nerdpy does not push to IPFS: push to a registry"


@dataclass(frozen=True, kw_only=True)
class PushFlags:
    """What of the image."""

    all_platforms: Annotated[
        bool, Option("--all-platforms", help="Send all platforms (default: those that are here)")
    ] = False
    all_tags: Annotated[bool, Option("--all-tags", "-a", help="Send all tags of the repository")] = False
    allow_nondistributable_artifacts: Annotated[
        bool,
        Option("--allow-nondistributable-artifacts", help="Send layers too that are fetched from elsewhere"),
    ] = False
    disable_content_trust: Annotated[
        bool, Option("--disable-content-trust", help="Without effect", hidden=True)
    ] = True
    platform: Annotated[
        list[str],
        Option("--platform", help="Send only this platform: os[/arch[/variant]]", metavar="platform"),
    ] = field(default_factory=list)
    quiet: Annotated[bool, Option("--quiet", "-q", help="Print nothing but the reference")] = False

    def parse(self, name: str) -> PushOptions:
        wish = parse_wish(self.platform, all_platforms=self.all_platforms)
        if self.all_tags and parse_reference(name, default_tag="").tag:
            raise UsageError(
                "tag can't be used with --all-tags/-a",
                hint="give the repository alone, or one tag without -a",
            )
        return PushOptions(
            reference=name,
            platforms=wish.platforms,
            all_platforms=wish.all_platforms,
            all_tags=self.all_tags,
            foreign_layers=self.allow_nondistributable_artifacts,
            quiet=self.quiet,
        )


@dataclass(frozen=True, kw_only=True)
class SignFlags:
    """By whom it is signed."""

    sign: Annotated[
        str, Option("--sign", help="Sign what was sent", metavar="METHOD", choices=("none", *PROGRAMS))
    ] = "none"
    cosign_key: Annotated[
        str,
        Option("--cosign-key", help="Key for cosign: a file or an address", metavar="KEY"),
    ] = ""
    notation_key_name: Annotated[
        str, Option("--notation-key-name", help="Key of notation's own list", metavar="NAME")
    ] = ""

    def parse(self) -> Signing | None:
        keys = {"cosign": self.cosign_key, "notation": self.notation_key_name}
        for program, key in keys.items():
            if key and self.sign != program:
                raise UsageError(f"a key of {program} is given, but not --sign={program}")
        return None if self.sign == "none" else Signing(program=self.sign, key=keys[self.sign])


@dataclass(frozen=True, kw_only=True)
class ConvertFlags:
    """What docker does not know: other formats, other places."""

    estargz: Annotated[bool, Option("--estargz", help="Send layers as eStargz")] = False
    ipfs_address: Annotated[
        str, Option("--ipfs-address", help="Address of the IPFS API"), Later(_NO_IPFS)
    ] = ""
    ipfs_ensure_image: Annotated[
        bool,
        Option("--ipfs-ensure-image", help="Get all of the image before it goes to IPFS"),
        Later(_NO_IPFS),
    ] = True
    soci_min_layer_size: Annotated[
        int, Option("--soci-min-layer-size", help="Send a SOCI index of layers of at least so many bytes")
    ] = -1
    soci_span_size: Annotated[
        int, Option("--soci-span-size", help="Send a SOCI index with spans of so many bytes")
    ] = -1

    def soci(self) -> "SociIndex | None":
        """None: neither flag was given."""
        if self.soci_span_size < 0 and self.soci_min_layer_size < 0:
            return None
        if self.estargz:
            raise UsageError("--estargz and SOCI indexes exclude each other")
        from nerdpy.image.soci import SociIndex

        return SociIndex(span_size=self.soci_span_size, least_layer=self.soci_min_layer_size)


def command(
    context: Context,
    flags: PushFlags,
    signing: SignFlags,
    convert: ConvertFlags,
    name: Annotated[str, Argument("NAME[:TAG]", complete="image")],
) -> None:
    """Upload an image to a registry"""
    if name.startswith(("ipfs://", "ipns://")):
        raise errors.NotImplemented(_NO_IPFS)
    options = replace(
        flags.parse(name), signing=signing.parse(), estargz=convert.estargz, soci=convert.soci()
    )
    reference = parse_reference(name)
    context.show_progress(is_quiet=flags.quiet, to_stdout=True)
    engine = engine_of(context)
    tell = context.console.line
    if not flags.quiet:
        if not flags.all_tags and ":" not in name.rpartition("/")[2]:
            tell(f"Using default tag: {reference.tag}")
        engine.notify(Note(f"The push refers to repository [{reference.name}]"))
    for pushed in push(engine, options):
        context.close_progress()
        if not flags.quiet:
            tell(_ending(pushed))
    if flags.quiet:
        tell(reference.name if flags.all_tags else str(reference))


def _ending(pushed: Pushed) -> str:
    target = pushed.target
    return f"{pushed.reference.tag}: digest: {target.digest} size: {target.size}"
