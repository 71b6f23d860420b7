"""Containers fit for systemd: when, and what is refused."""

from dataclasses import replace

import pytest

from nerdpy.errors import Conflict, FailedPrecondition
from nerdpy.model.options import ProcessOptions, SecurityOptions
from nerdpy.spec.build import build_spec
from nerdpy.spec.facts import Facts
from nerdpy.spec.systemd import has_systemd
from tests.unit.spec.samples import FACTS, IMAGE, OLD_FACTS, asked

ALWAYS = ProcessOptions(systemd="always")


@pytest.mark.parametrize(
    ("mode", "words", "is_fit"),
    [
        ("true", ("/sbin/init",), True),
        ("true", ("/usr/sbin/init", "--x"), True),
        ("true", ("/usr/local/sbin/init",), True),
        ("true", ("/lib/systemd/systemd", "--system"), True),
        ("true", ("init",), False),
        ("true", ("/bin/sh", "/sbin/init"), False),
        ("false", ("/sbin/init",), False),
        ("always", ("sh",), True),
    ],
)
def test_the_command_decides_unless_it_is_always(mode: str, words: tuple[str, ...], is_fit: bool) -> None:
    process = ProcessOptions(systemd=mode, entrypoint=(), command=words)  # type: ignore[arg-type]  # a row
    assert has_systemd(asked(process=process), IMAGE) is is_fit


@pytest.mark.parametrize(
    ("process", "security", "words"),
    [
        (replace(ALWAYS, init=True), SecurityOptions(), "--init"),
        (ALWAYS, SecurityOptions(pid="container:x"), "--pid container:x"),
        (ALWAYS, SecurityOptions(cgroupns="host"), "--cgroupns host"),
        (ALWAYS, SecurityOptions(privileged=True), "--privileged"),
    ],
)
def test_what_it_cannot_live_with_is_refused(
    process: ProcessOptions, security: SecurityOptions, words: str
) -> None:
    with pytest.raises(Conflict, match=words):
        build_spec(asked(process=process, security=security), FACTS)


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        (replace(FACTS, cgroup_manager="none"), "the cgroup manager is none"),
        (replace(OLD_FACTS, cgroup_manager="systemd"), "needs the cgroup manager cgroupfs"),
        (OLD_FACTS, "without a hierarchy for systemd"),
    ],
)
def test_a_machine_without_groups_for_it_is_told_so(facts: Facts, words: str) -> None:
    with pytest.raises(FailedPrecondition, match=words):
        build_spec(asked(process=ALWAYS), facts)


def test_host_devices_can_be_held_back_from_a_privileged_one() -> None:
    security = SecurityOptions(privileged=True, privileged_without_host_devices=True)
    spec = build_spec(asked(process=ALWAYS, security=security), FACTS)
    assert "container=nerdpy" in spec["process"]["env"]
