"""--user and --group-add against the container's own files."""

import pytest

from nerdpy.errors import InvalidArgument, NotFound
from nerdpy.model.users import needs_files, resolve_user
from nerdpy.spec.facts import UserFacts

PASSWD = """\
# a comment:x:0:0:::
root:x:0:0:root:/root:/bin/sh
broken line
+nis::::::
bob:x:1000:1000::/home/bob:/bin/sh
1001:x:55:56::/home/odd:
nohome:x:2000:2000:::
"""
GROUP = """\
root:x:0:root
wheel:x:10:root,bob
bob:x:1000:
video:x:44:bob
"""


@pytest.mark.parametrize(
    ("text", "groups", "uid", "gid", "gids", "home"),
    [
        ("", (), 0, 0, (0, 10), "/root"),
        ("root", (), 0, 0, (0, 10), "/root"),
        ("bob", (), 1000, 1000, (1000, 10, 44), "/home/bob"),
        ("1000", (), 1000, 1000, (1000, 10, 44), "/home/bob"),
        ("bob:wheel", (), 1000, 10, (10,), "/home/bob"),
        ("bob:77", (), 1000, 77, (77,), "/home/bob"),
        ("1001", (), 1001, 0, (0,), "/"),
        ("4711", (), 4711, 0, (0,), "/"),
        ("4711:4712", ("video", "5"), 4711, 4712, (4712, 44, 5), "/"),
        ("bob", ("video", "99", "99"), 1000, 1000, (1000, 10, 44, 99), "/home/bob"),
        ("nohome", (), 2000, 2000, (2000,), "/"),
    ],
)
def test_users_are_found_as_docker_finds_them(
    text: str, groups: tuple[str, ...], uid: int, gid: int, gids: tuple[int, ...], home: str
) -> None:
    expected = UserFacts(uid=uid, gid=gid, additional_gids=gids, home=home)
    assert resolve_user(text, groups, PASSWD, GROUP) == expected


def test_root_needs_no_files() -> None:
    assert resolve_user("") == UserFacts(uid=0, gid=0, additional_gids=(0,), home="/")


@pytest.mark.parametrize(
    ("text", "groups", "message"),
    [
        ("eve", (), "unable to find user eve: no matching entries in passwd file"),
        ("bob:none", (), "unable to find group none: no matching entries in group file"),
        ("bob", ("none",), "unable to find group none: no matching entries in group file"),
    ],
)
def test_an_unknown_name_is_an_error(text: str, groups: tuple[str, ...], message: str) -> None:
    with pytest.raises(NotFound, match=message):
        resolve_user(text, groups, PASSWD, GROUP)


@pytest.mark.parametrize("text", ["-1", "2147483648", "1:-5"])
def test_numbers_outside_the_range_are_refused(text: str) -> None:
    with pytest.raises(InvalidArgument, match="range"):
        resolve_user(text)


@pytest.mark.parametrize(
    ("text", "groups", "needs"),
    [("1:2", (), False), ("1:2", ("3",), False), ("1", (), True), ("1:2", ("video",), True), ("", (), True)],
)
def test_files_are_read_only_when_a_name_must_be_found(
    text: str, groups: tuple[str, ...], needs: bool
) -> None:
    assert needs_files(text, groups) is needs
