"""Pure: the labels of a namespace, as its commands are given them."""

from collections.abc import Iterable

from nerdpy.errors import UsageError
from nerdpy.labels import check_user_labels
from nerdpy.model.environment import parse_label

SET = "true"
"""The value of a label that was given without one, as nerdctl has it."""


def parse_labels(texts: Iterable[str]) -> dict[str, str]:
    """`KEY=VALUE` or `KEY` each; of a key that is given twice the last value counts."""
    labels = {}
    for text in texts:
        key, value = parse_label(text)
        labels[key] = value if "=" in text else SET
    check_user_labels(labels)
    return labels


def parse_changes(texts: Iterable[str]) -> dict[str, str | None]:
    """The same for `update`, where `KEY=` takes the label away; at least one is wanted."""
    changes: dict[str, str | None] = {key: value or None for key, value in parse_labels(texts).items()}
    if not changes:
        raise UsageError("no label is given to change", hint="give --label KEY=VALUE, or KEY= to remove one")
    return changes
