"""Pure: the rows of `system leaks`."""

from datetime import datetime

from nerdpy.dataclass import dataclass

COLUMNS = (("KIND", "Kind"), ("NAME", "Name"), ("OWNER", "Owner"), ("SINCE", "Since"))


@dataclass(frozen=True, kw_only=True)
class LeakRow:
    """One line."""

    Kind: str
    Name: str
    Owner: str
    Since: str


def leak_row(kind: str, name: str, owner: str, since: datetime | None) -> LeakRow:
    """The row of a leak; `since` in UTC, empty where nobody knows."""
    return LeakRow(
        Kind=kind,
        Name=name,
        Owner=owner,
        Since=since.strftime("%Y-%m-%dT%H:%M:%SZ") if since is not None else "",
    )
