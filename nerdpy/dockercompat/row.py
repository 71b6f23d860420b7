"""Pure: what all rows of listings share: labels by key, and which names a row shows in JSON."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from nerdpy.dataclass import dataclass, field, fields

HIDDEN = {"is_hidden": True}
"""`field(metadata=HIDDEN)`: a template may use the field, JSON does not show it."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """Parent of rows whose object has labels: `{{.Labels}}` and `{{.Label "key"}}`."""

    LabelsMap: Mapping[str, str] = field(default_factory=dict, metadata=HIDDEN)

    @property
    def Labels(self) -> str:
        return labels_text(self.LabelsMap)

    def Label(self, key: str) -> str:
        """One label's value; empty if there is none."""
        return self.LabelsMap.get(key, "")

    def MarshalJSON(self) -> str:
        """What `{{json .}}` shows: all that a template can name, sorted, HTML escaped."""
        from nerdpy.gotemplate.encode import json_text

        return json_text(public_values(self), is_html_safe=True)


def labels_text(labels: Mapping[str, str]) -> str:
    """`a=1,b=2`, sorted."""
    return ",".join(f"{key}={value}" for key, value in sorted(labels.items()))


def public_values(row: Any) -> dict[str, Any]:
    """What a template can name of a row without arguments: fields and CamelCase properties."""
    values = {
        each.name: getattr(row, each.name)
        for each in fields(row)
        if each.name[:1].isupper() and not each.metadata.get("is_hidden")
    }
    for kind in type(row).__mro__:
        for name, member in vars(kind).items():
            if name[:1].isupper() and isinstance(member, property | cached_property):
                values.setdefault(name, getattr(row, name))
    return values
