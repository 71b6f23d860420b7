"""--cap-add, --cap-drop, --privileged."""

import pytest

from nerdpy.errors import InvalidArgument
from nerdpy.model.capabilities import KNOWN
from nerdpy.spec.capabilities import DEFAULT, build_capabilities, choose


def chosen(
    *, added: tuple[str, ...] = (), dropped: tuple[str, ...] = (), privileged: bool = False
) -> set[str]:
    return set(choose(added=added, dropped=dropped, is_privileged=privileged, available=KNOWN))


@pytest.mark.parametrize(
    ("added", "dropped", "expected"),
    [
        ((), (), set(DEFAULT)),
        (("net_admin",), (), {*DEFAULT, "CAP_NET_ADMIN"}),
        ((), ("CAP_KILL",), set(DEFAULT) - {"CAP_KILL"}),
        (("NET_ADMIN",), ("ALL",), {"CAP_NET_ADMIN"}),
        (("ALL",), ("SYS_ADMIN",), set(KNOWN) - {"CAP_SYS_ADMIN"}),
        (("ALL",), ("ALL",), set(KNOWN)),
        (("NET_ADMIN",), ("NET_ADMIN",), {*DEFAULT, "CAP_NET_ADMIN"}),
        ((), ("ALL",), set()),
    ],
)
def test_adding_and_dropping_is_done_in_dockers_order(
    added: tuple[str, ...], dropped: tuple[str, ...], expected: set[str]
) -> None:
    assert chosen(added=added, dropped=dropped) == expected


def test_privileged_has_all_that_this_process_may_give() -> None:
    assert chosen(privileged=True, dropped=("ALL",)) == set(KNOWN)
    assert choose(added=(), dropped=(), is_privileged=True, available=["CAP_KILL"]) == ["CAP_KILL"]


def test_a_default_one_that_is_not_held_is_left_out_and_an_added_one_refused() -> None:
    available = ["CAP_CHOWN"]
    assert choose(added=(), dropped=(), is_privileged=False, available=available) == available
    with pytest.raises(InvalidArgument, match="CAP_SYS_RESOURCE"):
        choose(added=["SYS_RESOURCE"], dropped=(), is_privileged=False, available=available)


def test_only_root_has_effective_capabilities() -> None:
    assert set(build_capabilities(["CAP_KILL"], 0)) == {"bounding", "effective", "permitted"}
    assert build_capabilities(["CAP_KILL"], 1000) == {"bounding": ["CAP_KILL"]}
