#!/usr/bin/env bash
# Promise: what goes wrong at a bench is said in a sentence, nothing is booked or printed on a guess,
# and when the trouble is over the parcel goes on.
set -uo pipefail
packd=$1 packctl=$2 packsim=$3
. "$(dirname "$0")/packd_lib.sh"
world_start
packd_start

# A code that belongs to no order.
state_is idle
ctl scan NOBODY-1 >/dev/null
message_is unknown_scan
expect_has "the code is named" "There is no order for NOBODY-1." "$screen"
ask press give_up >/dev/null
state_is idle

# A code that belongs to two.
ctl scan PICK-1 >/dev/null
message_is many_orders
ask press give_up >/dev/null
state_is idle

# A PIN code where nobody delivers.
ctl scan WEB-1007 >/dev/null
state_is weighing
ctl put 500g >/dev/null
message_is refused_not_serviceable 20
expect "nothing is booked" 0 "$(live_bookings WEB-1007)"
until_has '"status":"ready"' 20 order_line WEB-1007 # it may be packed when it has a better address
ask press give_up >/dev/null
empty_plate

# The courier's certificate is another's: nothing is sent, a person is called.
ctl certificate other-ca >/dev/null
start_parcel WEB-1001 500g
message_is untrusted 20
expect "nothing was booked" 0 "$(live_bookings WEB-1001)"
until_status '"untrusted"' 20
ctl certificate good >/dev/null
until_screen '"try_again"'
ask press try_again >/dev/null
state_is idle 30
one_of_everything WEB-1001

# A proxy's error page in place of an answer is not an answer.
empty_plate
ctl fault courier book html >/dev/null
start_parcel WEB-1002 500g
state_is idle 40
one_of_everything WEB-1002

# A booking that the courier made twice over would show here; one that is slow is waited for.
empty_plate
ctl fault courier book delay 1500 >/dev/null
start_parcel WEB-1003 500g
state_is idle 30
one_of_everything WEB-1003

# The printer's plug is pulled in the middle of the label.
empty_plate
ctl printer disconnect-at 300 >/dev/null
start_parcel WEB-1004 500g
until_screen label_missing 30
expect "no second label without a word" 0 "$(label_count "$(awb_of WEB-1004)")"
ask press label_missing >/dev/null
state_is idle 30
one_of_everything WEB-1004

# No paper: said before, printed after.
empty_plate
ctl printer paper-out >/dev/null
until_screen '"paper_out"' 15
ctl scan WEB-1005 >/dev/null
state_is weighing
ctl put 500g >/dev/null
message_is printer_paper_out 20
ctl printer paper-in >/dev/null
state_is idle 30
one_of_everything WEB-1005

# Plugs: seen within a second, used again within two.
empty_plate
ctl scale unplug >/dev/null
message_is scale_gone 3
ctl scale plug >/dev/null
message_is scan_order 5

# The line is down: what the cache has is packed all the same once the courier is back.
ctl fault courier connect reset count=always >/dev/null
start_parcel WEB-1006 500g
until_screen '"sandbox":"down"' 20
ctl fault clear >/dev/null
until_screen '"state":"idle"' 30
one_of_everything WEB-1006
all_is_well
packd_stop
done_with "packd, in trouble"
