#!/usr/bin/env bash
# Promise: an order that is cancelled after its label was printed does not leave: its AWB is void at the
# courier, its label is called back by name until a person says that it is destroyed, and all books agree.
set -uo pipefail
packd=$1 packctl=$2 packsim=$3
. "$(dirname "$0")/packd_lib.sh"
world_start
packd_start

shipment_of() { ctl ledger | grep "\"order_no\":\"$1\""; }
pack() { # ORDER
    start_parcel "$1" 500g
    state_is idle 20
    one_of_everything "$1"
}

pack WEB-1001
awb=$(awb_of WEB-1001)
ctl order cancel WEB-1001 >/dev/null
until_has '"status":"cancelled"' 20 shipment_of WEB-1001
empty_plate
message_is recall_waiting 20
expect_has "the parcel is named" "$awb" "$screen"
expect_has "the lead is shown it too" "$awb" "$(ask recalls)"

# A power cut forgets nothing of it.
packd_cut
packd_start
message_is recall_waiting 20

# Whoever scans its label is stopped.
empty_plate
ctl scan "$awb" >/dev/null
message_is recalled_cancelled
ask press taken_back >/dev/null
state_is idle
screen_now
expect "nobody is called back any more" 0 "$(grep -c '"recalls"' <<<"$screen")"
ctl scan WEB-1001 >/dev/null
message_is cancelled
ask press give_up >/dev/null

# The next parcel is as any other.
pack WEB-1002
until_has '{"ok":true}' 20 ctl check
expect "no live booking of the cancelled order" 0 "$(live_bookings WEB-1001)"
packd_stop
