#!/usr/bin/env bash
# Promise (X04): calls that are interrupted and bytes that come and go one at a time change nothing.
set -uo pipefail
packd=$1 packctl=$2 packsim=$3 packtool=$4 inject=$5 keeper=$6
. "$(dirname "$0")/faults_lib.sh"
world_start

interrupted=("wait * odd error=EINTR" "read * odd error=EINTR" "recv * odd error=EINTR"
    "write journal.db-wal odd error=EINTR" "write .db odd error=EINTR" "write .new odd error=EINTR" "send * odd error=EINTR")
inject "${interrupted[@]}"
packd_start
packs
if long; then
    heal
    packs
    inject "${interrupted[@]}" # while everything is open
    packs
fi
packd_stop

inject "read * 1- bytes=1" "recv * 1- bytes=1" "write * 1- bytes=1" "send * 1- bytes=1"
packd_start
packs
packd_stop
expect "the journal is sound" 0 "$("$packtool" journal check "$packd_data/journal.db" >/dev/null 2>&1; echo $?)"
heal
packd_start
packs
verdict
packd_stop
done_with "packd and small or interrupted calls"
