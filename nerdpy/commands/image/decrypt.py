"""`nerdpy image decrypt`: make an image that everybody can read of an encrypted one."""

from typing import Annotated

from nerdpy.cli.context import Context, engine_of
from nerdpy.cli.flags import Argument
from nerdpy.commands.image.flags.crypt import CryptFlags
from nerdpy.image.encrypt import decrypt


def command(
    context: Context,
    flags: CryptFlags,
    source: Annotated[str, Argument("SOURCE_IMAGE[:TAG]", complete="image")],
    targets: Annotated[list[str], Argument("TARGET_IMAGE[:TAG]...", complete="image")],
) -> None:
    """Decrypt the layers of an image

    It is done by imgcrypt's program, ctr-enc. Prints the digest of the new image.
    """
    record = decrypt(engine_of(context), source, targets, flags.parse())
    context.console.line(record.target.digest)
