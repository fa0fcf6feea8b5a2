#!/bin/sh
# The units must be clean under `systemd-analyze verify`, with this build's daemon in them.
command -v systemd-analyze >/dev/null || { echo "systemd-analyze is not there"; exit 77; }
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
bad=0
for kind in system user; do
    mkdir "$dir/$kind"
    sed -e "s|@bindir@/qwend|$abs_top_builddir/daemon/qwend|" -e "s|@sysconfdir@|/etc|g" \
        "$abs_top_srcdir/systemd/qwend-$kind.service.in" > "$dir/$kind/qwend.service"
    # Nothing is to be said about our unit; what other units of the machine say is theirs.
    # Manual pages are installed by then; the users' manager needs a runtime folder.
    XDG_RUNTIME_DIR=$dir systemd-analyze --$kind --man=no verify "$dir/$kind/qwend.service" > "$dir/said" 2>&1
    status=$?
    if grep -q "qwend" "$dir/said" || { [ $status -ne 0 ] && [ ! -s "$dir/said" ]; }; then
        echo "$kind unit:"
        cat "$dir/said"
        bad=1
    fi
done
if command -v systemd-sysusers >/dev/null; then
    systemd-sysusers --dry-run "$abs_top_srcdir/systemd/qwend.sysusers" > "$dir/said" 2>&1 || { cat "$dir/said"; bad=1; }
fi
exit $bad
