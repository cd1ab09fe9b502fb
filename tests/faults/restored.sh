#!/usr/bin/env bash
# Promise (P13, P17): a journal that was put back from a copy, or whose latest lines are gone, gives no
# parcel another one's booking and no event number twice, and a person is told.
set -uo pipefail
packd=$1 packctl=$2 packsim=$3 packtool=$4 inject=$5 keeper=$6
. "$(dirname "$0")/faults_lib.sh"
world_start
packd_start
packs
packd_stop
cp -r "$packd_data" "$work/last-week"
packd_start
packs
packs
packd_stop

rm -rf "$packd_data"
cp -r "$work/last-week" "$packd_data"
log_new
packd_start
new_order
start_parcel "$order" 500g
close_parcel "$order" 30
expect "its own booking" 1 "$(live_bookings "$order")"
expect "its own label" 1 "$(label_count "$(awb_of "$order")")"
all_is_well
until_log "The order system expects other event numbers" 20
empty_plate
message_is event_numbers
for one in "${orders[@]}"; do expect "$one is booked once" 1 "$(live_bookings "$one")"; done

# One that was packed after the copy was made: the order system knows.
ctl scan "${orders[1]}" >/dev/null
until_screen '"already_packed"' 10
ask press give_up >/dev/null
packd_stop
done_with "packd on last week's journal"
