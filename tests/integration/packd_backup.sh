#!/usr/bin/env bash
# Promise: one command makes a whole, sound copy of the journal while packd goes on packing; it replaces no
# file, is packd's own, is refused in words when there is no room, and can be put in the journal's place.
set -uo pipefail
packd=$1 packctl=$2 packsim=$3 packtool=$4
. "$(dirname "$0")/packd_lib.sh"
world_start
backup() { "$packctl" --socket "$work/control.sock" journal backup "$@" 2>&1; }

packd_start
start_parcel WEB-1001 500g
state_is idle 20
one_of_everything WEB-1001

# With a parcel in hand.
empty_plate
ctl scan WEB-1002 >/dev/null
state_is weighing
copy=$work/copy.db
said=$(backup "$copy")
expect "it is made" 0 $?
expect_has "and says how far it goes" '"copied":true,"seq":' "$said"
expect "it is packd's own" 600 "$(stat -c %a "$copy")"
expect "nothing is left beside it" "$copy" "$(echo "$copy"*)"
ctl put 500g >/dev/null
state_is idle 20
one_of_everything WEB-1002
expect_has "our check finds it sound" '"gaps":0,"ok":true' "$("$packtool" journal check "$copy")"
expect "so does SQLite's own" ok "$(sqlite3 "file:$copy?immutable=1" 'PRAGMA integrity_check')"
expect "the first parcel is in it" 1 "$("$packtool" journal export "$copy" | grep -c '"kind":"closed"')"

expect_has "no file is replaced" "none is replaced" "$(backup "$copy")"
expect_has "a folder must be there" "no such folder" "$(backup "$work/none/copy.db")"
(cd "$work" && backup again.db >/dev/null)
expect "a name without a folder is one where we stand" 0 $?
expect "wrong usage" 2 "$(backup >/dev/null; echo $?)"

# No room: a file system that is smaller than the reserve of the settings, in a place only packd sees.
packd_stop
mkdir "$work/small"
if unshare -rm mount -t tmpfs -o size=8m none "$work/small" 2>/dev/null; then
    packd_env=(unshare -rm sh -c 'mount -t tmpfs -o size=8m none "$0" && exec "$@"' "$work/small")
    packd_start
    said=$(backup "$work/small/copy.db")
    expect "a full disk: refused" 1 $?
    expect_has "in words" "no room" "$said"
    expect "and nothing is begun" "" "$(ls "/proc/$packd_pid/root/$work/small")"
    packd_stop
    packd_env=()
fi

# Put back: it goes on from there.
rm -f "$packd_data"/journal.db*
cp "$copy" "$packd_data/journal.db"
packd_start
empty_plate
start_parcel WEB-1003 500g
state_is idle 20
expect_has "what is put back is a journal" '"kind":"closed"' "$(ask journal --limit 1000)"
packd_stop
done_with "packd, its journal copied"
