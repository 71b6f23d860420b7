# Programs that convert and encrypt images, or read what was converted: the distribution's, or its next suite's.
# shellcheck shell=bash

install_converters() { # never an error: without them, tests of what they do are skipped
    local suite
    command -v zstd >/dev/null || install_packages zstd
    command -v ctr-remote >/dev/null && command -v ctr-imgcrypt >/dev/null && return 0
    suite=${NEWER[$(family)]}
    add_suite "$suite"
    install_packages "stargz-snapshotter/$suite" "imgcrypt/$suite" ||
        echo "no ctr-remote and imgcrypt here: tests of lazy and of encrypted images are skipped"
}
