"""Flags for who must have signed an image: of `run`, `create` and `pull`."""

from typing import Annotated

from nerdpy.cli.flags import Option
from nerdpy.dataclass import dataclass
from nerdpy.errors import UsageError
from nerdpy.model.trust import PROGRAMS, Verification, check_verification


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class VerifyFlags:
    """Whom to trust."""

    verify: Annotated[
        str,
        Option(
            "--verify",
            help="Verify the image's signature",
            metavar="METHOD",
            choices=("none", *PROGRAMS),
        ),
    ] = "none"
    cosign_key: Annotated[
        str,
        Option("--cosign-key", help="Key for cosign: a file or an address", metavar="KEY"),
    ] = ""
    cosign_certificate_identity: Annotated[
        str,
        Option(
            "--cosign-certificate-identity", help="Identity that the certificate must have", metavar="TEXT"
        ),
    ] = ""
    cosign_certificate_identity_regexp: Annotated[
        str,
        Option("--cosign-certificate-identity-regexp", help="Pattern for that identity", metavar="PATTERN"),
    ] = ""
    cosign_certificate_oidc_issuer: Annotated[
        str,
        Option(
            "--cosign-certificate-oidc-issuer", help="Issuer that the certificate must have", metavar="TEXT"
        ),
    ] = ""
    cosign_certificate_oidc_issuer_regexp: Annotated[
        str,
        Option("--cosign-certificate-oidc-issuer-regexp", help="Pattern for that issuer", metavar="PATTERN"),
    ] = ""

    def parse_verification(self) -> Verification | None:
        """None: no signature is asked for. What is about cosign alone is refused elsewhere."""
        given = {
            "key": self.cosign_key,
            "identity": self.cosign_certificate_identity,
            "identity_pattern": self.cosign_certificate_identity_regexp,
            "issuer": self.cosign_certificate_oidc_issuer,
            "issuer_pattern": self.cosign_certificate_oidc_issuer_regexp,
        }
        if self.verify != "cosign" and any(given.values()):
            raise UsageError(
                "the flags of cosign are given, but not --verify=cosign", hint="add --verify=cosign"
            )
        return (
            None if self.verify == "none" else check_verification(Verification(program=self.verify, **given))
        )
