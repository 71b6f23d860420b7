"""Users and groups, looked up in the container's own files, never in the host's."""

from collections.abc import Sequence

from nerdpy.linux import inside
from nerdpy.model.users import resolve_user
from nerdpy.spec.facts import UserFacts


def user_in(root: int, text: str, group_add: Sequence[str] = ()) -> UserFacts:
    """The numbers behind `text`, from the files below an opened root (of a snapshot, or of a process)."""
    passwd = inside.read_text(root, "/etc/passwd") or ""
    group = inside.read_text(root, "/etc/group") or ""
    return resolve_user(text, group_add, passwd, group)
