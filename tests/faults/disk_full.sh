#!/usr/bin/env bash
# Promise (P06, P07): on a disk that is full nothing new begins, the
# parcel in hand is held or finished, one sentence says why, and with space it goes on.
set -uo pipefail
packd=$1 packctl=$2 packsim=$3 packtool=$4 inject=$5 keeper=$6
. "$(dirname "$0")/faults_lib.sh"
disk_is() { until_has "\"disk\":\"$1\"" 15 ask screen; }

# The courier's yes finds no space: the label waits, the screen says why. Then the disk has room.
full_during_a_parcel() { # RULE
    new_order
    disk_is ok
    log_new
    inject "$1"
    start_parcel "$order" 500g
    until_struck
    message_is disk_full
    expect_has "in plain words" "storage is full" "$screen"
    log_says "the log says so too" "could not be written"
    expect "no label without the booking on disk" 0 "$(label_count "$(awb_of "$order")")"
    heal
    close_parcel "$order"
    one_of_everything "$order"
}

world_start
packd_start
packs
for error in ENOSPC; do
    # The first batch of a parcel is the intent; then comes the courier's yes.
    for nth in $(sample 1+1 -- 1 2 3 4 1+1 1+2 1+3 1+4); do
        full_during_a_parcel "write journal.db-wal $nth- error=$error"
    done
done

long || { verdict; packd_stop; done_with "packd on a full disk"; exit; }

# At any later step the parcel is finished as far as it goes, and a new one does not begin.
for nth in $(sample -- 2+1 2+3 3+1 3+3); do
    new_order
    disk_is ok
    inject "write journal.db-wal $nth- error=ENOSPC"
    start_parcel "$order" 500g
    until_struck 1 20
    until_screen '"disk":"low"' 15
    empty_plate
    heal
    close_parcel "$order"
    one_of_everything "$order"
done

# The log's end cannot be cut off, the main file not written: a checkpoint that fails loses nothing.
disk_is ok
inject "write journal.db 1- error=ENOSPC" "cut journal.db-wal 1- error=ENOSPC"
packs
packd_stop
heal
packd_start
packs

# The cache of orders finds no space: orders are asked for one by one.
inject "write cache.db-wal 1- error=ENOSPC" "write cache.db 1- error=ENOSPC"
packs
heal
verdict
packd_stop
done_with "packd on a full disk"
