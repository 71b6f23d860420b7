"""Pure: the first line of `table TEMPLATE`: the template itself, run on the columns' titles."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from nerdpy.dataclass import dataclass
from nerdpy.errors import TemplateError
from nerdpy.output.headers import header_of, label_header

if TYPE_CHECKING:
    from nerdpy.gotemplate.template import Template


@dataclass(frozen=True)
class Titles:
    """A row that has every field, and in each its title."""

    names: Mapping[str, str]

    def __getattr__(self, field: str) -> str:
        return self.names.get(field) or header_of(field)

    def Label(self, key: str) -> str:
        return label_header(key)


def title_line(template: "Template", names: Mapping[str, str]) -> str:
    """What the template shows when every field is its title; an odd template simply has no titles."""
    from nerdpy.gotemplate.functions import HEADER
    from nerdpy.gotemplate.template import Template

    try:
        return Template(template.text, template.tree, HEADER).render(Titles(names))
    except TemplateError:
        return ""
