"""Names as they stand in containerd, and as people see them."""

import pytest

from nerdpy.image.names import repo_digests, repo_tags, shown_name

HEX = "a" * 64


@pytest.mark.parametrize(
    ("name", "repository", "tag", "digest"),
    [
        ("docker.io/library/busybox:latest", "busybox", "latest", ""),
        ("docker.io/user/thing:1", "user/thing", "1", ""),
        ("ghcr.io/user/thing:1", "ghcr.io/user/thing", "1", ""),
        (f"docker.io/library/busybox@sha256:{HEX}", "busybox", "", f"sha256:{HEX}"),
        (f"docker.io/library/busybox:1@sha256:{HEX}", "busybox", "1", f"sha256:{HEX}"),
        ("localhost:5000/x:y", "localhost:5000/x", "y", ""),
        ("what is this", "what is this", "", ""),
        ("bare:latest", "bare", "latest", ""),
    ],
)
def test_a_name_has_parts(name: str, repository: str, tag: str, digest: str) -> None:
    shown = shown_name(name)
    assert (shown.repository, shown.tag, shown.digest) == (repository, tag, digest)
    assert not shown.is_dangling


@pytest.mark.parametrize(
    "name",
    [
        f"untagged@sha256:{HEX}",
        f"sha256:{HEX}",
        f"overlayfs@sha256:{HEX}",
        f"moby-dangling@sha256:{HEX}",
        ":",
    ],
)
def test_some_names_are_none(name: str) -> None:
    assert shown_name(name).is_dangling
    assert str(shown_name(name)) == "<untagged>"
    assert shown_name(name).texts == ()


def test_one_image_has_tags_and_digests() -> None:
    names = [
        "docker.io/library/b:2",
        "docker.io/library/b:1",
        f"q.io/c@sha256:{HEX}",
        f"untagged@sha256:{HEX}",
    ]
    assert repo_tags(names) == ["b:1", "b:2"]
    assert repo_digests(names, f"sha256:{HEX}") == [f"b@sha256:{HEX}", f"q.io/c@sha256:{HEX}"]
