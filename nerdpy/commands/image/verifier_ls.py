"""`nerdpy image verifier ls`: list the programs that containerd asks before it pulls an image."""

from typing import Annotated

from nerdpy.cli.context import Context, engine_of
from nerdpy.cli.flags import Option
from nerdpy.cli.options import FORMAT_HELP
from nerdpy.dataclass import dataclass


@dataclass(frozen=True, kw_only=True)
class ListFlags:
    format: Annotated[str, Option("--format", "-f", help=FORMAT_HELP)] = ""
    quiet: Annotated[bool, Option("--quiet", "-q", help="Show only the names")] = False


def command(context: Context, flags: ListFlags) -> None:
    """List the programs that containerd asks before it pulls an image"""
    from nerdpy.dockercompat.verifier import COLUMNS, VerifierRow
    from nerdpy.image.verifier_ls import list_verifiers
    from nerdpy.output.formats import show_rows

    rows = [
        VerifierRow(
            Name=one.name,
            Kind=one.kind,
            Status="skipped" if one.is_skipped else "asked",
            Path=str(one.path),
        )
        for one in list_verifiers(engine_of(context))
    ]
    show_rows(
        rows,
        columns=COLUMNS,
        console=context.console,
        format=flags.format,
        is_quiet=flags.quiet,
        quiet_field="Name",
    )
