# A remote snapshotter with its tool, and what makes filesystems of erofs and btrfs: the distribution's, or its next suite's.
# shellcheck shell=bash

install_snapshotters() { # never an error: without them, tests of these snapshotters are skipped
    local suite
    command -v mkfs.erofs >/dev/null || install_packages erofs-utils || echo "no erofs-utils here: erofs is not tried"
    command -v mkfs.btrfs >/dev/null || install_packages btrfs-progs || echo "no btrfs-progs here: btrfs is not tried"
    command -v soci-snapshotter-grpc >/dev/null && command -v soci >/dev/null && return 0
    suite=${NEWER[$(family)]}
    add_suite "$suite"
    install_packages "soci-snapshotter/$suite" || echo "no soci-snapshotter here: lazy pulling is not tried"
}
