"""Reading ends that are had again."""

import os
import pty
import stat

from nerdpy.linux.other_end import reopened_pipe


def test_what_nobody_has_read_is_still_in_a_pipe_that_is_reopened() -> None:
    reader, writer = os.pipe()
    os.write(writer, b"left over")
    inode = os.fstat(reader).st_ino
    os.close(reader)
    again = reopened_pipe(os.getpid(), inode)
    assert again is not None
    assert os.read(again, 100) == b"left over"
    assert not os.get_blocking(again)
    os.close(writer)
    os.close(again)


def test_a_pipe_that_nobody_can_write_to_is_not_had_again() -> None:
    reader, writer = os.pipe()
    inode = os.fstat(reader).st_ino
    os.close(writer)
    assert reopened_pipe(os.getpid(), inode) is None
    os.close(reader)
    assert reopened_pipe(os.getpid(), inode) is None


def test_only_pipes_are_opened() -> None:
    master, slave = pty.openpty()
    assert stat.S_ISCHR(os.fstat(slave).st_mode)
    assert reopened_pipe(os.getpid(), os.fstat(slave).st_ino) is None
    os.close(master)
    os.close(slave)
