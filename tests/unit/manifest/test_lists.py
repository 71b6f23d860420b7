"""The store of lists: one file each, whole or not there."""

from pathlib import Path

import pytest

from nerdpy.config import Config
from nerdpy.errors import AlreadyExists, InvalidArgument, NerdpyError, NotFound
from nerdpy.manifest.annotate import Annotation, annotate, annotated_platform
from nerdpy.manifest.create import create, joined
from nerdpy.manifest.entry import OCI_MANIFEST, Entry
from nerdpy.manifest.inspect import inspect, inspect_member
from nerdpy.manifest.lists import Lists, parse_list_name
from nerdpy.manifest.push import push
from nerdpy.manifest.rm import remove
from nerdpy.model.descriptor import Digest
from nerdpy.model.reference import parse_reference

NAME = parse_reference("r.example/list:1")


def entry(reference: str, digit: str = "a", **platform: str) -> Entry:
    return Entry(
        reference=str(parse_reference(reference)),
        media_type=OCI_MANIFEST,
        digest=Digest("sha256:" + digit * 64),
        platform=platform,
        data=b"{}",
    )


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(data_root=str(tmp_path))


@pytest.fixture
def lists(config: Config) -> Lists:
    """With one list, of two manifests."""
    lists = Lists.of(config)
    lists.save(NAME, [entry("r.example/b"), entry("r.example/a", os="linux", architecture="arm64")])
    return lists


def test_a_list_keeps_its_order(lists: Lists) -> None:
    assert [one.reference for one in lists.get(NAME)] == ["r.example/b:latest", "r.example/a:latest"]
    assert lists.path(NAME).stat().st_mode & 0o777 == 0o600


def test_no_two_names_share_a_file(lists: Lists) -> None:
    names = ["r.example/a_b:1", "r.example/a/b:1", "r.example/a-b:1", "r.example/a:b-1", "r.example:1/a"]
    paths = {lists.path(parse_reference(name)) for name in names}
    assert len(paths) == len(names)
    long = lists.path(parse_reference("r.example/" + "a/" * 120 + "b"))
    assert long.parent == lists.folder
    assert len(long.name) < 100


def test_a_list_that_is_not_there_is_told_with_the_way_out(config: Config, lists: Lists) -> None:
    missing = parse_reference("r.example/missing:1")
    with pytest.raises(NotFound) as making:
        lists.get(missing)
    assert (
        making.value.hint == "make it by `nerdpy manifest create r.example/missing:1 MANIFEST [MANIFEST...]`"
    )
    with pytest.raises(NotFound) as removing:
        remove(config, ["r.example/missing:1"])
    assert removing.value.hint == "those there are: r.example/list:1"
    remove(config, ["r.example/list:1"])
    with pytest.raises(NotFound) as emptied:
        remove(config, ["r.example/list:1"])
    assert emptied.value.hint == "no manifest list is being made"


def test_a_damaged_list_is_named_and_can_be_removed(lists: Lists) -> None:
    for text in ("", "{}", "[]", '{"manifests": [{}]}', '{"manifests": [{"data": "?"}]}'):
        lists.path(NAME).write_text(text)
        with pytest.raises(InvalidArgument, match="is damaged"):
            lists.get(NAME)
    lists.remove(NAME)
    assert lists.find(NAME) is None


def test_a_list_is_not_amended_unless_that_is_meant(config: Config, lists: Lists) -> None:
    with pytest.raises(AlreadyExists, match="refusing to amend"):
        create(config, "r.example/list:1", ["r.example/c"])


def test_an_amended_list_keeps_annotations_of_what_is_the_same() -> None:
    old = [entry("a", variant="v8"), entry("b")]
    new = [entry("c"), entry("a"), entry("b", "b")]
    assert joined(old, new) == [entry("a", variant="v8"), entry("b", "b"), entry("c")]


def test_an_annotation_is_kept(config: Config, lists: Lists) -> None:
    annotate(config, "r.example/list:1", "r.example/b", Annotation(os="linux", architecture="amd64"))
    assert lists.get(NAME)[0].platform == {"os": "linux", "architecture": "amd64"}


@pytest.mark.parametrize(
    ("annotation", "platform"),
    [
        (Annotation(), {"os": "linux", "architecture": "arm64", "os.features": ["x"]}),
        (
            Annotation(variant="v8", os_version="1", os_features=("y", "x")),
            {
                "os": "linux",
                "architecture": "arm64",
                "variant": "v8",
                "os.version": "1",
                "os.features": ["x", "y"],
            },
        ),
        (Annotation(os="windows"), {"os": "windows", "architecture": "arm64", "os.features": ["x"]}),
    ],
)
def test_an_annotation_says_more(annotation: Annotation, platform: dict[str, object]) -> None:
    before = {"os": "linux", "architecture": "arm64", "os.features": ["x"]}
    assert annotated_platform(before, annotation) == platform


@pytest.mark.parametrize("annotation", [Annotation(os="dos"), Annotation(architecture="x86_64")])
def test_platforms_that_do_not_exist_are_refused(annotation: Annotation) -> None:
    with pytest.raises(InvalidArgument, match="unsupported os/arch combination"):
        annotated_platform({}, annotation)


def test_what_is_not_there_is_said(config: Config, lists: Lists) -> None:
    for ask in (
        lambda: annotate(config, "r.example/no:1", "r.example/a", Annotation()),
        lambda: annotate(config, "r.example/list:1", "r.example/c", Annotation()),
        lambda: inspect_member(config, "r.example/no:1", "r.example/a"),
        lambda: inspect_member(config, "r.example/list:1", "r.example/c"),
        lambda: push(config, "r.example/no:1"),
        lambda: remove(config, ["r.example/no:1"]),
    ):
        with pytest.raises(NotFound):
            ask()


def test_a_list_that_cannot_be_pushed_whole_is_not_pushed(config: Config, lists: Lists) -> None:
    with pytest.raises(NerdpyError, match="must have an OS and Architecture"):
        push(config, "r.example/list:1")
    lists.save(NAME, [entry("other.example/a", os="linux", architecture="arm64")])
    with pytest.raises(InvalidArgument, match="cannot use source images from a different registry"):
        push(config, "r.example/list:1")


def test_our_own_list_is_shown_without_a_registry(config: Config, lists: Lists) -> None:
    found = inspect(config, "r.example/list:1", is_verbose=True)
    assert found.is_list
    assert [one["digest"] for one in found.value["manifests"]] == ["sha256:" + "a" * 64] * 2
    assert len(found.entries) == 2
    assert (
        inspect_member(config, "r.example/list:1", "r.example/a").entries[0].reference == "r.example/a:latest"
    )


def test_several_lists_are_removed_and_the_missing_ones_told(config: Config, lists: Lists) -> None:
    with pytest.raises(NotFound, match="no such manifest: r.example/no:1"):
        remove(config, ["r.example/no:1", "r.example/list:1"])
    assert lists.find(NAME) is None


def test_a_list_is_named_by_a_tag() -> None:
    assert parse_list_name("a").tag == "latest"
    with pytest.raises(InvalidArgument, match="has a digest"):
        parse_list_name("a@sha256:" + "a" * 64)
