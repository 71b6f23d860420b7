"""What is said of a namespace that is not empty, and the labels that it is given."""

import pytest

from nerdpy.config import Config, check_namespace, load
from nerdpy.errors import InvalidArgument, UsageError
from nerdpy.namespace.contents import Contents
from nerdpy.namespace.labels import parse_changes, parse_labels
from nerdpy.namespace.rm import way_out


@pytest.mark.parametrize("name", ["default", "k8s.io", "a", "a_b-c.d", "0", "A" * 76])
def test_a_namespace_may_be_called_so(name: str) -> None:
    check_namespace(name)
    assert load({"namespace": name}, {}, {}).namespace == name


@pytest.mark.parametrize(
    "name", ["", ".", "..", "a/b", "../x", "a b", "-a", "a-", "a..b", "ä", "a\n", "A" * 77]
)
def test_a_bad_name_is_refused_wherever_it_comes_from(name: str) -> None:
    with pytest.raises(InvalidArgument, match="invalid namespace"):
        load({"namespace": name}, {}, {})
    with pytest.raises(InvalidArgument, match="invalid namespace"):
        load({}, {}, {"namespace": name}, toml_path="nerdpy.toml")
    if name:
        with pytest.raises(InvalidArgument, match="invalid namespace"):
            load({}, {"CONTAINERD_NAMESPACE": name}, {})


def test_an_empty_variable_is_none() -> None:
    assert load({}, {"NERDPY_NAMESPACE": ""}, {}).namespace == Config.namespace


def test_labels_without_a_value_are_true() -> None:
    assert parse_labels(["a", "b=", "c=1=2", "a=x"]) == {"a": "x", "b": "", "c": "1=2"}
    assert parse_labels(["a"]) == {"a": "true"}
    assert parse_changes(["a=", "b", "c=1"]) == {"a": None, "b": "true", "c": "1"}


@pytest.mark.parametrize("text", ["", "=x", "a b=1", "nerdpy/x=1", "k=" + "v" * 4096])
def test_a_bad_label_is_refused(text: str) -> None:
    with pytest.raises(InvalidArgument):
        parse_labels([text])


def test_an_update_wants_a_label() -> None:
    with pytest.raises(UsageError, match="no label is given"):
        parse_changes([])


def test_contents_are_told_in_words() -> None:
    assert str(Contents()) == ""
    assert not Contents()
    assert str(Contents(images=("x",))) == "1 image (x)"
    several = Contents(containers=("a", "b", "c", "d"), tasks=("e",), snapshots=("s", "t"))
    assert str(several) == "4 containers (a, b, c, ...), 1 task (e) and 2 snapshots"


def test_what_can_be_collected_is_not_needed() -> None:
    assert Contents(snapshots=("a",), content=("b",))
    assert not Contents(snapshots=("a",), content=("b",)).is_needed
    assert Contents(leases=("a",)).is_needed
    assert Contents(volumes=("a",)).is_needed


def test_the_way_out_names_only_what_is_there() -> None:
    assert way_out("n", Contents(volumes=("a",))) == "empty it first: `nerdpy --namespace n volume prune -a`"
    both = way_out("n", Contents(containers=("a",), images=("b",)))
    assert both.index("rm -f $(") < both.index("rmi -f $(")
    assert "leases rm l1 l2" in way_out("n", Contents(leases=("l1", "l2")))
    assert "held by labels" in way_out("n", Contents(snapshots=("s",)))
