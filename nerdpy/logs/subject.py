"""Pure: what log options can say of a container: the tag, and the labels and variables that they name."""

import re
from collections.abc import Mapping

from nerdpy.dataclass import dataclass, field
from nerdpy.errors import InvalidArgument, TemplateError

DEFAULT_TAG = "{{.ID}}"
DAEMON = "nerdpy"
"""`{{.DaemonName}}`; docker's is docker."""


@dataclass(frozen=True, kw_only=True)
class Subject:
    """The container whose output it is."""

    container_id: str = "0" * 64
    name: str = "name"
    namespace: str = "default"
    image: str = "image"
    """As typed."""
    image_id: str = "sha256:" + "0" * 64
    command: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)


def render_tag(options: Mapping[str, str], subject: Subject) -> str:
    """`tag`, a Go template over docker's fields; the short id where there is none."""
    from nerdpy.gotemplate.template import Template

    bare = subject.image_id.partition(":")[2] or subject.image_id
    values = {
        "ID": subject.container_id[:12],
        "FullID": subject.container_id,
        "Name": subject.name,
        "Namespace": subject.namespace,
        "ImageName": subject.image,
        "ImageID": bare[:12],
        "ImageFullID": subject.image_id,
        "Command": subject.command,
        "DaemonName": DAEMON,
    }
    text = options.get("tag", "") or DEFAULT_TAG
    try:
        return Template.parse(text).render(values, is_missing_key_error=True)
    except TemplateError as error:
        fields = ", ".join(f".{name}" for name in values)
        raise InvalidArgument(f"log option tag: {error.message}", hint=f"it knows {fields}") from error


def attributes_of(options: Mapping[str, str], subject: Subject) -> dict[str, str]:
    """The labels and variables that `labels=a,b`, `labels-regex=^c`, `env` and `env-regex` name."""
    return _chosen("labels", options, subject.labels) | _chosen("env", options, subject.environment)


def _chosen(key: str, options: Mapping[str, str], values: Mapping[str, str]) -> dict[str, str]:
    names = options.get(key, "").split(",")
    pattern = pattern_of(f"{key}-regex", options)
    return {
        name: value
        for name, value in values.items()
        if name in names or (pattern is not None and pattern.search(name))
    }


def pattern_of(key: str, options: Mapping[str, str]) -> re.Pattern[str] | None:
    """A regular expression among the options."""
    if key not in options:
        return None
    try:
        return re.compile(options[key])
    except re.error as error:
        raise InvalidArgument(
            f'log option {key} "{options[key]}" is no regular expression: {error}'
        ) from error
