"""`nerdpy pull`: fetch an image from its registry."""

import math
from typing import Annotated

from nerdpy import errors
from nerdpy.cli.context import Context, engine_of
from nerdpy.cli.flags import Argument, Later, Option
from nerdpy.commands.container.flags.caller import parsed
from nerdpy.commands.container.flags.trust import VerifyFlags
from nerdpy.dataclass import dataclass, field, replace
from nerdpy.engine import Engine, Note
from nerdpy.errors import UsageError
from nerdpy.image.archive_wish import parse_wish
from nerdpy.image.pull import Pulled, PullOptions, fetch
from nerdpy.model.duration import parse_duration
from nerdpy.model.reference import Reference, parse_reference

_NO_IPFS = "nerdpy does not fetch images from IPFS: pull from a registry"
UNPACK = {"auto": None, "true": True, "1": True, "false": False, "0": False}


@dataclass(frozen=True, kw_only=True)
class PullFlags:
    """What of the image."""

    all_platforms: Annotated[bool, Option("--all-platforms", help="Take all platforms")] = False
    all_tags: Annotated[bool, Option("--all-tags", "-a", help="Take all tags of the repository")] = False
    deadline: Annotated[
        str, Option("--deadline", help="Give up after this time, such as 10m", metavar="duration")
    ] = ""
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
        if self.unpack.lower() not in UNPACK:
            raise UsageError(f'--unpack must be auto, true or false, not "{self.unpack}"')
        if self.all_tags and _names_one(name):
            raise UsageError(
                "tag can't be used with --all-tags/-a",
                hint="give the repository alone, or leave -a out",
            )
        named = self.platform or ([default_platform] if default_platform and not self.all_platforms else [])
        wish = parse_wish(named, all_platforms=self.all_platforms)
        return PullOptions(
            reference=name,
            platforms=wish.platforms,
            all_platforms=wish.all_platforms,
            unpack=UNPACK[self.unpack.lower()],
            quiet=self.quiet,
            deadline=_seconds(self.deadline) if self.deadline else math.inf,
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
        Later("containerd passes on no digest of an index: soci finds it in the registry by itself"),
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
    if name.startswith(("ipfs://", "ipns://")):
        raise errors.NotImplemented(_NO_IPFS)
    options = replace(
        flags.parse(name, context.environ.get("DOCKER_DEFAULT_PLATFORM", "")),
        verification=trust.parse_verification(),
    )
    context.show_progress(is_quiet=flags.quiet, to_stdout=True)
    engine = engine_of(context)
    if not flags.all_tags:
        _pull_one(context, engine, parse_reference(name), options)
        return
    from nerdpy.image.tags import tags_of

    repository = parse_reference(name)
    for reference in tags_of(engine.config, repository):
        _pull_one(context, engine, reference, replace(options, reference=str(reference)))


def _pull_one(context: Context, engine: Engine, reference: Reference, options: PullOptions) -> None:
    tell = context.console.line
    if not options.quiet:
        if reference.familiar_string != options.reference and not _names_one(options.reference):
            tell(f"Using default tag: {reference.tag}")
        engine.notify(Note(f"{_shown_tag(reference)}: Pulling from {_repository(reference)}"))
    pulled = fetch(engine, options)
    context.close_progress()
    for line in [] if options.quiet else _ending(pulled):
        tell(line)
    tell(str(reference))


def _names_one(name: str) -> bool:
    """Is there a tag or a digest in what was typed?"""
    reference = parse_reference(name, default_tag="")
    return bool(reference.tag or reference.digest)


def _seconds(text: str) -> float:
    seconds = parsed("--deadline", text, parse_duration).total_seconds()
    if seconds <= 0:
        raise UsageError(f'--deadline must be longer than nothing, not "{text}"')
    return seconds


def _ending(pulled: Pulled) -> list[str]:
    shown = pulled.reference.familiar_string
    status = f"Downloaded newer image for {shown}" if pulled.is_new else f"Image is up to date for {shown}"
    return [f"Digest: {pulled.record.target.digest}", f"Status: {status}"]


def _shown_tag(reference: Reference) -> str:
    return reference.digest or reference.tag


def _repository(reference: Reference) -> str:
    """Without docker's own registry, as docker says it."""
    return reference.path if reference.domain == "docker.io" else reference.name
