"""Pure: --user and --group-add, looked up in the text of the container's own /etc/passwd and /etc/group.

Docker's rules: a number is always an id, even where somebody has it as a name; a user that is not listed has
group 0; an explicit group takes the place of all the groups that the user is a member of.
"""

import re
from collections.abc import Iterable, Iterator

from nerdpy.dataclass import dataclass
from nerdpy.errors import InvalidArgument, NotFound
from nerdpy.spec.facts import UserFacts

LARGEST = 2**31 - 1
_NUMBER = re.compile(r"[+-]?[0-9]+")


@dataclass(frozen=True)
class _User:
    name: str
    uid: int
    gid: int
    home: str


@dataclass(frozen=True)
class _Group:
    name: str
    gid: int
    members: tuple[str, ...]


def needs_files(text: str, group_add: Iterable[str]) -> bool:
    """Must the container's files be looked at? Not when everything is a number."""
    user, separator, group = text.partition(":")
    return not (separator and all(_number(word) is not None for word in (user, group, *group_add)))


def resolve_user(text: str, group_add: Iterable[str] = (), passwd: str = "", group: str = "") -> UserFacts:
    """`NAME|UID[:GROUP|GID]` -> numbers; empty text is root."""
    user_word, _, group_word = text.partition(":")
    user, is_listed = _find_user(user_word, passwd)
    groups = list(_groups(group))
    gid = user.gid
    inherited: list[int] = []
    if group_word:
        gid = _find_group(group_word, groups)
    elif is_listed:
        inherited = [entry.gid for entry in groups if user.name in entry.members]
    added = [_find_group(word, groups) for word in group_add]
    return UserFacts(
        uid=user.uid,
        gid=gid,
        additional_gids=tuple(dict.fromkeys((gid, *inherited, *added))),
        home=user.home or "/",
    )


def _find_user(word: str, passwd: str) -> tuple[_User, bool]:
    uid = _number(word) if word else 0
    for user in _users(passwd):
        if user.uid == uid if uid is not None else user.name == word:
            return user, True
    if uid is None:
        raise NotFound(f"unable to find user {word}: no matching entries in passwd file")
    return _User("", _in_range(uid), 0, "/"), False


def _find_group(word: str, groups: list[_Group]) -> int:
    gid = _number(word)
    if gid is not None:
        return _in_range(gid)
    for group in groups:
        if group.name == word:
            return group.gid
    raise NotFound(f"unable to find group {word}: no matching entries in group file")


def _users(passwd: str) -> Iterator[_User]:
    for fields in _lines(passwd):
        uid, gid = _number(fields[2]), _number(fields[3])
        if uid is not None and gid is not None:
            yield _User(fields[0], _in_range(uid), _in_range(gid), fields[5] if len(fields) > 5 else "/")


def _groups(group: str) -> Iterator[_Group]:
    for fields in _lines(group):
        gid = _number(fields[2])
        if gid is not None:
            yield _Group(fields[0], _in_range(gid), tuple(fields[3].split(",")))


def _lines(text: str) -> Iterator[list[str]]:
    """Fields of each entry; comments, blank lines and what has too few fields say nothing."""
    for line in text.splitlines():
        fields = line.strip().split(":")
        if len(fields) >= 4 and not line.startswith("#"):
            yield fields


def _number(word: str) -> int | None:
    return int(word) if _NUMBER.fullmatch(word) else None


def _in_range(number: int) -> int:
    if not 0 <= number <= LARGEST:
        raise InvalidArgument(f"uids and gids must be in range 0-{LARGEST}, not {number}")
    return number
