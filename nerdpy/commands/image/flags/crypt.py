"""The flags that `image encrypt` and `image decrypt` share."""

from typing import Annotated

from nerdpy.cli.flags import Option
from nerdpy.dataclass import dataclass, field
from nerdpy.image.archive_wish import parse_wish
from nerdpy.image.encrypt import CryptOptions


@dataclass(frozen=True, kw_only=True)
class CryptFlags:
    all_platforms: Annotated[bool, Option("--all-platforms", help="Insist on all platforms")] = False
    dec_recipient: Annotated[
        list[str], Option("--dec-recipient", help="Certificate that a PKCS7 key belongs to")
    ] = field(default_factory=list)
    gpg_homedir: Annotated[str, Option("--gpg-homedir", help="Folder of the GPG keys", complete="file")] = ""
    gpg_version: Annotated[str, Option("--gpg-version", help="Version of GPG", choices=("v1", "v2"))] = ""
    key: Annotated[
        list[str], Option("--key", help="Secret key: FILE[:PASSWORD], also :pass=, :fd= or :filename=")
    ] = field(default_factory=list)
    platform: Annotated[
        list[str], Option("--platform", help="Choose the platform: os[/arch[/variant]]", metavar="platform")
    ] = field(default_factory=list)

    def parse(self, recipients: tuple[str, ...] = ()) -> CryptOptions:
        return CryptOptions(
            wish=parse_wish(self.platform, all_platforms=self.all_platforms),
            recipients=recipients,
            keys=tuple(one for text in self.key for one in text.split(",")),
            decrypting_recipients=tuple(one for text in self.dec_recipient for one in text.split(",")),
            gpg_home=self.gpg_homedir,
            gpg_version=self.gpg_version,
        )
