"""Pure: image verifiers as they are listed; neither docker nor nerdctl has them."""

from nerdpy.dataclass import dataclass
from nerdpy.dockercompat.row import Row

COLUMNS = (("NAME", "Name"), ("KIND", "Kind"), ("STATUS", "Status"), ("PATH", "Path"))


@dataclass(frozen=True, kw_only=True)
class VerifierRow(Row):
    """One line of `image verifier ls`."""

    Name: str
    Kind: str
    Status: str
    """`asked`, or `skipped`: there are more than containerd asks."""
    Path: str
