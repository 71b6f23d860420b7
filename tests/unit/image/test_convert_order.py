"""What is read first comes first: folders before what is in them, files before links to them."""

import io
import json
import tarfile
from pathlib import Path

import pytest

from nerdpy.errors import InvalidArgument, NotFound
from nerdpy.image.convert_order import LANDMARK, NO_LANDMARK, TABLE, cleaned, in_order
from nerdpy.image.convert_record import read_record

MEMBERS = (
    "./",
    "./a/",
    "a/one",
    "./a/two",
    "b/",
    "b/c/",
    "b/c/three",
    "link>b/c/three",
    "chain>link",
    "round>turn",
    "turn>round",
    "lost>nowhere",
    "soft@a/one",
    TABLE,
    LANDMARK,
)


def archive(*members: str) -> bytes:
    """A name that ends with a slash is a folder, `>` stands before a hard link's target, `@` before a soft
    one's."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for text in members:
            name, _, target = text.replace("@", ">").partition(">")
            member = tarfile.TarInfo(name)
            member.type, member.linkname = kind_of(text), target
            data = f"content of {name}".encode() if member.isreg() else b""
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    return buffer.getvalue()


def kind_of(text: str) -> bytes:
    if text.endswith("/"):
        return tarfile.DIRTYPE
    return tarfile.LNKTYPE if ">" in text else tarfile.SYMTYPE if "@" in text else tarfile.REGTYPE


def names(tar: bytes) -> list[str]:
    with tarfile.open(fileobj=io.BytesIO(tar)) as opened:
        return [cleaned(member.name) for member in opened]


def ordered(*first: str, members: tuple[str, ...] = MEMBERS) -> list[str]:
    tar = archive(*members)
    return names(b"".join(in_order((tar[at : at + 700] for at in range(0, len(tar), 700)), first)))


TABLE_OF_ORDERS = {
    ("b/c/three",): ["", "b", "b/c", "b/c/three"],
    ("a/two", "/a/one", "a/two"): ["", "a", "a/two", "a/one"],
    ("../../a/./one",): ["", "a", "a/one"],
    ("chain",): ["", "b", "b/c", "b/c/three", "link", "chain"],
    ("link", "chain"): ["", "b", "b/c", "b/c/three", "link", "chain"],
    ("soft",): ["", "soft"],
    ("/",): [""],
    ("b",): ["", "b"],
}


@pytest.mark.parametrize("first", TABLE_OF_ORDERS, ids=str)
def test_what_is_read_first_stands_before_the_landmark(first: tuple[str, ...]) -> None:
    found = ordered(*first)
    wanted = TABLE_OF_ORDERS[first]
    assert found[: len(wanted) + 1] == [*wanted, LANDMARK]
    rest = [cleaned(text.partition(">")[0].partition("@")[0]) for text in MEMBERS[:-2]]
    assert found[len(wanted) + 1 :] == [name for name in rest if name not in wanted]


@pytest.mark.parametrize("first", ["nothing", "lost", "round", "a/one/below"])
def test_what_is_not_here_or_leads_nowhere_stays(first: str) -> None:
    assert ordered(first)[0] == NO_LANDMARK


def test_of_a_name_that_comes_twice_the_last_one_stays() -> None:
    tar = archive("x", "y", "./x")
    assert names(b"".join(in_order([tar], ["y"]))) == ["y", LANDMARK, "x"]


def test_contents_go_with_their_names() -> None:
    tar = archive(*MEMBERS)
    with tarfile.open(fileobj=io.BytesIO(b"".join(in_order([tar], ["a/two", "chain"])))) as opened:
        for member in opened:
            if member.isreg() and LANDMARK not in member.name:
                assert opened.extractfile(member).read() == f"content of {member.name}".encode()  # type: ignore[union-attr]


@pytest.mark.parametrize("cut", [600, 1600])
def test_a_layer_that_breaks_off_is_told(cut: int) -> None:
    with pytest.raises(InvalidArgument):
        list(in_order([archive("one", "two")[:cut]], ["two"]))


def test_a_record_is_read_once_for_each_path(tmp_path: Path) -> None:
    path = tmp_path / "record"
    lines = ({"path": "bin/sh", "layerIndex": 1}, {"path": "é"}, {"path": "bin/sh"})
    path.write_text("\n".join(json.dumps(line) for line in lines) + "\n\n")
    assert read_record(str(path)) == ("bin/sh", "é")


@pytest.mark.parametrize("text", ["x", "[]", '{"path": 1}', "{}", "[" * 100_000], ids=range(5))
def test_a_record_that_makes_no_sense_is_told_by_its_line(tmp_path: Path, text: str) -> None:
    path = tmp_path / "record"
    path.write_text(f'{{"path": "x"}}\n{text}\n')
    with pytest.raises(InvalidArgument, match="line 2"):
        read_record(str(path))


def test_a_record_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="cannot read the record"):
        read_record(str(tmp_path))
