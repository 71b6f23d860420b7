"""Files that the container sees."""

from pathlib import Path

from nerdpy.store.containers import ContainerFolders


def test_the_first_text_stays_when_somebody_was_faster(tmp_path: Path) -> None:
    folders = ContainerFolders(paths=None)  # type: ignore[arg-type]  # no path of the store is asked for
    hosts = tmp_path / "hosts"
    folders.write_first(hosts, "first\n")
    folders.write_first(hosts, "second\n")
    assert hosts.read_text() == "first\n"
    assert hosts.stat().st_mode & 0o777 == 0o644
    assert [path.name for path in tmp_path.iterdir()] == ["hosts"]
