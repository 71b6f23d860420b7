"""Which label z and Z ask for."""

import re

import pytest

from nerdpy.linux import selinux
from nerdpy.volume.relabel import relabel


@pytest.mark.parametrize(
    ("how", "label"),
    [
        ("", None),
        ("z", r"system_u:object_r:container_file_t:s0"),
        ("Z", r"\S+:container_file_t:s0:c\d+,c\d+"),
    ],
)
def test_the_letter_says_who_may_use_it(monkeypatch: pytest.MonkeyPatch, how: str, label: str | None) -> None:
    asked: list[str] = []
    relabel("/here", how, lambda path, label: asked.append(label))
    assert asked == []  # without SELinux
    monkeypatch.setattr(selinux, "is_enabled", lambda: True)
    relabel("/here", how, lambda path, label: asked.append(label))
    assert bool(asked) == bool(label)
    assert all(re.fullmatch(label or "", each) for each in asked)
