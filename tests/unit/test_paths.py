"""docs/dir.md and paths.py are the same list."""

import re
from pathlib import Path

from nerdpy.paths import EnginePaths, StorePaths, address_hash, engine_paths, store_paths

PAGE = (Path(__file__).parents[2] / "docs/dir.md").read_text()
DATA, STATE = Path("/data"), Path("/state")


def documented() -> set[str]:
    return {found.rstrip("/") for found in re.findall(r"^\| `([^`]+)` \|", PAGE, flags=re.MULTILINE)}


def members(kind: type) -> list[str]:
    return [name for name in vars(kind) if not name.startswith("_") and name not in kind.__annotations__]


def shown(value: object, name: str) -> str:
    member = getattr(value, name)
    word = "NAME" if name == "name" or name.startswith("volume") else "ID"
    path = member(word) if callable(member) else member
    for root in (DATA, STATE):
        if path.is_relative_to(root):
            return str(path.relative_to(root))
    return str(path)


def test_every_path_of_a_store_is_documented() -> None:
    paths = StorePaths(DATA, STATE, "NS")
    missing = {name for name in members(StorePaths) if shown(paths, name) not in documented()}
    assert missing <= {"containers"}  # the parent of what is documented


def test_every_path_of_the_engine_is_documented() -> None:
    paths = EnginePaths(Path("<data root>/engine"), Path("<state root>/engine"))
    assert {str(getattr(paths, name)) for name in members(EnginePaths)} <= documented()


def test_what_is_documented_of_the_stores_exists_in_code() -> None:
    paths = StorePaths(DATA, STATE, "NS")
    known = {shown(paths, name) for name in members(StorePaths)}
    listed = {one for one in documented() if not one.startswith(("<", "/", "~"))}
    assert listed <= known


def test_two_containerds_have_two_stores(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "c.sock")
    assert address_hash(f"unix://{tmp_path}/c.sock") == address_hash(str(tmp_path / "link"))
    assert address_hash("/a") != address_hash("/b")
    one = store_paths("/d", "/s", "/a", "default")
    assert one.data == Path("/d") / address_hash("/a")
    assert engine_paths("/d", "/s").socket == Path("/s/engine/containerd.sock")
