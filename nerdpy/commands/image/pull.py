"""`nerdpy pull`: fetch an image from its registry."""

from typing import Annotated

from nerdpy.cli.context import Context, engine_of
from nerdpy.cli.flags import Argument, Later, Option
from nerdpy.commands.container.flags.trust import VerifyFlags
from nerdpy.dataclass import dataclass, field, replace
from nerdpy.engine import Note
from nerdpy.errors import UsageError
from nerdpy.image.pull import Pulled, PullOptions, fetch
from nerdpy.image.read import own_platform
from nerdpy.model.platform import parse_platforms
from nerdpy.model.reference import Reference, parse_reference

_NO_IPFS = "images are not fetched from IPFS yet"
UNPACK = {"auto": None, "true": True, "1": True, "false": False, "0": False}


@dataclass(frozen=True, kw_only=True)
class PullFlags:
    """What of the image."""

    all_platforms: Annotated[bool, Option("--all-platforms", help="Take all platforms")] = False
    all_tags: Annotated[
        bool,
        Option("--all-tags", "-a", help="Take all tags of the repository"),
        Later("all tags at once are not pulled yet: name the tags one by one"),
    ] = False
    disable_content_trust: Annotated[
        bool, Option("--disable-content-trust", help="Without effect", hidden=True)
    ] = True
    platform: Annotated[
        list[str],
        Option("--platform", help="Choose the platform: os[/arch[/variant]]", metavar="platform"),
    ] = field(default_factory=list)
    quiet: Annotated[bool, Option("--quiet", "-q", help="Don't show progress")] = False
    unpack: Annotated[str, Option("--unpack", help="Unpack after the pull: auto, true or false")] = "auto"

    def parse(self, name: str, default_platform: str) -> PullOptions:
        if self.all_platforms and self.platform:
            raise UsageError("--all-platforms and --platform exclude each other")
        if self.unpack.lower() not in UNPACK:
            raise UsageError(f'--unpack must be auto, true or false, not "{self.unpack}"')
        named = self.platform or ([default_platform] if default_platform and not self.all_platforms else [])
        return PullOptions(
            reference=name,
            platforms=parse_platforms(named, default=own_platform()),
            all_platforms=self.all_platforms,
            unpack=UNPACK[self.unpack.lower()],
            quiet=self.quiet,
        )


@dataclass(frozen=True, kw_only=True)
class PullFromElsewhereFlags:
    """What is not built yet."""

    ipfs_address: Annotated[
        str, Option("--ipfs-address", help="Address of the IPFS API"), Later(_NO_IPFS)
    ] = ""
    soci_index_digest: Annotated[
        str,
        Option("--soci-index-digest", help="Digest of the SOCI index"),
        Later("images are not pulled lazily yet"),
    ] = ""


def command(
    context: Context,
    flags: PullFlags,
    trust: VerifyFlags,
    elsewhere: PullFromElsewhereFlags,
    name: Annotated[str, Argument("NAME[:TAG|@DIGEST]", complete="image")],
) -> None:
    """Download an image from a registry"""
    del elsewhere  # all of it is refused before we get here
    options = replace(
        flags.parse(name, context.environ.get("DOCKER_DEFAULT_PLATFORM", "")),
        verification=trust.parse_verification(),
    )
    reference = parse_reference(name)
    context.show_progress(is_quiet=flags.quiet, to_stdout=True)
    engine = engine_of(context)
    tell = context.console.line
    if not flags.quiet:
        if reference.familiar_string != name and reference.tag and ":" not in name.rpartition("/")[2]:
            tell(f"Using default tag: {reference.tag}")
        engine.notify(Note(f"{_shown_tag(reference)}: Pulling from {_repository(reference)}"))
    pulled = fetch(engine, options)
    context.close_progress()
    for line in [] if flags.quiet else _ending(pulled):
        tell(line)
    tell(str(reference))


def _ending(pulled: Pulled) -> list[str]:
    shown = pulled.reference.familiar_string
    status = f"Downloaded newer image for {shown}" if pulled.is_new else f"Image is up to date for {shown}"
    return [f"Digest: {pulled.record.target.digest}", f"Status: {status}"]


def _shown_tag(reference: Reference) -> str:
    return reference.digest or reference.tag


def _repository(reference: Reference) -> str:
    """Without docker's own registry, as docker says it."""
    return reference.path if reference.domain == "docker.io" else reference.name
