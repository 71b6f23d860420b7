"""Arguments, environment, directory."""

from dataclasses import replace

import pytest

from nerdpy.errors import InvalidArgument
from nerdpy.model.options import ProcessOptions, SecurityOptions
from nerdpy.spec.arguments import build_arguments
from nerdpy.spec.facts import ImageFacts, UserFacts
from nerdpy.spec.process import (
    build_directory,
    build_environment,
    build_user,
    has_init,
    merge_environment,
)
from tests.unit.spec.samples import FACTS, asked

BOTH = ImageFacts(entrypoint=("e",), command=("c",))


@pytest.mark.parametrize(
    ("entrypoint", "command", "image", "arguments"),
    [
        (None, (), BOTH, ["e", "c"]),
        (None, ("x", "y"), BOTH, ["e", "x", "y"]),
        (("n",), (), BOTH, ["n"]),
        (("n",), ("x",), BOTH, ["n", "x"]),
        ((), ("x",), BOTH, ["x"]),
        (None, (), ImageFacts(command=("c",)), ["c"]),
        (None, ("x",), ImageFacts(), ["x"]),
    ],
)
def test_a_given_entrypoint_drops_the_command_of_the_image(
    entrypoint: tuple[str, ...] | None, command: tuple[str, ...], image: ImageFacts, arguments: list[str]
) -> None:
    assert build_arguments(ProcessOptions(entrypoint=entrypoint, command=command), image) == arguments


@pytest.mark.parametrize(
    ("process", "image"), [(ProcessOptions(), ImageFacts()), (ProcessOptions(entrypoint=()), BOTH)]
)
def test_a_container_without_any_command_is_refused(process: ProcessOptions, image: ImageFacts) -> None:
    with pytest.raises(InvalidArgument, match="no command specified"):
        build_arguments(process, image)


@pytest.mark.parametrize(
    ("layers", "merged"),
    [
        ((["A=1", "B=2"], ["A=3"]), ["A=3", "B=2"]),
        ((["A=1"], ["A"]), []),
        ((["A=1"], ["A", "A=2"]), ["A=2"]),
        ((["A=1"], ["C"]), ["A=1"]),
        ((["A="], ["B=x=y"]), ["A=", "B=x=y"]),
    ],
)
def test_later_layers_win_and_a_bare_name_takes_away(
    layers: tuple[list[str], ...], merged: list[str]
) -> None:
    assert merge_environment(*layers) == merged


def test_the_environment_begins_with_path_hostname_and_term() -> None:
    built = build_environment(
        asked(process=ProcessOptions(has_tty=True, environment=("COLOUR", "X=1"))), FACTS
    )
    assert built == ["PATH=/opt/bin:/bin", f"HOSTNAME={FACTS.hostname}", "TERM=xterm", "X=1"]


def test_a_default_path_is_set_where_the_image_has_none() -> None:
    built = build_environment(asked(), replace(FACTS, image=ImageFacts()))
    assert built[0] == "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


@pytest.mark.parametrize(
    ("workdir", "directory"), [("", "/"), ("/a/../b/", "/b"), ("//x", "/x"), ("/proc/self", "/proc/self")]
)
def test_the_directory_is_cleaned(workdir: str, directory: str) -> None:
    assert build_directory(workdir, origin="to -w") == directory


@pytest.mark.parametrize(
    "workdir", ["here", "./x", "/proc/self/fd/7", "/a/../proc/1/fd/7/x", "/proc/thread-self/cwd"]
)
def test_a_directory_that_is_relative_or_leads_out_is_refused(workdir: str) -> None:
    with pytest.raises(InvalidArgument):
        build_directory(workdir, origin="to -w")


def test_the_additional_groups_always_hold_the_primary_one() -> None:
    assert build_user(UserFacts(uid=5, gid=6, additional_gids=(7, 6)))["additionalGids"] == [6, 7]


@pytest.mark.parametrize(("pid", "has"), [("", True), ("host", False), ("container:x", False)])
def test_init_counts_only_in_pids_of_its_own(pid: str, has: bool) -> None:
    options = asked(process=ProcessOptions(init=True), security=SecurityOptions(pid=pid))
    assert has_init(options) is has
