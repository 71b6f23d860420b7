# A CRIU that gets along with this kernel: the distribution's, or that of its next suite with libraries of its own.
# shellcheck shell=bash

CRIU=/opt/nerdpy-criu

install_criu() { # never an error: without it, tests of checkpoints see that nerdpy says what is wrong
    PATH=$PATH:/usr/sbin:/sbin
    criu_works && return 0
    install_packages criu && criu_works && return 0
    say "CRIU of the distribution does not get along with this kernel: unpacking a newer one into $CRIU"
    unpack_newer_criu && criu_works && return 0
    echo "no CRIU here that works: checkpoints are tested for their errors only"
}

criu_works() { command -v criu >/dev/null && as_root criu check >/dev/null 2>&1; }

unpack_newer_criu() { # its libraries may be newer than the system's, so nothing is installed
    local suite packages work
    suite=${NEWER[$(family)]}
    add_suite "$suite"
    mapfile -t packages < <(apt-cache -o "APT::Default-Release=$suite" depends --recurse --no-recommends --no-suggests --no-conflicts \
        --no-breaks --no-replaces --no-enhances criu | grep '^[a-z]' | grep -v '^gcc-\|^libc-gconv' | sort -u)
    work=$(mktemp -d)
    (cd "$work" && apt-get -qq download "${packages[@]/%//$suite}" 2>/dev/null) || return 1
    as_root rm -rf "$CRIU"
    find "$work" -name '*.deb' -print0 | while IFS= read -r -d '' package; do as_root dpkg -x "$package" "$CRIU"; done
    rm -rf "$work"
    as_root tee /usr/local/sbin/criu >/dev/null <<EOF
#!/bin/sh
exec $CRIU/usr/lib64/ld-linux-x86-64.so.2 --library-path $CRIU/usr/lib/x86_64-linux-gnu $CRIU/usr/sbin/criu "\$@"
EOF
    as_root chmod 755 /usr/local/sbin/criu
    hash -r
}
