#!/usr/bin/env bash
# Promise (Z01 to Z03, P22): faults that come together, and a fault during the recovery from one, end as each
# of them does: one booking, one label, the order system told.
set -uo pipefail
packd=$1 packctl=$2 packsim=$3 packtool=$4 inject=$5 keeper=$6
. "$(dirname "$0")/faults_lib.sh"
world_start
packd_start

# The courier books, its answer is lost, the disk is full, and the power goes.
ctl fault courier book drop-after >/dev/null
new_order
inject "write journal.db-wal 20- error=ENOSPC"
start_parcel "$order" 500g
ctl wait bookings 1 20000 >/dev/null
packd_cut
heal
packd_start
close_parcel "$order" 60
one_of_everything "$order"

# The medium fails during the recovery from a power cut; then again, at another place.
ctl fault courier book drop-after >/dev/null
new_order
start_parcel "$order" 500g
ctl wait bookings 2 20000 >/dev/null
packd_cut
for rule in "read journal.db-wal 2 error=EIO" "read journal.db 3 error=EIO" "open journal.db 1 error=EIO" \
    "sync journal.db-wal 1 error=EIO"; do
    inject "$rule"
    packd_begin
    until_has yes 15 sh -c "[ -s '$rules.struck' ] || grep -q 'Ready after' '$packd_log' && echo yes"
    sleep 0.2 # for what it makes of it
    kill -9 "$packd_pid" 2>/dev/null
    wait "$packd_pid" 2>/dev/null
    expect "no crash, at $rule" yes "$([ $? != 139 ] && echo yes)"
done
heal
log_new
packd_start
close_parcel "$order" 60
one_of_everything "$order"

# The power flickers: so many cuts in the first moments of a start.
ctl fault courier book drop-after >/dev/null
new_order
start_parcel "$order" 500g
ctl wait bookings 3 20000 >/dev/null
for cut in $(seq "$(sample 6 -- 40)"); do
    packd_cut
    packd_begin
    sleep "0.0$((cut % 10))" # the moment
done
packd_cut
packd_start
close_parcel "$order" 60
one_of_everything "$order"

long || { verdict; packd_stop; done_with "packd and faults that come together"; exit; }

# The printer is unplugged and the line is down while new settings come.
ctl printer unplug >/dev/null
ctl fault courier connect reset count=always >/dev/null
new_order
start_parcel "$order" 500g
until_screen '"sandbox":"down"' 20
sed -i 's/^poll_ms.*/poll_ms = 1500/' "$work/packd.conf"
kill -HUP "$packd_pid"
ctl fault clear >/dev/null
message_is printer_gone 40
ctl printer plug >/dev/null
close_parcel "$order" 60
one_of_everything "$order"
until_status '"settings":2,' 20
verdict
packd_stop
done_with "packd and faults that come together"
