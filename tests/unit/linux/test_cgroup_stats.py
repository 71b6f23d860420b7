"""The kernel's files, in both versions of control groups."""

from pathlib import Path

from nerdpy.linux.cgroup_stats import Group, GroupNumbers, blocks_v1, blocks_v2, fields, number


def write(folder: Path, **files: str) -> str:
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(text)
    return str(folder)


def test_version_1_is_read_controller_by_controller(tmp_path: Path) -> None:
    folders = {
        "cpuacct": write(tmp_path / "a", cpuacct__usage="1500\n"),
        "memory": write(
            tmp_path / "b",
            memory__usage_in_bytes="5000\n",
            memory__stat="cache 1\ninactive_file 7\ntotal_inactive_file 2000\n",
            memory__limit_in_bytes="9223372036854771712\n",
        ),
        "pids": write(tmp_path / "c", pids__current="3\n"),
        "blkio": write(
            tmp_path / "d",
            blkio__throttle__io_service_bytes_recursive="8:0 Read 10\n8:0 Write 20\n8:16 Read 1\n"
            "8:0 Total 30\nTotal 31\n",
        ),
    }
    assert Group(1, folders).numbers() == GroupNumbers(
        cpu=1500, memory=3000, memory_limit=0, pids=3, read=11, written=20
    )


def test_version_2_is_read_from_one_folder(tmp_path: Path) -> None:
    folder = write(
        tmp_path / "x",
        cpu__stat="usage_usec 15\nuser_usec 1\n",
        memory__current="5000\n",
        memory__stat="anon 1\ninactive_file 1000\n",
        memory__max="8000\n",
        pids__current="4\n",
        io__stat="8:0 rbytes=10 wbytes=20 rios=1\n8:16 rbytes=1 wbytes=2\n",
    )
    assert Group(2, {"": folder}).numbers() == GroupNumbers(
        cpu=15_000, memory=4000, memory_limit=8000, pids=4, read=11, written=22
    )


def test_a_group_that_has_gone_has_used_nothing(tmp_path: Path) -> None:
    gone = str(tmp_path / "gone")
    assert Group(2, {"": gone}).numbers() == GroupNumbers()
    assert Group(1, {"memory": gone}).numbers() == GroupNumbers()


def test_texts_that_are_odd_count_as_nothing() -> None:
    assert (number("max\n"), number(""), number("12\n")) == (0, 0, 12)
    assert fields("a 1\nbroken\nb x\n") == {"a": 1}
    assert blocks_v1("Total 0\n8:0 Discard 5\n") == (0, 0)
    assert blocks_v2("8:0 \n") == (0, 0)
