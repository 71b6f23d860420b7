"""diff's lines, without what the runtime made for mounts."""

from nerdpy.model.changes import ADDED, CHANGED, DELETED, Change, without_mount_points


def lines(*changes: Change, targets: tuple[str, ...] = ()) -> list[str]:
    return [str(change) for change in without_mount_points(changes, targets)]


def test_folders_stand_before_what_is_in_them_and_names_sort_within() -> None:
    found = lines(Change(ADDED, "/a-b"), Change(ADDED, "/a/x"), Change(CHANGED, "/a", is_by_contents=True))
    assert found == ["C /a", "A /a/x", "A /a-b"]


def test_mount_points_and_the_ways_to_them_are_left_out() -> None:
    found = lines(
        Change(CHANGED, "/etc", is_by_contents=True),
        Change(ADDED, "/etc/hosts"),
        Change(ADDED, "/deep"),
        Change(ADDED, "/deep/er"),
        Change(ADDED, "/deep/er/vol"),
        Change(CHANGED, "/mnt"),
        targets=("/etc/hosts", "/deep/er/vol", "/mnt"),
    )
    assert found == []


def test_what_was_changed_beside_a_mount_point_is_shown() -> None:
    found = lines(
        Change(CHANGED, "/etc", is_by_contents=True),
        Change(ADDED, "/etc/hosts"),
        Change(ADDED, "/etc/mine"),
        Change(ADDED, "/deep"),
        Change(ADDED, "/deep/mine"),
        Change(ADDED, "/deep/vol"),
        Change(CHANGED, "/opt"),
        Change(ADDED, "/opt/vol"),
        targets=("/etc/hosts", "/deep/vol", "/opt/vol"),
    )
    assert found == ["A /deep", "A /deep/mine", "C /etc", "A /etc/mine", "C /opt"]


def test_a_deleted_mount_point_is_a_change() -> None:
    assert lines(Change(DELETED, "/data"), targets=("/data",)) == ["D /data"]
