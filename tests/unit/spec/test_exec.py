"""The process of `exec`."""

from typing import Any

import pytest

from nerdpy.errors import InvalidArgument
from nerdpy.model.options import ProcessOptions
from nerdpy.spec.build import build_spec
from nerdpy.spec.exec import ExecOptions, build_exec_process
from nerdpy.spec.facts import UserFacts
from tests.unit.spec.samples import FACTS, asked

SPEC = build_spec(asked(process=ProcessOptions(has_tty=True, console_size=(1, 2), umask=0o77)), FACTS)


def process(*command: str, **options: Any) -> dict[str, Any]:
    user = options.pop("resolved", None)
    capabilities = options.pop("host_capabilities", ())
    wanted = ExecOptions(command=command, **options)
    return build_exec_process(SPEC, wanted, user=user, host_capabilities=capabilities)


def test_it_is_the_containers_process_with_another_command() -> None:
    built, own = process("ls", "-l"), SPEC["process"]
    assert built["args"] == ["ls", "-l"]
    assert (built["cwd"], built["user"], built["capabilities"]) == (
        own["cwd"],
        own["user"],
        own["capabilities"],
    )
    assert built["terminal"] is False
    assert "consoleSize" not in built


def test_its_own_variables_come_last() -> None:
    environment = process("ls", environment=("COLOUR=red", "NEW=1"))["env"]
    assert "COLOUR=red" in environment
    assert environment[-1] == "NEW=1"


def test_another_user_brings_groups_and_keeps_the_umask() -> None:
    user = process("ls", user="bob", resolved=UserFacts(uid=7, gid=8, additional_gids=(8, 9)))["user"]
    assert user == {"uid": 7, "gid": 8, "additionalGids": [8, 9], "umask": 0o77}


def test_privileged_has_every_capability_of_the_host() -> None:
    capabilities = process("ls", privileged=True, host_capabilities=["CAP_BPF"])["capabilities"]
    assert capabilities == {key: ["CAP_BPF"] for key in ("bounding", "effective", "permitted")}


def test_a_terminal_has_its_size() -> None:
    assert process("sh", has_tty=True, console_size=(24, 80))["consoleSize"] == {"height": 24, "width": 80}


def test_a_terminal_brings_term_where_the_container_has_none() -> None:
    bare: dict[str, Any] = {"process": {"env": ["A=1"], "cwd": "/"}}
    built = build_exec_process(bare, ExecOptions(command=("sh",), has_tty=True))
    assert built["env"] == ["A=1", "TERM=xterm"]


@pytest.mark.parametrize("workdir", ["x", "/proc/self/fd/3"])
def test_a_directory_that_leads_out_is_refused(workdir: str) -> None:
    with pytest.raises(InvalidArgument):
        process("ls", workdir=workdir)


def test_a_command_is_needed() -> None:
    with pytest.raises(InvalidArgument, match="no command"):
        process()
