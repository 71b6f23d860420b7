"""Pure: a repository that a search has found -> the row that docker shows."""

from nerdpy.dataclass import dataclass
from nerdpy.dockercompat.row import public_values
from nerdpy.dockercompat.units import truncated

LONGEST = 45
COLUMNS = (
    ("NAME", "Name"),
    ("DESCRIPTION", "Description"),
    ("STARS", "StarCount"),
    ("OFFICIAL", "IsOfficial"),
)


class Mark(str):
    """`[OK]` or nothing in a table or template, `"true"` or `"false"` in JSON."""

    @staticmethod
    def of(claim: bool) -> "Mark":
        return Mark("[OK]" if claim else "")

    def MarshalJSON(self) -> str:
        return '"true"' if self else '"false"'


@dataclass(frozen=True, kw_only=True)
class SearchRow:
    """One line of `search`."""

    Name: str
    Description: str
    StarCount: str
    IsOfficial: Mark
    IsAutomated: Mark

    def MarshalJSON(self) -> str:
        """What `{{json .}}` shows: sorted, HTML escaped."""
        from nerdpy.gotemplate.encode import json_text

        return json_text(public_values(self), is_html_safe=True)


def search_row(
    *, name: str, description: str, stars: int, is_official: bool, is_automated: bool, no_trunc: bool
) -> SearchRow:
    """The row of one repository; its description in one line."""
    line = description.replace("\n", " ").replace("\r", " ")
    return SearchRow(
        Name=name,
        Description=line if no_trunc else truncated(line, LONGEST),
        StarCount=str(stars),
        IsOfficial=Mark.of(is_official),
        IsAutomated=Mark.of(is_automated),
    )
