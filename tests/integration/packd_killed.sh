#!/usr/bin/env bash
# Promise: thirty SIGKILLs at moments from a seed, with courier, order system, devices and the line in trouble,
# leave one booking, one label and one report for each parcel in the other side's books, also where the
# label came before the courier was told. The short form of tools/kill, so that the long one works
# when it is wanted.
set -uo pipefail
packd=$1 parts=$(dirname "$0")/../../tools/kill_parts
export ASAN_OPTIONS=detect_leaks=0
command -v node >/dev/null || { echo "node is not there"; exit 1; }
work=$(mktemp -d)
node "$parts/run.mjs" "$(dirname "$packd")" "$work" --kills 30 --leg-kills 15 --jobs 2 --seed 7 --worlds sandbox-line,sandbox-pool
result=$?
if [ $result = 0 ]; then rm -rf "$work"; fi
exit $result
