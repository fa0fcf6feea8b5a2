#!/usr/bin/env bash
# From a clone to a checked answer in one command.
#
#   ./quickstart.sh ["QUESTION"]      build, fetch a model, ask (without a question: one of the 20 shipped)
#   ./quickstart.sh chat              a conversation
#   ./quickstart.sh test              every test that a stranger should run
#   ./quickstart.sh build             build only
#
# Options, before the word: --yes (install missing packages without asking), --small (the 135M model
# instead of the 0.5B one), --help.  A second run builds and fetches nothing.  What follows chat or the
# question goes to qwenctl.  QWEND_BUILD_DIR: another folder to build in (build/ beside this script);
# CONFIGURE_ARGS: options for configure, read when the folder is new.
set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
BUILD=${QWEND_BUILD_DIR:-$ROOT/build}
[[ $BUILD = /* ]] || BUILD=$PWD/$BUILD
YES=no
SMALL=no

say()  { printf '%s\n' "$*" >&2; }
die()  { say "quickstart: $1"; exit "${2:-1}"; }
usage() { sed -n '2,13s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; }

# What configure looks for -> the package that brings it (apt, dnf).  dnf's names are untested.
NEEDS='
cmd:make            make                    make
cmd:gcc             gcc                     gcc
hdr:stdlib.h        libc6-dev               glibc-devel
cmd:pkg-config      pkg-config              pkgconf-pkg-config
cmd:python3         python3                 python3
pip:pip             python3-pip             python3-pip
file:/etc/ssl/certs/ca-certificates.crt|/etc/pki/tls/certs/ca-bundle.crt ca-certificates ca-certificates
pc:libuv            libuv1-dev              libuv-devel
pc:msgpack|msgpack-c libmsgpack-dev         msgpack-devel
pc:libpcre2-8       libpcre2-dev            pcre2-devel
pc:libutf8proc      libutf8proc-dev         utf8proc-devel
pc:jansson          libjansson-dev          jansson-devel
pc:libcurl          libcurl4-openssl-dev    libcurl-devel
pc:libseccomp       libseccomp-dev          libseccomp-devel
pc:libxxhash        libxxhash-dev           xxhash-devel
pc:libsodium        libsodium-dev           libsodium-devel
pc:sqlite3          libsqlite3-dev          sqlite-devel
pc:libedit          libedit-dev             libedit-devel
pc:inih|INIReader   libinih-dev             inih-devel
hdr:flint/flint.h   libflint-dev            flint-devel
hdr:arb.h|flint/arb.h libflint-arb-dev      flint-devel
hdr:antic/nf.h|flint/nf.h libantic-dev      flint-devel
hdr:calcium/ca.h|ca.h|flint/ca.h libcalcium-dev flint-devel
'
# A clone has no configure yet; a release tarball has one.
NEEDS_CONFIGURE='
cmd:autoreconf      autoconf                autoconf
cmd:automake        automake                automake
cmd:libtoolize      libtool                 libtool
'
# Only the tests want these.
NEEDS_TEST='
pc:cmocka           libcmocka-dev           libcmocka-devel
pc:libsystemd       libsystemd-dev          systemd-devel
py:msgpack          python3-msgpack         python3-msgpack
py:pynvim           python3-pynvim          python3-neovim
cmd:bwrap           bubblewrap              bubblewrap
sys:sympy           python3-sympy           python3-sympy
'

have_one() {    # kind values
    local alternatives alt
    IFS='|' read -ra alternatives <<<"$2"
    for alt in "${alternatives[@]}"; do
        case $1 in
        cmd)  command -v "$alt" >/dev/null && return 0 ;;
        file) [ -e "$alt" ] && return 0 ;;
        pc)   pkg-config --exists "$alt" 2>/dev/null && return 0 ;;
        hdr)  { [ "$alt" = stdlib.h ] || echo '#include <flint/flint.h>'; echo "#include <$alt>"; } |
                  ${CC:-gcc} -E - >/dev/null 2>&1 && return 0 ;;
        py)   python3 -c "import $alt" 2>/dev/null && return 0 ;;
        sys)  /usr/bin/python3 -c "import $alt" 2>/dev/null && return 0 ;;    # the jail's, whatever PATH says
        pip)  { command -v pip3 || command -v pip || python3 -m pip --version; } >/dev/null 2>&1 && return 0 ;;
        esac
    done
    return 1
}

installed() {   # a package of apt's, whatever the look above could see without a compiler
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

missing_packages() {    # list manager
    local key apt dnf
    while read -r key apt dnf; do
        [ -n "$key" ] || continue
        have_one "${key%%:*}" "${key#*:}" && continue
        case $2 in
        dnf) echo "$dnf" ;;
        apt) installed "$apt" || echo "$apt" ;;
        *)   echo "$apt" ;;
        esac
    done <<<"$1" | sort -u
}

# The CUDA module takes minutes to compile: where there is a GPU, for its architecture.
cuda_arguments() {
    local arch
    arch=$(nvidia-smi --query-gpu=compute_cap --format=csv,noheader 2>/dev/null | tr -d . | sort -nu | paste -sd,) || arch=
    if [[ $arch =~ ^[0-9,]+$ ]]; then echo "--enable-cuda-archs=$arch"; else echo --with-cuda=no; fi
}
configure_is_old() { [ ! -x "$ROOT/configure" ] || [ "$ROOT/configure.ac" -nt "$ROOT/configure" ]; }

install_packages() {
    local manager packages wanted=$NEEDS as_root=() answer install by_hand name
    configure_is_old && wanted+=$NEEDS_CONFIGURE
    [ "$1" = test ] && wanted+=$NEEDS_TEST
    if command -v apt-get >/dev/null; then manager=apt; elif command -v dnf >/dev/null; then manager=dnf; else manager=none; fi
    packages=$(missing_packages "$wanted" "$manager" | tr '\n' ' ')
    packages=${packages% }
    [ -n "$packages" ] || return 0
    case $manager in
    apt) install="apt-get install -y --no-install-recommends -o DPkg::Lock::Timeout=120 $packages" ;;
    dnf) install="dnf install -y $packages"; say "note: the package names for dnf are untested" ;;
    none) die "missing: $packages (Debian's names); neither apt-get nor dnf is here to install them" 3 ;;
    esac
    by_hand=$install
    [ "$manager" != apt ] || by_hand="apt-get update && $install"
    say "These packages are missing: $packages"
    if [ "$(id -u)" != 0 ]; then
        # Without a terminal sudo must not stop to ask for a password.
        if ! command -v sudo >/dev/null || { [ ! -t 0 ] && ! sudo -n true 2>/dev/null; }; then
            say "Installing them needs root, and sudo is not at hand. As root, run:"
            say "    $by_hand"
            exit 3
        fi
        # sudo drops the environment; a proxy must survive it.
        as_root=(sudo env)
        for name in http_proxy https_proxy ftp_proxy all_proxy no_proxy HTTP_PROXY HTTPS_PROXY FTP_PROXY ALL_PROXY NO_PROXY; do
            [ -z "${!name:-}" ] || as_root+=("$name=${!name}")
        done
    fi
    if [ "$YES" != yes ]; then
        if [ ! -t 0 ]; then
            say "Run again with --yes to install them, or run as root:"
            say "    $by_hand"
            exit 3
        fi
        answer=
        read -rp "Install them with ${install%% *}? [y/N] " answer || say
        case $answer in [yY] | [yY][eE][sS]) ;; *) die "nothing was installed" 3 ;; esac
    fi
    # $install is a list of words without blanks or wildcards of their own.
    if [ "$manager" = apt ]; then
        as_root+=(env DEBIAN_FRONTEND=noninteractive)
        "${as_root[@]}" apt-get update -q >&2 || say "apt-get update failed; trying with the lists that are here"
    fi
    # shellcheck disable=SC2086
    "${as_root[@]}" $install >&2 || die "the packages could not be installed; as root: $by_hand" 3
}

# Runs a long step with its output in a log, a dot every second on a terminal.
step() {    # label log command...
    local label=$1 log=$2 pid
    shift 2
    printf '%s ' "$label" >&2
    "$@" >"$log" 2>&1 9>&- &
    pid=$!
    trap 'kill "$pid" 2>/dev/null; say " interrupted"; exit 130' INT TERM
    while kill -0 "$pid" 2>/dev/null; do
        sleep 0.5
        if [ -t 2 ]; then printf '.' >&2; fi
    done
    trap - INT TERM
    if wait "$pid"; then say " done"; else
        say " failed"
        # A compiler's or configure's own word is worth more than what make says after it.
        grep -E -m 12 'error:|Error |\*\*\*|undefined reference' "$log" >&2 || tail -n 30 "$log" >&2
        die "$label failed; the whole output is in $log"
    fi
}

in_folder() { cd "$1" && shift && "$@"; }

# Nothing that is compiled is newer than the last build.  (make -q says "old" for ever once config.h has been
# found unchanged, and make itself may want to write.)
is_built() {
    [ -x "$BUILD/client/qwenctl" ] && [ -f "$BUILD/.built" ] &&
        [ -z "$(cd "$ROOT" && find configure.ac Makefile.am base proto engine daemon plugins client -type f -newer "$BUILD/.built" -print -quit)" ]
}

# Tests are built only where configure found cmocka.
lacks_tests() { [ "$1" = test ] && grep -q "^HAVE_CMOCKA_TRUE='#'" "$BUILD/config.log" 2>/dev/null; }

build() {       # what for
    local wait_said=no configure
    if ! mkdir -p "$BUILD" 2>/dev/null || [ ! -w "$BUILD" ]; then
        die "$BUILD cannot be written to; QWEND_BUILD_DIR=FOLDER names another folder to build in"
    fi
    # Two first calls at once: one installs and builds, the other waits and finds it done.
    exec 9>"$BUILD/.lock" || die "$BUILD/.lock cannot be written to"
    until flock -w 2 9; do
        [ $wait_said = yes ] || say "waiting for another quickstart.sh, which builds in $BUILD"
        wait_said=yes
    done
    install_packages "$1"
    if configure_is_old; then
        [ -w "$ROOT" ] || die "$ROOT cannot be written to, and its configure has to be made; clone it to a folder of your own"
        step "preparing the build" "$BUILD/autoreconf.log" in_folder "$ROOT" autoreconf -fi
    fi
    if [ ! -f "$BUILD/Makefile" ] || [ "$ROOT/configure" -nt "$BUILD/config.status" ] || lacks_tests "$1"; then
        # configure takes no blanks in the path that it is called by; a relative one has none.
        configure=$ROOT/configure
        [ "$BUILD" != "$ROOT/build" ] || configure=../configure
        case $configure in *[[:space:]\"\#\$\&\'\`\\]*)
            die "configure does not take the path $ROOT; leave QWEND_BUILD_DIR unset, or clone to a folder without blanks" ;;
        esac
        # shellcheck disable=SC2086
        step "configuring" "$BUILD/configure.log" in_folder "$BUILD" "$configure" ${CONFIGURE_ARGS-$(cuda_arguments)}
    fi
    if ! is_built; then
        touch "$BUILD/.built.new"
        step "building" "$BUILD/make.log" make -C "$BUILD" -j"$(nproc)" all
        mv "$BUILD/.built.new" "$BUILD/.built"
    fi
    exec 9>&-
}

while [ $# -gt 0 ]; do
    case $1 in
    --yes | -y) YES=yes ;;
    --small) SMALL=yes ;;
    --help | -h) usage; exit 0 ;;
    --) shift; break ;;
    -*) die "unknown option $1; see --help" 2 ;;
    *) break ;;
    esac
    shift
done
word=${1:-}
model=()
[ "$SMALL" = no ] || model=(--model small)

[ "$(uname -s)" = Linux ] || die "qwend runs on Linux"
case $word in
test)  build test ;;            # asks for what the tests want besides
*)     is_built || build run ;; # a second run looks for no package and needs no lock
esac
qwenctl=$BUILD/client/qwenctl

case $word in
build) say "built: $qwenctl" ;;
test)  exec "$ROOT/tests/all.sh" "$BUILD" ;;
chat)  shift; exec "$qwenctl" chat --yes "${model[@]}" "$@" ;;
'')    exec "$qwenctl" ask --yes "${model[@]}" --example ;;
*)     exec "$qwenctl" ask --yes "${model[@]}" "$@" ;;
esac
