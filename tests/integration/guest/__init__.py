"""Tests in a machine of its own: systemd as PID 1, pure cgroup v2, an older kernel, a newer Python."""
