"""Docker's conditional profiles, decided."""

import json
from typing import Any

import pytest

from nerdpy.errors import FailedPrecondition, InvalidArgument
from nerdpy.model.options import SecurityOptions
from nerdpy.spec.capabilities import DEFAULT
from nerdpy.spec.seccomp import Circumstances, build_seccomp, parse_profile
from nerdpy.spec.seccomp_default import PROFILE
from nerdpy.spec.security import build_filter
from tests.conftest import Golden
from tests.unit.spec.samples import FACTS

AMD64 = Circumstances(architecture="amd64", capabilities=DEFAULT, kernel=(6, 18))
CUSTOM = json.dumps({"defaultAction": "SCMP_ACT_ALLOW", "syscalls": []})


def names_allowed(circumstances: Circumstances) -> set[str]:
    built = build_seccomp(PROFILE, circumstances)
    plain = [rule for rule in built["syscalls"] if rule["action"] == "SCMP_ACT_ALLOW" and "args" not in rule]
    return {name for rule in plain for name in rule["names"]}


def test_the_default_filter_is_the_one_that_was_reviewed(golden: Golden) -> None:
    golden("spec/seccomp-amd64.json", json.dumps(build_seccomp(PROFILE, AMD64), indent=1) + "\n")


def test_dangerous_calls_come_with_their_capability_only() -> None:
    own = names_allowed(AMD64)
    assert {"ptrace", "openat2", "chroot", "arch_prctl"} <= own
    assert not {"mount", "bpf", "setns", "unshare", "clone3", "open_by_handle_at", "io_uring_setup"} & own
    admin = names_allowed(Circumstances(architecture="amd64", capabilities=["CAP_SYS_ADMIN"], kernel=(6, 1)))
    assert {"mount", "bpf", "setns", "unshare", "clone3"} <= admin


def test_clone3_answers_enosys_without_sys_admin() -> None:
    rules = build_seccomp(PROFILE, AMD64)["syscalls"]
    assert {"names": ["clone3"], "action": "SCMP_ACT_ERRNO", "errnoRet": 38} in rules


def test_an_old_kernel_has_no_ptrace() -> None:
    old = Circumstances(architecture="amd64", capabilities=(), kernel=(4, 4))
    assert "ptrace" not in names_allowed(old)


def test_clone_is_filtered_by_the_second_argument_on_s390x() -> None:
    s390x = Circumstances(architecture="s390x", capabilities=(), kernel=(6, 1))
    rules = [rule for rule in build_seccomp(PROFILE, s390x)["syscalls"] if rule["names"] == ["clone"]]
    assert [rule["args"][0]["index"] for rule in rules] == [1]


def test_subarchitectures_come_with_the_native_one() -> None:
    expected = ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"]
    assert build_seccomp(PROFILE, AMD64)["architectures"] == expected


def test_the_old_form_with_one_name_is_read() -> None:
    text = json.dumps({"defaultAction": "A", "syscalls": [{"name": "read", "action": "B", "args": []}]})
    assert build_seccomp(parse_profile(text), AMD64)["syscalls"] == [{"names": ["read"], "action": "B"}]


@pytest.mark.parametrize(
    "profile",
    [
        "no json",
        [],
        {"syscalls": []},
        {"defaultAction": "A", "syscalls": [{"action": "A"}]},
        {"defaultAction": "A", "architectures": ["X"], "archMap": [{"architecture": "X"}]},
    ],
)
def test_a_broken_profile_is_refused(profile: Any) -> None:
    with pytest.raises(InvalidArgument):
        parse_profile(profile if isinstance(profile, str) else json.dumps(profile))


@pytest.mark.parametrize(
    ("security", "has_filter"),
    [
        (SecurityOptions(), True),
        (SecurityOptions(seccomp="unconfined"), False),
        (SecurityOptions(privileged=True), False),
        (SecurityOptions(privileged=True, seccomp=CUSTOM), True),
        (SecurityOptions(seccomp=CUSTOM), True),
    ],
)
def test_a_filter_is_there_unless_privileged_or_unconfined(
    security: SecurityOptions, has_filter: bool
) -> None:
    assert (build_filter(security, FACTS, list(DEFAULT)) is not None) is has_filter


def test_without_seccomp_in_the_kernel_only_a_named_profile_is_an_error() -> None:
    from dataclasses import replace

    facts = replace(FACTS, has_seccomp=False)
    assert build_filter(SecurityOptions(), facts, []) is None
    with pytest.raises(FailedPrecondition):
        build_filter(SecurityOptions(seccomp=CUSTOM), facts, [])
