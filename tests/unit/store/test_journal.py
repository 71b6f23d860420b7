"""The journal of what nerdpy has done."""

import os
from pathlib import Path

from nerdpy.paths import StorePaths
from nerdpy.store import journal as module
from nerdpy.store.journal import Journal, JournalReader


def journal(folder: Path) -> Journal:
    return Journal(StorePaths(folder / "data", folder / "state", "default"))


def actions(reader: JournalReader) -> list[str]:
    return [action for _, _, action, _, _ in reader.new()]


def test_what_is_noted_is_read_once_and_in_order(tmp_path: Path) -> None:
    own = journal(tmp_path)
    reader = own.reader()
    assert actions(reader) == []
    own.note("container", "create", "1", {"name": "web"}, nanoseconds=5)
    own.note("volume", "create", "data")
    first, second = reader.new()
    assert first == (5, "container", "create", "1", {"name": "web"})
    assert second[0] > 10**18
    assert second[1:] == ("volume", "create", "data", {})
    own.note("volume", "destroy", "data")
    assert actions(reader) == ["destroy"]
    assert actions(own.reader()) == ["create", "create", "destroy"]
    assert os.stat(own.paths.events).st_mode & 0o777 == 0o600


def test_it_stays_small_and_a_reader_follows(tmp_path: Path) -> None:
    own = journal(tmp_path)
    reader = own.reader()
    large = module.LARGEST // 10
    seen = []
    for number in range(25):
        own.note("container", f"a{number}", "1", {"x": "y" * large})
        seen += actions(reader)
    assert seen == [f"a{number}" for number in range(25)]
    kept = actions(own.reader())
    assert kept == seen[-len(kept) :]
    assert 10 <= len(kept) < 25
    sizes = [path.stat().st_size for path in own.paths.events.parent.iterdir()]
    assert len(sizes) == 2
    assert max(sizes) < module.LARGEST + 2 * large


def test_what_cannot_be_written_or_read_is_left_out(tmp_path: Path) -> None:
    own = journal(tmp_path)
    (tmp_path / "state").write_text("no folder")
    own.note("container", "create", "1")
    assert actions(own.reader()) == []
    (tmp_path / "state").unlink()
    own.note("container", "create", "1")
    with own.paths.events.open("ab") as file:
        file.write(b'broken\n[1,2]\n{"a":1}\n')
    own.note("container", "start", "1")
    with own.paths.events.open("ab") as file:
        file.write(b'[1,"container","torn"')
    reader = own.reader()
    assert actions(reader) == ["create", "start"]
    with own.paths.events.open("ab") as file:
        file.write(b',"1",{}]\n')
    assert actions(reader) == ["torn"]
