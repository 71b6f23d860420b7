"""Which probes are left over can be seen in a folder."""

from pathlib import Path

from nerdpy.container.left_probes import _left, new_exec_id
from nerdpy.linux.process import mark


def test_only_the_probes_of_processes_that_are_gone_are_left(tmp_path: Path) -> None:
    pid, start = mark().split("-")
    gone = [f"health-check-{pid}-{int(start) + 1}-00112233", f"health-check-4194303-{start}-00112233"]
    for name in (*gone, new_exec_id(), "exec-0011", "stdin"):
        (tmp_path / f"{name}-stdout").touch()
    assert sorted(_left(str(tmp_path))) == sorted(gone)
    assert _left(str(tmp_path / "nowhere")) == []


def test_an_id_is_one_that_containerd_takes() -> None:
    assert len(new_exec_id()) <= 76  # its identifiers' limit
    assert new_exec_id() != new_exec_id()
