"""--mount, as docker reads it."""

from typing import Any

import pytest

from nerdpy.errors import InvalidArgument, NerdpyError
from nerdpy.model.mount_long import parse_mount
from nerdpy.model.mounts import MountRequest

BIND = "type=bind,src=/a,target=/x"


def bind(**fields: Any) -> MountRequest:
    return MountRequest(**{"type": "bind", "source": "/a", "target": "/x", **fields})


@pytest.mark.parametrize(
    ("text", "mount"),
    [
        ("type=bind,source=/a,target=/x", bind()),
        ("type=bind,src=/a,dst=/x,readonly", bind(read_only=True)),
        ("type=bind,src=/a,destination=/x,ro=true", bind(read_only=True)),
        ("type=bind,src=/a,dst=/x,readonly=false", bind()),
        ("Type=BIND,SRC=/a,Target=/x,ReadOnly", bind(read_only=True)),
        ("type=bind,src=./rel,dst=/x", bind(source="/here/rel")),
        ("type=bind,src=..,dst=/x", bind(source="/")),
        ("type=bind,src=~/a,dst=/x", bind(source="/home/me/a")),
        ('type=bind,"src=/a,b",dst=/x', bind(source="/a,b")),
        (f"{BIND},target=/y/", bind(target="/y")),
        (f"{BIND},bind-propagation=rshared", bind(propagation="rshared")),
        (f"{BIND},bind-recursive=enabled", bind(recursive="enabled")),
        (f"{BIND},bind-recursive=disabled", bind(recursive="disabled", is_nonrecursive=True)),
        (f"{BIND},bind-nonrecursive", bind(recursive="disabled", is_nonrecursive=True)),
        (f"{BIND},bind-recursive=writable,ro", bind(recursive="writable", read_only=True)),
        (
            f"{BIND},ro,bind-propagation=rprivate,bind-recursive=readonly",
            bind(recursive="readonly", read_only=True, propagation="rprivate"),
        ),
        (f"{BIND},rro", bind(recursive="readonly", read_only=True, propagation="rprivate")),
        (f"{BIND},bind-create-src", bind(creates_source=True)),
        (f"{BIND},consistency=cached", bind()),
        ("target=/x", MountRequest(type="volume", target="/x")),
        ("source=name,target=/x", MountRequest(type="volume", source="name", target="/x")),
        ("type=volume,target=/x,volume-nocopy", MountRequest(type="volume", target="/x", copies_up=False)),
        (
            "src=nn,target=/x,volume-label=a=b,volume-label=c,volume-subpath=d/e",
            MountRequest(
                type="volume", source="nn", target="/x", volume_labels={"a": "b", "c": ""}, subpath="d/e"
            ),
        ),
        (
            "type=tmpfs,target=/x,tmpfs-size=64m,tmpfs-mode=01770",
            MountRequest(type="tmpfs", target="/x", tmpfs_options=("size=67108864", "mode=1770")),
        ),
        ("type=tmpfs,target=/x,tmpfs-size=0", MountRequest(type="tmpfs", target="/x")),
        (
            "type=tmpfs,target=/x,readonly",
            MountRequest(type="tmpfs", target="/x", read_only=True, tmpfs_options=("ro",)),
        ),
        (
            "type=image,src=busybox,target=/x,image-subpath=etc",
            MountRequest(type="image", source="busybox", target="/x", read_only=True, subpath="etc"),
        ),
    ],
)
def test_a_mount_is_read(text: str, mount: MountRequest) -> None:
    assert parse_mount(text, folder="/here", home="/home/me") == mount


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is empty"),
        ("type=bind,src=/a", "target is required"),
        ("type=bind,target=/x", "requires a source"),
        ("type=bind,src=,target=/x", "requires a source"),
        ("type=bind,src=rel,target=/x", "needs a path"),
        ("type=bind,src=/a,target=x", "must be absolute"),
        ("type=bind,src=/a,target=/", 'cannot be "/"'),
        ("type=foo,target=/x", 'mount type "foo"'),
        (f"{BIND},foo=bar", 'unexpected key "foo"'),
        (f"{BIND},foo", "must be a key=value pair"),
        (f"{BIND},rw", "must be a key=value pair"),
        ("type=bind, src=/a,target=/x", 'unexpected key " src"'),
        (f"{BIND},", "must be a key=value pair"),
        (f"{BIND},bind-recursive", "must be a key=value pair"),
        (f"{BIND},bind-propagation=foo", "propagation mode"),
        (f"{BIND},bind-recursive=foo", "bind-recursive"),
        (f"{BIND},bind-recursive=writable", 'requires "readonly"'),
        (f"{BIND},bind-recursive=readonly", 'requires "readonly"'),
        (f"{BIND},bind-recursive=readonly,ro", "bind-propagation=rprivate"),
        (f"{BIND},readonly=yes", "invalid value for readonly"),
        (f"{BIND},readonly=", "invalid value for readonly"),
        (f"{BIND},consistency=foo", "consistency"),
        (f"{BIND},volume-nocopy", 'cannot mix "volume-\\*" options with mount type "bind"'),
        (f"{BIND},image-subpath=x", 'cannot mix "image-\\*"'),
        ("target=/x,bind-propagation=rshared", 'cannot mix "bind-\\*"'),
        ("target=/x,tmpfs-size=1", 'cannot mix "tmpfs-\\*"'),
        ("type=tmpfs,target=/x,src=/a", "has no source"),
        ("type=tmpfs,target=/x,tmpfs-mode=9", "tmpfs-mode"),
        ("type=tmpfs,target=/x,tmpfs-size=foo", 'size "foo"'),
        ("type=image,target=/x", "requires a source"),
        ("target=/x,volume-opt=a=b", 'invalid option: "a"'),
        ("target=/x,volume-opt=type=tmpfs", 'missing required option: "device"'),
        ("type=bind,src=/a,target=/x,volume-opt=type=tmpfs", 'cannot mix "volume-\\*"'),
        ("type=volume,src=/abs,target=/x", "volume name"),
        ('type=bind,src="/a,target=/x', "double quote"),
        ("type=bind,src=/a\n,target=/x", "more than one line"),
    ],
)
def test_a_malformed_mount_is_refused(text: str, words: str) -> None:
    with pytest.raises(InvalidArgument, match=words):
        parse_mount(text, folder="/here")


def test_the_options_of_a_volume_are_one_field_each() -> None:
    text = "src=nas,dst=/x,volume-driver=local,volume-opt=type=nfs,volume-opt=device=:/e"
    text += ',"volume-opt=o=addr=h,rw"'
    assert parse_mount(text, folder="/").volume_options == {"type": "nfs", "device": ":/e", "o": "addr=h,rw"}


@pytest.mark.parametrize(
    "text",
    [
        "type=npipe,target=/x",
        "type=cluster,src=a,target=/x",
        "target=/x,volume-driver=nfs",
    ],
)
def test_what_nerdpy_has_not_is_refused_with_the_way_out(text: str) -> None:
    with pytest.raises(NerdpyError, match="only|not found"):
        parse_mount(text, folder="/here")
