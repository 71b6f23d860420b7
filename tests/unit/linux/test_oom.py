"""Where a container's control group is below the mount point, and whom the kernel says it killed."""

from datetime import UTC, datetime

import pytest

from nerdpy.linux import oom
from nerdpy.linux.oom import group_folder


@pytest.mark.parametrize(
    ("path", "folder"),
    [
        ("/default/abc", "default/abc"),
        ("system.slice:nerdpy:abc", "system.slice/nerdpy-abc.scope"),
        ("user-1000.slice:nerdpy:abc", "user.slice/user-1000.slice/nerdpy-abc.scope"),
    ],
)
def test_cgroups_path_leads_to_the_group(path: str, folder: str) -> None:
    assert group_folder(path) == folder


GROUPS = "oom_memcg=/a.slice/nerdpy-above.scope,task_memcg=/a.slice/nerdpy-victim.scope/own"
KILLED = (
    "sh invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0",
    f"oom-kill:constraint=CONSTRAINT_MEMCG,cpuset=/,{GROUPS},task=sh,pid=454,uid=0",
    "Memory cgroup out of memory: Killed process 454 (sh) total-vm:26844kB, anon-rss:16036kB",
)


@pytest.mark.parametrize(
    ("name", "pid", "is_told"),
    [
        ("victim", 1, True),
        ("other", 454, True),
        ("other", 45, False),
        ("other", 4540, False),
        ("above", 1, False),
    ],
)
def test_the_kernels_log_tells_whom_it_killed(
    monkeypatch: pytest.MonkeyPatch, name: str, pid: int, is_told: bool
) -> None:
    monkeypatch.setattr(oom, "messages", lambda since: iter(KILLED))
    assert oom.was_logged(name, pid, datetime.now(UTC)) is is_told


def test_a_group_that_is_gone_does_not_say_that_nobody_was_killed() -> None:
    assert oom.had_oom_kill("/nerdpy-nowhere/abc") is None
    assert oom.had_oom_kill("") is None


def test_scopes_vanish_by_themselves() -> None:
    assert oom.is_scope("system.slice:nerdpy:abc")
    assert not oom.is_scope("/default/abc")
