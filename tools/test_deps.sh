#!/usr/bin/env bash
# test_deps.sh - the promises of tools/deps, each in a clean clone and an empty cache: it works in
# any folder, a second run needs no network, a broken mirror ends in one sentence, a revision that
# is gone gives way with a warning and stops a release, and the machine's apt is left as it was.
# Takes a few minutes and the network; not part of tools/test. Needs root, for cutting the network.
set -uo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
clone="$work/a clone with spaces"
git clone -q "$root" "$clone" || exit 1

passed=0
failed=0
promise()
{
    local sentence=$1
    shift
    if "$@"; then
        passed=$((passed + 1))
        echo "pass  $sentence"
    else
        failed=$((failed + 1))
        echo "FAIL  $sentence"
        sed 's/^/      /' "$work/out" "$work/err"
    fi
}
# Runs tools/deps with a cache folder of its own; the exit code is in `code`.
deps()
{
    local cache=$1
    shift
    env "PACKD_CACHE=$work/$cache" "$@" >"$work/out" 2>"$work/err"
    code=$?
}
one_sentence() { [ $code = 1 ] && [ "$(wc -l <"$work/err")" = 1 ] && grep -q '\.$' "$work/err"; }
warned() { [ $code = 0 ] && grep -q 'warning: curl .* instead of' "$work/out"; }
apt_state() { find /etc/apt -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum; }
quiet() { [ $code = 0 ] && [ ! -s "$work/out" ] && [ ! -s "$work/err" ]; }
came_out() { [ $code = 0 ] && [ -f "$("$clone/tools/deps" --print-dir)/lib/libcurl.a" ]; }

before=$(apt_state)
deps "a cache" "$clone/tools/deps" --demo
PACKD_CACHE="$work/a cache" promise "a clean clone in a path with spaces sets itself up" came_out
deps "a cache" unshare -n "$clone/tools/deps" --demo
promise "a second run needs no network and says nothing" quiet

deps cut unshare -n "$clone/tools/deps" --build-only
promise "without network it ends in one sentence" one_sentence

mkdir -p "$work/broken/sources.list.d"
printf 'deb http://127.0.0.1:9/debian %s main\n' "$(. /etc/os-release && echo "$VERSION_CODENAME")" \
    >"$work/broken/sources.list"
deps broken env PACKD_APT_DIR="$work/broken" "$clone/tools/deps" --build-only
promise "a broken mirror ends in one sentence" one_sentence
promise "a broken mirror was tried again first" grep -q 'trying again' "$work/out"

mirror=$(apt-get indextargets --format '$(REPO_URI)' | grep -m 1 '/debian/$')
printf 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s %s main contrib\n' "$mirror" \
    "$(. /etc/os-release && echo "$VERSION_CODENAME")" >"$work/broken/sources.list"
cp -r "$clone" "$work/moved on"
sed -i 's/^\([a-z]* *curl *[0-9.]*-[0-9]*\)[^ ]*/\1+deb99u99/' "$work/moved on/tools/deps.lock"
deps gone env PACKD_APT_DIR="$work/broken" "$work/moved on/tools/deps" --build-only
promise "a revision that is gone gives way with a warning, with one-line apt entries too" warned
deps gone env PACKD_RELEASE=1 "$work/moved on/tools/deps" --build-only
promise "and stops a release in one sentence" one_sentence

cp -r "$clone" "$work/forged"
sed -i '/ curl /s/[0-9a-f]*$/0000000000000000000000000000000000000000000000000000000000000000/' \
    "$work/forged/tools/deps.lock"
deps forged "$work/forged/tools/deps" --build-only
promise "a source with another sum is not built" one_sentence

promise "the machine's apt settings are as they were" [ "$before" = "$(apt_state)" ]
echo "$passed passed, $failed failed"
[ $failed = 0 ]
