"""Where a container's control group is below the mount point."""

import pytest

from nerdpy.linux.oom import group_folder


@pytest.mark.parametrize(
    ("path", "folder"),
    [
        ("/default/abc", "default/abc"),
        ("system.slice:nerdpy:abc", "system.slice/nerdpy-abc.scope"),
        ("user-1000.slice:nerdpy:abc", "user.slice/user-1000.slice/nerdpy-abc.scope"),
    ],
)
def test_cgroups_path_leads_to_the_group(path: str, folder: str) -> None:
    assert group_folder(path) == folder
