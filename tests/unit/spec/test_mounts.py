"""Default mounts, the user's, and their order."""

from dataclasses import replace
from typing import Any

import pytest

from nerdpy.model.mounts import MountRequest, ResolvedMount
from nerdpy.model.options import MountOptions, SecurityOptions
from nerdpy.spec.mount_words import build_bind_words, build_tmpfs_words
from nerdpy.spec.mounts import build_mounts, root_propagation
from tests.unit.spec.samples import FACTS, asked


def bind(target: str, **more: Any) -> ResolvedMount:
    return ResolvedMount(type="bind", source="/host", target=target, options=("rbind",), **more)


def targets(*mounts: ResolvedMount, **groups: Any) -> list[str]:
    return [mount["destination"] for mount in build_mounts(asked(**groups), replace(FACTS, mounts=mounts))]


def test_a_parent_is_mounted_before_its_child_whatever_the_order_asked() -> None:
    found = targets(bind("/a/b/c"), bind("/a"), bind("/a/b"))
    assert found[-3:] == ["/a", "/a/b", "/a/b/c"]


def test_a_mount_of_the_users_takes_the_place_of_a_default_one() -> None:
    found = targets(bind("/dev/shm/"), bind("/sys/fs/cgroup"))
    assert found.count("/dev/shm") == 1
    assert found[-2:] == ["/dev/shm", "/sys/fs/cgroup"]


def test_a_mount_on_dev_takes_away_what_would_stand_below() -> None:
    found = targets(bind("/dev"))
    assert [target for target in found if target.startswith("/dev")] == ["/dev"]


def test_ipc_none_has_no_dev_shm() -> None:
    assert "/dev/shm" not in targets(security=SecurityOptions(ipc="none"))


def test_the_users_hosts_file_beats_ours() -> None:
    facts = replace(FACTS, bind_files=(("/ours", "/etc/hosts"),), mounts=(bind("/etc/hosts"),))
    found = [mount for mount in build_mounts(asked(), facts) if mount["destination"] == "/etc/hosts"]
    assert [mount["source"] for mount in found] == ["/host"]


@pytest.mark.parametrize(
    ("security", "read_only", "sys_is_ro", "cgroup_is_ro"),
    [
        (SecurityOptions(), False, True, True),
        (SecurityOptions(privileged=True), False, False, False),
        (SecurityOptions(privileged=True), True, True, False),
        (SecurityOptions(writable_cgroups=True), False, True, False),
    ],
)
def test_sys_and_cgroups_are_read_only_unless_privileged(
    security: SecurityOptions, read_only: bool, sys_is_ro: bool, cgroup_is_ro: bool
) -> None:
    mounts = build_mounts(asked(security=security, mounts=MountOptions(read_only=read_only)), FACTS)
    options = {mount["destination"]: mount["options"] for mount in mounts}
    assert ("ro" in options["/sys"]) is sys_is_ro
    assert ("ro" in options["/sys/fs/cgroup"]) is cgroup_is_ro


@pytest.mark.parametrize(
    ("propagations", "root"),
    [((), ""), (("rprivate", ""), ""), (("rslave",), "rslave"), (("slave", "rshared"), "shared")],
)
def test_the_root_is_as_open_as_the_most_open_mount(propagations: tuple[str, ...], root: str) -> None:
    mounts = tuple(bind(f"/{number}", propagation=word) for number, word in enumerate(propagations))
    assert root_propagation(mounts) == root


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ((), "noexec,nosuid,nodev,rprivate"),
        (("exec", "size=1m"), "nosuid,nodev,rprivate,exec,size=1m"),
        (("ro", "rw", "size=1m", "size=2m"), "noexec,nosuid,nodev,rprivate,rw,size=2m"),
        (("rshared", "defaults"), "noexec,nosuid,nodev,rshared"),
    ],
)
def test_a_given_word_takes_back_a_default_one(given: tuple[str, ...], words: str) -> None:
    assert ",".join(build_tmpfs_words(given)) == words


@pytest.mark.parametrize(
    ("request_words", "can", "words"),
    [
        ({}, True, "rbind,rprivate"),
        ({"read_only": True}, True, "rbind,rro,rprivate"),
        ({"read_only": True}, False, "rbind,ro,rprivate"),
        ({"read_only": True, "recursive": "writable"}, True, "rbind,ro,rprivate"),
        ({"read_only": True, "recursive": "disabled"}, True, "bind,ro,rprivate"),
        ({"is_nonrecursive": True, "propagation": "shared"}, True, "bind,shared"),
        ({"type": "volume", "read_only": True}, True, "rbind,rro"),
    ],
)
def test_read_only_reaches_down_unless_less_was_asked_for(
    request_words: dict[str, Any], can: bool, words: str
) -> None:
    request = MountRequest(**{"type": "bind", "source": "/h", "target": "/t", **request_words})
    assert ",".join(build_bind_words(request, can_be_recursive=can)) == words
