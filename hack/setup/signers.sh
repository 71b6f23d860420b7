# Programs that sign images and verify signatures: the distribution's, or its next suite's.
# shellcheck shell=bash

install_signers() { # never an error: without them, tests of signatures are skipped
    local suite
    command -v cosign >/dev/null && command -v notation >/dev/null && return 0
    suite=${NEWER[$(family)]}
    add_suite "$suite"
    install_packages "cosign/$suite" "notation/$suite" ||
        echo "no cosign and notation here: tests of signatures are skipped"
}
