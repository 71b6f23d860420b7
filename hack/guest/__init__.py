"""A machine inside the machine: Debian's next release with systemd and pure cgroup v2, emulated by QEMU."""
