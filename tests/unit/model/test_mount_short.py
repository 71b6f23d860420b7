"""-v and --tmpfs, as docker reads them."""

import pytest

from nerdpy.errors import InvalidArgument
from nerdpy.model.mount_short import parse_volume
from nerdpy.model.mounts import MountRequest
from nerdpy.model.tmpfs import parse_tmpfs


@pytest.mark.parametrize(
    ("text", "target"), [("name", "/name"), ("/x", "/x"), ("/x/../y/", "/y"), ("a/b", "/a/b"), ("v", "/v")]
)
def test_a_volume_without_colon_is_anonymous(text: str, target: str) -> None:
    assert parse_volume(text, folder="/here") == MountRequest(type="volume", target=target)


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("/a:/x", "/a"),
        ("./rel:/x", "/here/rel"),
        (".:/x", "/here"),
        ("..:/x", "/"),
        ("../x:/x", "/x"),
        ("rel/a:/x", "/here/rel/a"),
        ("~/a:/x", "/home/me/a"),
        ("~:/x", "/home/me"),
        ("//a/../b/:/x", "/b"),
    ],
)
def test_a_host_path_is_made_absolute_and_will_be_made(text: str, source: str) -> None:
    mount = parse_volume(text, folder="/here", home="/home/me")
    assert mount == MountRequest(type="bind", source=source, target="/x", creates_source=True)


@pytest.mark.parametrize("source", ["name", "na_me.1", "rel", "0a"])
def test_another_source_is_a_volumes_name(source: str) -> None:
    assert parse_volume(f"{source}:/x", folder="/here") == MountRequest(
        type="volume", source=source, target="/x"
    )


@pytest.mark.parametrize(
    ("words", "fields"),
    [
        ("ro", {"read_only": True}),
        ("rw", {}),
        ("ro,z", {"read_only": True, "relabel": "z"}),
        ("Z", {"relabel": "Z"}),
        ("rro", {"read_only": True, "recursive": "readonly"}),
        ("rshared,ro", {"read_only": True, "propagation": "rshared"}),
        ("bind", {"is_nonrecursive": True}),
        ("rbind,slave", {"propagation": "slave"}),
        ("cached", {}),
    ],
)
def test_words_of_a_bind(words: str, fields: dict[str, object]) -> None:
    mount = parse_volume(f"/a:/x:{words}", folder="/here")
    assert mount == MountRequest(
        type="bind",
        source="/a",
        target="/x",
        creates_source=True,
        mode=words,
        **fields,  # type: ignore[arg-type]  # a table of fields
    )


def test_words_of_a_volume() -> None:
    mount = parse_volume("name:/x:nocopy,ro", folder="/here")
    assert mount == MountRequest(
        type="volume", source="name", target="/x", read_only=True, copies_up=False, mode="nocopy,ro"
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "empty volume"),
        (":/x", "empty section"),
        ("/a:", "empty section"),
        ("a:/b:", "empty section"),
        ("/a:/x:ro:z", "too many colons"),
        ("/", 'cannot be "/"'),
        ("/a:/", 'cannot be "/"'),
        ("/a:/x/..", 'cannot be "/"'),
        ("/a:x", "must be absolute"),
        ("/x:ro", "must be absolute"),
        ("v:/x", "too short"),
        ("-n:/x", "volume name"),
        ("na me:/x", "volume name"),
        ("/a:/x:foo", 'mode "foo"'),
        ("/a:/x:ro,", 'mode ""'),
        ("/a:/x:ro,rw", "exclude each other"),
        ("/a:/x:z,Z", "exclude each other"),
        ("/a:/x:rshared,slave", "exclude each other"),
        ("/a:/x:ro,ro", "given twice"),
        ("/a:/x:nocopy", "volumes only"),
        ("name:/x:rshared", "folders of the host only"),
        ("name:/x:bind", "folders of the host only"),
        ("~/a:/x", "HOME is not set"),
        ("a\0b:/x", "volume name"),
        ("/a:/x\0", "NUL"),
        ("/a:/x\udcff", r'invalid mount path "/x\\xff": it is not UTF-8'),
        ("/a\udcff:/x", "it is not UTF-8"),
    ],
)
def test_a_malformed_volume_is_refused(text: str, words: str) -> None:
    with pytest.raises(InvalidArgument, match=words):
        parse_volume(text, folder="/here")


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("/x", ()),
        ("/x:", ()),
        ("/x:size=64m,mode=1777", ("size=64m", "mode=1777")),
        ("/x:exec,uid=1000,gid=1000,nr_inodes=1k", ("exec", "uid=1000", "gid=1000", "nr_inodes=1k")),
        ("/x:size=50%", ("size=50%",)),
    ],
)
def test_a_tmpfs_has_words_of_mount(text: str, options: tuple[str, ...]) -> None:
    mount = parse_tmpfs(text)
    assert mount == MountRequest(type="tmpfs", target="/x", tmpfs_options=options, mode=",".join(options))


def test_a_read_only_tmpfs_says_so() -> None:
    assert parse_tmpfs("/x:ro").read_only


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "must be absolute"),
        ("x", "must be absolute"),
        (":size=1", "must be absolute"),
        ("/", 'cannot be "/"'),
        ("/x:foo=bar", "unknown tmpfs option"),
        ("/x:foo", "unknown tmpfs option"),
        ("/x:a:b", "unknown tmpfs option"),
        ("/x:size=foo", "bad value"),
        ("/x:size", "bad value"),
        ("/x:mode=9", "bad value"),
    ],
)
def test_a_malformed_tmpfs_is_refused(text: str, words: str) -> None:
    with pytest.raises(InvalidArgument, match=words):
        parse_tmpfs(text)
