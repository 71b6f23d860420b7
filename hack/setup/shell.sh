# What the scripts share: talk, root's rights, packages, the virtual environment.
# shellcheck shell=bash

set -euo pipefail
export DEBIAN_FRONTEND=noninteractive
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

say() { printf '\n==> %s\n' "$*"; }
fail() {
    printf '\n%s: %s\n' "$(basename "$0")" "$1" >&2
    [ $# -lt 2 ] || printf 'hint: %s\n' "$2" >&2
    exit 1
}

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        fail "root's rights are needed for: $*" "become root, or install sudo"
    fi
}

apt_get() {
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 "$@" >/dev/null
}

UPDATED=
apt_update() { # once per run
    [ -n "$UPDATED" ] || apt_get update
    UPDATED=yes
}

is_installed() { # every package named is installed
    local package
    for package in "$@"; do
        [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || return 1
    done
}

install_packages() { # those that are missing; `name/suite` takes the package from that suite
    local wanted=() package
    for package in "$@"; do
        is_installed "${package%%/*}" || wanted+=("$package")
    done
    [ ${#wanted[@]} -gt 0 ] || return 0
    printf 'installing %s\n' "${wanted[*]}"
    apt_update
    apt_get install -y --no-remove --no-install-recommends "${wanted[@]}"
}

is_new_enough() { [ -x "$1" ] && "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

find_python() { # prints a Python of 3.11 or newer that can make virtual environments
    local name path
    for name in python3 python3.14 python3.13 python3.12 python3.11; do
        path=$(command -v "$name") || continue
        if is_new_enough "$path" && "$path" -c 'import ensurepip, venv' 2>/dev/null; then
            echo "$path"
            return 0
        fi
    done
    return 1
}

install_python() {
    find_python >/dev/null && return 0
    say "Python"
    local version
    apt_update
    for version in 3 3.14 3.13 3.12 3.11; do
        apt-cache show "python$version-venv" >/dev/null 2>&1 || continue
        install_packages "python$version" "python$version-venv"
        find_python >/dev/null && return 0
    done
    fail "nerdpy needs Python 3.11 or newer, and this distribution has none" \
        "use Debian 12, Ubuntu 24.04 or newer, or put a newer python3 on PATH"
}

venv_folder() { # .venv in the checkout; elsewhere when the checkout is not ours to write
    if [ -w "$ROOT" ]; then echo "$ROOT/.venv"; else echo "${XDG_DATA_HOME:-$HOME/.local/share}/nerdpy/venv"; fi
}

VENV=$(venv_folder)

install_nerdpy() { # install_nerdpy [EXTRA]: the checkout itself goes into the environment, not a copy of it
    local extra=${1:+[$1]} stamp
    install_python
    if ! is_new_enough "$VENV/bin/python"; then
        "$(find_python)" -m venv --clear "$VENV"
        # the pip that comes with older Pythons writes scripts that take longer to start
        "$VENV/bin/python" -m pip install --quiet --disable-pip-version-check --upgrade pip
    fi
    stamp="$VENV/.installed${1:+-$1}"
    if [ ! "$stamp" -nt "$ROOT/pyproject.toml" ] || [ ! -x "$VENV/bin/nerdpy" ]; then
        # compat is a plain path: the other modes put an import hook before every start of Python
        PYTHONWARNINGS=ignore "$VENV/bin/python" -m pip install --quiet --disable-pip-version-check \
            --config-settings editable_mode=compat -e "$ROOT$extra"
        touch "$stamp"
    fi
}
