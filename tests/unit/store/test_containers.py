"""The folder of a container, and the files in it that the container sees."""

from contextlib import suppress
from pathlib import Path
from threading import Event, Thread

from nerdpy.paths import StorePaths
from nerdpy.store.containers import ContainerFolders


def test_the_first_text_stays_when_somebody_was_faster(tmp_path: Path) -> None:
    folders = ContainerFolders(paths=None)  # type: ignore[arg-type]  # no path of the store is asked for
    hosts = tmp_path / "hosts"
    folders.write_first(hosts, "first\n")
    folders.write_first(hosts, "second\n")
    assert hosts.read_text() == "first\n"
    assert hosts.stat().st_mode & 0o777 == 0o644
    assert [path.name for path in tmp_path.iterdir()] == ["hosts"]


def test_a_folder_goes_away_under_those_who_write_into_it(tmp_path: Path) -> None:
    folders = ContainerFolders(StorePaths(tmp_path / "data", tmp_path / "state", "default"))
    is_over = Event()

    def write(name: str) -> None:
        while not is_over.is_set():
            with suppress(FileNotFoundError):
                (folders.paths.container("web") / name).write_text("127.0.0.1 localhost\n")

    writers = [Thread(target=write, args=(f"hosts{number}",)) for number in range(4)]
    for writer in writers:
        writer.start()
    left = []
    for _ in range(200):
        folders.make_folder("web")
        folders.remove_folder("web")
        left += list(folders.paths.containers.iterdir())
    is_over.set()
    for writer in writers:
        writer.join()
    assert not left
    folders.remove_folder("web")  # one that is not there is fine
