"""Help pages look like docker's."""

from dataclasses import dataclass, field
from typing import Annotated

import pytest

from nerdpy.cli.context import Context
from nerdpy.cli.declaration import read_declaration
from nerdpy.cli.flags import Argument, Later, Option
from nerdpy.cli.help import built_page, group_page, root_page
from nerdpy.cli.lazy import Found
from nerdpy.cli.tree import GROUPS, SUBGROUPS
from tests.conftest import Golden


def test_the_root_page(golden: Golden) -> None:
    golden("help/root.txt", root_page())


@pytest.mark.parametrize("group", sorted([*GROUPS, *SUBGROUPS]))
def test_the_page_of_a_group(golden: Golden, group: str) -> None:
    golden(f"help/{group.replace(' ', '-')}.txt", group_page(*group.split()))


@dataclass(frozen=True, kw_only=True)
class TrialFlags:
    detach: Annotated[bool, Option("--detach", "-d", help="Don't wait")] = False
    publish: Annotated[list[str], Option("--publish", "-p", help="Publish a port")] = field(
        default_factory=list
    )
    memory: Annotated[str | None, Option("--memory", help="Memory limit", metavar="bytes")] = None
    pull: Annotated[str, Option("--pull", help="When to pull", choices=("always", "never"))] = "never"
    time: Annotated[int, Option("--time", "-t", help="Seconds to wait")] = 10
    link: Annotated[bool, Option("--link", help="Link it"), Later("links are not built")] = False
    secret: Annotated[bool, Option("--secret", help="Not shown", hidden=True)] = False
    proxy: Annotated[bool, Option("--proxy", help="Pass signals on")] = True


def trial(context: Context, flags: TrialFlags, image: Annotated[str, Argument("IMAGE")]) -> None:
    """Try something

    At length, with a reason:
      and an example
    """


def test_the_page_of_a_command(golden: Golden) -> None:
    golden("help/command.txt", built_page(Found("container run", "run"), read_declaration("run", trial)))
