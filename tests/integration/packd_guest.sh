#!/usr/bin/env bash
# Promise: packd in a virtual machine whose QEMU is killed in the middle of packing, so that the page cache and the
# file system's open transaction are lost, finds its way at each boot and leaves one booking, one label and
# one report for each parcel in the other side's books. The short form of tools/kill_guest.
set -uo pipefail
packd=$1 tools=$(dirname "$0")/../../tools
export ASAN_OPTIONS=detect_leaks=0
work=$(mktemp -d)
trap 'rm -rf "$work/machine"; rmdir "$work" 2>/dev/null || true' EXIT # what was found wrong stays in it
"$tools/kill_guest" --prepare "$work/machine" "$(dirname "$packd")" || exit
node "$tools/kill_parts/run.mjs" "$(dirname "$packd")" "$work" --machine "$work/machine" --kills 3 --leg-kills 3 --seed 7 \
    --worlds sandbox
