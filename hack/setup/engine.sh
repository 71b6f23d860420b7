# Install containerd, runc and the CNI plugins from the distribution, or from its next suite where it is too old.
# shellcheck shell=bash

OLDEST=1.7
# The suite that has a newer containerd, by distribution. A codename, not `testing`, which changes under one's feet.
declare -A NEWER=([debian]=forky [ubuntu]=noble)

# shellcheck disable=SC1091
distribution() { (. /etc/os-release && echo "$ID ${ID_LIKE:-}"); }
# shellcheck disable=SC1091
codename() { (. /etc/os-release && echo "${VERSION_CODENAME:-}"); }

family() { # debian or ubuntu
    local word
    for word in $(distribution); do
        case $word in debian | ubuntu)
            echo "$word"
            return 0
            ;;
        esac
    done
    fail "this script knows Debian and Ubuntu, and this is $(distribution)" \
        "install containerd $OLDEST or newer, runc and the CNI plugins, then run: pip install ."
}

installed_version() { # of the containerd on PATH, whoever installed it
    containerd --version 2>/dev/null | awk '{sub(/^v/, "", $3); print $3}'
}

candidate_version() { # of the distribution's own suites, in which nothing is pinned down
    LC_ALL=C apt-cache policy "$1" | awk '$1 == "Candidate:" {print $2}'
}

is_at_least() { [ -n "$1" ] && [ "$1" != "(none)" ] && dpkg --compare-versions "$1" ge "$2"; }

has_cni() { [ -x /usr/lib/cni/bridge ] || [ -x /opt/cni/bin/bridge ] || [ -x /usr/libexec/cni/bridge ]; }

has_engine() {
    is_at_least "$(installed_version)" "$OLDEST" && command -v runc >/dev/null && has_cni &&
        command -v iptables >/dev/null && command -v nft >/dev/null
}

install_engine() {
    PATH=$PATH:/usr/sbin:/sbin
    has_engine && return 0
    local kind newer suffix=
    kind=$(family)
    apt_update
    if ! is_at_least "$(installed_version)" "$OLDEST" && ! is_at_least "$(candidate_version containerd)" "$OLDEST"; then
        newer=${NEWER[$kind]}
        say "$(codename) has containerd $(candidate_version containerd): taking it from $newer, pinned to what is asked for"
        add_suite "$newer"
        suffix=/$newer
    fi
    local packages=(runc iptables nftables iproute2 ca-certificates)
    is_at_least "$(installed_version)" "$OLDEST" || packages=("containerd$suffix" "${packages[@]}")
    has_cni || packages+=("containernetworking-plugins$suffix")
    command -v runc >/dev/null && packages=("${packages[@]/#runc/}")
    # shellcheck disable=SC2068 # empty words go away
    install_or_upgrade ${packages[@]}
    has_engine || fail "the engine is still not complete after its installation" "see: apt-get install ${packages[*]}"
}

add_suite() {
    local changed
    changed=$(as_root "$(command -v python3)" "$ROOT/hack/setup/newer_suite.py" "$1" "$(codename)")
    # shellcheck disable=SC2034 # apt_update reads it
    [ -z "$changed" ] || UPDATED=
    apt_update
}

install_or_upgrade() { # also a package that is installed, but too old
    printf 'installing %s\n' "$*"
    apt_get install -y --no-remove --no-install-recommends "$@"
}
