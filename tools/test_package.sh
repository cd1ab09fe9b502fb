#!/usr/bin/env bash
# test_package.sh - builds the Debian package and lives with it once in a clean root: install,
# what is there and whose it is, install again, remove (the journal stays), purge (nothing stays).
# Needs root, debootstrap and the network; takes minutes; not part of tools/test.
# PACKD_ROOT names a clean root to copy instead of making one.
set -uo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root" || exit 1
[ "$(id -u)" = 0 ] || { echo "test_package: run as root" >&2; exit 2; }
release=$(. /etc/os-release && echo "$VERSION_CODENAME")
build=${PACKD_BUILD:-$root/build}/release
work=$(mktemp -d)
clean="$work/root"
trap 'umount -l "$clean/proc" 2>/dev/null; rm -rf "$work"' EXIT

tools/deps --build-only || exit 1
cmake --preset release -S "$root" -B "$build" >/dev/null && cmake --build "$build" >"$work/build.log" &&
    (cd "$work" && umask 022 && cpack --config "$build/CPackConfig.cmake" -B "$work" >"$work/cpack.log" 2>&1) ||
    { tail -n 40 "$work"/*.log; echo "test_package: no package" >&2; exit 1; }
package=$(ls "$work"/*.deb)

if [ -n "${PACKD_ROOT:-}" ]; then
    cp -a "$PACKD_ROOT" "$clean"
else
    [ -n "$(command -v debootstrap)" ] || apt-get -q install -y debootstrap >/dev/null || exit 1
    debootstrap --variant=minbase "$release" "$clean" >"$work/debootstrap.log" 2>&1 ||
        { tail "$work/debootstrap.log"; exit 1; }
fi
cp "$package" "$clean/tmp/packd.deb"
mount -t proc proc "$clean/proc"
inside() { chroot "$clean" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C DEBIAN_FRONTEND=noninteractive "$@"; }

passed=0
failed=0
promise()
{
    local sentence=$1
    shift
    if "$@" >"$work/out" 2>&1; then
        passed=$((passed + 1))
        echo "pass  $sentence"
    else
        failed=$((failed + 1))
        echo "FAIL  $sentence"
        tail -n 20 "$work/out"
    fi
}
owner() { [ "$(inside stat -c '%U:%G %a' "$1")" = "$2" ]; }
gone() { ! inside test -e "$1"; }
enabled() { inside test -L "/etc/systemd/system/multi-user.target.wants/$1"; }
verified() { inside systemd-analyze verify --man=no "/usr/lib/systemd/system/$1"; }
exposed_little() { inside systemd-analyze security --offline=true --threshold=20 "/usr/lib/systemd/system/$1"; }

inside apt-get -q update >/dev/null 2>&1
promise "it installs in a clean root with what it depends on" \
    inside apt-get -q install -y --no-install-recommends /tmp/packd.deb
for program in packd packctl packtool packsim packd-render; do
    promise "$program is there and finds its libraries" \
        sh -c "chroot '$clean' ldd /usr/bin/$program >'$work/libraries' && ! grep 'not found' '$work/libraries'"
done
promise "packd links no GPL renderer" sh -c "chroot '$clean' ldd /usr/bin/packd >'$work/libraries' && ! grep -i poppler '$work/libraries'"
promise "packd-render starts there with what it depends on, and nothing gets out of its cage" \
    sh -c "chroot '$clean' packd-render --prove all /usr/share/packd/labels | cat >'$work/tries' && ! grep -v '^held ' '$work/tries' && [ \$(wc -l <'$work/tries') -ge 20 ]"
promise "templates of labels are there" inside test -r /usr/share/packd/labels/courier.label
promise "there is an account" inside id packd
promise "it may open devices" sh -c "chroot '$clean' id -nG packd | grep -qw packdev"
promise "settings are packd's alone" owner /etc/packd "root:packd 750"
promise "packd starts with the box" enabled packd.service
promise "so does the practice world" enabled packd-training.service
promise "the unit of packd is sound" verified packd.service
promise "the unit of the practice world is sound" verified packd-training.service
promise "the sandbox of packd is tight" exposed_little packd.service
promise "the sandbox of the practice world is tight" exposed_little packd-training.service
promise "scales that files describe are there" inside test -r /usr/share/packd/scales/kern-fkb.scale
promise "and packtool finds them" inside sh -c 'packtool decode scale --driver kern-fkb </dev/null'
promise "there are manuals" inside sh -c 'ls /usr/share/man/man8/packd.8.gz || grep -q "path-exclude.*man" -r /etc/dpkg/dpkg.cfg.d'

inside install -d -o packd -g packd -m 700 /var/lib/packd
inside sh -c 'echo fact >/var/lib/packd/journal.db; echo "[station]" >/etc/packd/packd.conf'
promise "it installs over itself" inside dpkg -i /tmp/packd.deb
promise "removal is clean" inside dpkg -r packd
promise "removal leaves the journal" inside grep -q fact /var/lib/packd/journal.db
promise "removal leaves the settings" inside test -e /etc/packd/packd.conf
promise "purging is clean" inside dpkg -P packd
promise "purging leaves no journal" gone /var/lib/packd
promise "purging leaves no settings" gone /etc/packd
promise "purging leaves no enabled service" gone /etc/systemd/system/multi-user.target.wants/packd.service
if [ -n "$(command -v lintian)" ]; then
    promise "lintian finds no error" lintian --no-cfg --allow-root --fail-on error \
        --suppress-tags no-changelog,bogus-mail-host "$package"
fi
echo "$passed passed, $failed failed"
[ $failed = 0 ]
