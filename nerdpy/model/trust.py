"""Pure: who must have signed an image, and with what it is signed."""

from nerdpy.dataclass import dataclass
from nerdpy.errors import UsageError

PROGRAMS = ("cosign", "notation")


@dataclass(frozen=True, kw_only=True)
class Verification:
    """What cosign or notation must find; notation has its own trust policy, and needs nothing of this."""

    program: str
    """cosign or notation."""
    key: str = ""
    """A file, a KMS address, a Kubernetes secret; empty: by certificate."""
    identity: str = ""
    identity_pattern: str = ""
    issuer: str = ""
    issuer_pattern: str = ""


@dataclass(frozen=True, kw_only=True)
class Signing:
    """With what is signed after a push; without a key notation has a default, and cosign a certificate."""

    program: str
    key: str = ""


def check_verification(wish: Verification) -> Verification:
    """UsageError where cosign would not know whom to trust."""
    by_certificate = (wish.identity or wish.identity_pattern) and (wish.issuer or wish.issuer_pattern)
    if wish.program == "cosign" and not wish.key and not by_certificate:
        raise UsageError(
            "--verify=cosign needs to know who must have signed",
            hint="give --cosign-key, or both --cosign-certificate-identity and "
            "--cosign-certificate-oidc-issuer (or their -regexp)",
        )
    return wish
