"""`nerdpy image encrypt`: make an image whose layers only some can read."""

from typing import Annotated

from nerdpy.cli.context import Context, engine_of
from nerdpy.cli.flags import Argument, Option
from nerdpy.commands.image.flags.crypt import CryptFlags
from nerdpy.dataclass import dataclass, field
from nerdpy.image.encrypt import encrypt


@dataclass(frozen=True, kw_only=True)
class RecipientFlags:
    recipient: Annotated[
        list[str],
        Option("--recipient", help="Who may decrypt it: jwe:FILE, pkcs7:FILE, pgp:ADDRESS or provider:..."),
    ] = field(default_factory=list)


def command(
    context: Context,
    flags: CryptFlags,
    who: RecipientFlags,
    source: Annotated[str, Argument("SOURCE_IMAGE[:TAG]", complete="image")],
    targets: Annotated[list[str], Argument("TARGET_IMAGE[:TAG]...", complete="image")],
) -> None:
    """Encrypt the layers of an image

    It is done by imgcrypt's program, ctr-enc. Prints the digest of the new image.
    """
    recipients = tuple(one for text in who.recipient for one in text.split(","))
    record = encrypt(engine_of(context), source, targets, flags.parse(recipients))
    context.console.line(record.target.digest)
