"""--mount in docker's words: what docker itself sends for the same."""

from typing import Any

import pytest

from nerdpy.dockercompat.create_body import host_config_of
from tests.typed import typed


@pytest.mark.parametrize(
    ("line", "body"),
    [
        (
            "type=bind,src=/a,dst=/b,readonly,bind-propagation=rshared,bind-recursive=writable",
            {
                "Type": "bind",
                "Source": "/a",
                "Target": "/b",
                "ReadOnly": True,
                "BindOptions": {"Propagation": "rshared", "ReadOnlyNonRecursive": True},
            },
        ),
        (
            "type=volume,src=name,dst=/b,volume-nocopy,volume-label=a=b,volume-subpath=x",
            {
                "Type": "volume",
                "Source": "name",
                "Target": "/b",
                "VolumeOptions": {"NoCopy": True, "Labels": {"a": "b"}, "Subpath": "x"},
            },
        ),
        (
            "type=tmpfs,dst=/b,tmpfs-size=1m,tmpfs-mode=700",
            {"Type": "tmpfs", "Target": "/b", "TmpfsOptions": {"SizeBytes": 1 << 20, "Mode": 0o700}},
        ),
        (
            "src=vol,dst=/b,volume-opt=type=cifs,volume-opt=device=//n/s,volume-opt=o=password=x,volume-driver=local",
            {
                "Type": "volume",
                "Source": "vol",
                "Target": "/b",
                "VolumeOptions": {
                    "DriverConfig": {
                        "Name": "local",
                        "Options": {"type": "cifs", "device": "//n/s", "o": "password=********"},
                    }
                },
            },
        ),
        (
            "type=image,src=web,dst=/b,image-subpath=etc",
            {"Type": "image", "Source": "web", "Target": "/b", "ImageOptions": {"Subpath": "etc"}},
        ),
        ("type=bind,src=/a,dst=/b", {"Type": "bind", "Source": "/a", "Target": "/b"}),
    ],
)
def test_a_mount_is_told_as_docker_tells_it(line: str, body: dict[str, Any]) -> None:
    host = host_config_of(typed("--mount", line).options)
    assert (host["Mounts"], host["Binds"], host["Tmpfs"]) == ([body], None, None)


def test_the_short_forms_are_binds_and_tmpfs() -> None:
    host = host_config_of(typed("-v", "/a:/b:ro", "--tmpfs", "/t:size=1m").options)
    assert (host["Mounts"], host["Binds"], host["Tmpfs"]) == (None, ["/a:/b:ro"], {"/t": "size=1m"})
