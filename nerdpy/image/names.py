"""Pure: the names of images as they stand in containerd, and as people see them."""

import re
from collections.abc import Iterable

from nerdpy.dataclass import dataclass, replace
from nerdpy.errors import InvalidArgument
from nerdpy.model.records import ImageRecord
from nerdpy.model.reference import parse_reference

UNTAGGED = "untagged@"
"""How the name of an image begins that lost its last name while a container used it; its digest follows."""
PUSHING = "nerdpy-pushing-"
"""How the name begins that a part of an image has for the moment in which its push starts; whose it is
follows."""
NONE = "<none>"
_NAMELESS = re.compile(r":?\Z|sha256:[0-9a-f]{64}\Z|[^/:@]+@sha256:[0-9a-f]{64}\Z")
"""nerdpy's own, those of Kubernetes' runtime, BuildKit and docker: no registry, no tag."""


@dataclass(frozen=True)
class ShownName:
    """The parts of a name; those that are not there are empty, all of them for an image without a name."""

    repository: str = ""
    """As people write it."""
    tag: str = ""
    digest: str = ""
    full: str = ""
    """The repository with its registry."""

    @property
    def is_dangling(self) -> bool:
        return not self.repository

    def __str__(self) -> str:
        """The familiar name."""
        if self.is_dangling:
            return "<untagged>"
        return self._with_suffix(self.repository)

    @property
    def texts(self) -> tuple[str, ...]:
        """What a pattern may match: with and without tag, familiar and full."""
        if self.is_dangling:
            return ()
        names = (self._with_suffix(self.repository), self.repository, self._with_suffix(self.full), self.full)
        return tuple(dict.fromkeys(names))

    def _with_suffix(self, name: str) -> str:
        return f"{name}{':' if self.tag else ''}{self.tag}{'@' if self.digest else ''}{self.digest}"


def shown_name(name: str) -> ShownName:
    """Take a name apart; what is no reference is shown as it is."""
    if _NAMELESS.match(name):
        return ShownName()
    try:
        reference = parse_reference(name, default_tag="")
    except InvalidArgument:
        return ShownName(name, full=name)
    return ShownName(reference.familiar_name, reference.tag, reference.digest, reference.name)


def untagged(record: ImageRecord) -> ImageRecord:
    """The record that keeps an image without a name."""
    return replace(record, name=UNTAGGED + record.target.digest)


def repo_tags(names: Iterable[str]) -> list[str]:
    """docker's `RepoTags` of names of one image."""
    found = [shown_name(name) for name in names]
    return sorted(f"{name.repository}:{name.tag}" for name in found if name.tag and not name.is_dangling)


def repo_digests(names: Iterable[str], digest: str) -> list[str]:
    """docker's `RepoDigests`."""
    found = [shown_name(name) for name in names]
    return sorted({f"{name.repository}@{digest}" for name in found if not name.is_dangling})
