#!/usr/bin/env bash
# Promise: wherever packd is killed, the next start goes on from the journal: booked once, printed once
# (or the packer is asked about the label), told once. SIGKILL leaves what a power cut leaves, but for
# the disk's own cache, which the crash test looks after.
set -uo pipefail
packd=$1 packctl=$2 packsim=$3
. "$(dirname "$0")/packd_lib.sh"
world_start
packd_start

again() { packd_cut; packd_start; }
# The packer looks: is there a label? (Nobody is asked when packd knows.)
answer_and_close() { # ORDER
    local end=$((SECONDS + 40))
    while [ $SECONDS -lt $end ]; do
        screen_now
        case $screen in
            *'"state":"idle"'*) return 0 ;;
            *'"label_ok"'*)
                printer_rests
                if [ "$(label_count "$(awb_of "$1")")" -gt 0 ]; then ask press label_ok; else ask press label_missing; fi >/dev/null ;;
            *'"try_again"'*) ask press try_again >/dev/null ;;
        esac
        sleep 0.05
    done
    expect "$1 comes to an end" idle "$screen"
}

# The courier books and its answer is lost; then the power goes.
ctl fault courier book drop-after >/dev/null
start_parcel WEB-1001 500g
ctl wait bookings 1 20000 >/dev/null
again
answer_and_close WEB-1001
one_of_everything WEB-1001
all_is_well

# The request is on its way when the power goes, and takes effect long after.
empty_plate
ctl fault courier book late 1500 >/dev/null
start_parcel WEB-1002 600g
state_is booking
again
answer_and_close WEB-1002
one_of_everything WEB-1002
all_is_well

# In the middle of the label.
empty_plate
ctl printer speed 4 >/dev/null
start_parcel WEB-1003 700g
state_is printing 20
again
answer_and_close WEB-1003
one_of_everything WEB-1003
ctl printer speed 12 >/dev/null

# Closed, but the order system has not heard of it.
empty_plate
ctl fault oms events status 503 count=always >/dev/null
start_parcel WEB-1004 800g
state_is idle 20
until_status '"events":{"waiting":3' 10
again
ctl fault clear >/dev/null
one_of_everything WEB-1004
until_status '"waiting":0' 20
all_is_well

# And at moments that nobody chose.
order=2100
for pause in 0.05 0.25 0.45 0.6 0.8 1.0 1.2; do
    order=$((order + 1))
    ctl order add "$order" pin=560001 >/dev/null
    empty_plate
    state_is idle 20
    ctl scan "WEB-$order" >/dev/null
    ctl put 450g >/dev/null
    sleep "$pause" # the moment
    again
    screen_now
    if [[ $screen == *'"state":"idle"'* && $(live_bookings "WEB-$order") = 0 ]]; then
        empty_plate
        start_parcel "WEB-$order" 450g
        state_is idle 20
    fi
    answer_and_close "WEB-$order"
    one_of_everything "WEB-$order"
done
all_is_well
packd_stop
done_with "packd, killed and started again"
