"""/proc/PID/net/dev."""

from nerdpy.linux.traffic import parse

TEXT = """Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo:    1000      10    0    0    0     0          0         0     1000      10    0    0    0     0       0          0
  eth0:     626       9    0    0    0     0          0         0      126       3    0    0    0     0       0          0
  eth1:4294967296   1    0    0    0     0          0         0        4       1    0    0    0     0       0          0
"""  # noqa: E501 - as the kernel prints it


def test_all_interfaces_but_the_loopback_count() -> None:
    assert parse(TEXT) == (626 + 4294967296, 130)
    assert parse("") == (0, 0)
