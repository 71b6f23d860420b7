"""`nerdpy image verifier install`: let containerd ask a program before it pulls an image."""

from typing import Annotated

from nerdpy.cli.context import Context, engine_of
from nerdpy.cli.flags import Argument, Option
from nerdpy.commands.container.flags.trust import VerifyFlags
from nerdpy.dataclass import dataclass
from nerdpy.errors import UsageError


@dataclass(frozen=True, kw_only=True)
class InstallFlags:
    """Where it goes, and how containerd asks."""

    bin_dir: Annotated[
        str | None, Option("--bin-dir", help="Folder of the programs (default: as configured)")
    ] = None
    force: Annotated[bool, Option("--force", "-f", help="Replace one of the same name")] = False
    max_verifiers: Annotated[
        int | None, Option("--max-verifiers", help="How many containerd asks; -1: all of them")
    ] = None
    name: Annotated[str, Option("--name", help="Name of the program in the folder")] = ""
    timeout: Annotated[
        str | None, Option("--timeout", help="How long each may take, as in 30s", metavar="duration")
    ] = None


def command(
    context: Context,
    flags: InstallFlags,
    trust: VerifyFlags,
    program: Annotated[str, Argument("[PROGRAM]", complete="file")] = "",
) -> None:
    """Let containerd ask a program before it pulls an image

    Either a PROGRAM, which is copied, or with --verify one that asks cosign or notation. containerd calls it
    with -name and -digest for each pull, whoever asked for it, and refuses the image unless it exits with 0.
    The settings of cosign and notation that stand in the environment (COSIGN_...) are kept for these calls.
    """
    from nerdpy.image.verifier_install import InstallWish, install

    verification = trust.parse_verification()
    if bool(program) == (verification is not None):
        raise UsageError(
            "give either a program, or --verify=cosign or --verify=notation",
            hint="as in `nerdpy image verifier install --verify=cosign --cosign-key cosign.pub`",
        )
    wish = InstallWish(
        program=program,
        trust=verification,
        name=flags.name,
        bin_dir=flags.bin_dir,
        max_verifiers=flags.max_verifiers,
        timeout=flags.timeout,
        is_forced=flags.force,
        environment=context.environ,
    )
    context.console.line(str(install(engine_of(context), wish)))
