#!/usr/bin/env bash
# Promise (X01, X05, X07, X12, X13): a packd that is killed, stopped, held up or stormed with signals loses
# nothing, and ends well when it is told to.
set -uo pipefail
packd=$1 packctl=$2 packsim=$3 packtool=$4 inject=$5 keeper=$6
. "$(dirname "$0")/faults_lib.sh"
packd_env=() # no fault of inject.c is needed here
injected=(env)
world_start

# To a state of a parcel; gives $order.
in_booking() { ctl fault courier book delay 1500 >/dev/null; new_order; start_parcel "$order" 500g; state_is booking; }
in_printing() { ctl printer speed 3 >/dev/null; new_order; start_parcel "$order" 500g; state_is printing 20; ctl printer speed 12 >/dev/null; }
in_weighing() { new_order; state_is idle 20; empty_plate; ctl scan "$order" >/dev/null; state_is weighing; }
in_held() { ctl printer paper-out >/dev/null; new_order; start_parcel "$order" 500g; message_is printer_paper_out 20; ctl printer paper-in >/dev/null; }
in_idle() { new_order; state_is idle 20; }
goes_on() {
    packd_start
    close_parcel "$order" 60
    one_of_everything "$order"
}

# Ends that nobody wished.
packd_start
for signal in $(sample SEGV -- SEGV ABRT BUS KILL); do
    for state in $(sample booking -- idle weighing booking printing held); do
        "in_$state"
        kill "-$signal" "$packd_pid"
        until_ended
        goes_on
    done
done

# A stop in each state.
for state in $(sample printing -- idle weighing booking printing held); do
    "in_$state"
    kill -TERM "$packd_pid"
    until_ended 19
    expect "told to stop in $state, packd ends well" 0 "$ended"
    goes_on
done

# A storm of signals in the middle of a parcel, then one word to stop.
in_booking
for _ in $(seq 1000); do kill -HUP "$packd_pid"; done
close_parcel "$order" 40
one_of_everything "$order"
for _ in $(seq 1000); do kill -HUP "$packd_pid"; done
for _ in $(seq 100); do kill -TERM "$packd_pid" 2>/dev/null; done
until_ended
expect "after a storm it still stops" 0 "$ended"

# Held up for longer than the watchdog allows: it is noticed, and going on does no harm either.
pause=$(sample 2 -- 20)
keeper_start 1000
packd_start
in_booking
kill -STOP "$packd_pid"
until_has missed "$((pause + 5))" cat "$work/notices"
sleep "$pause" # the pause is the fault
kill -CONT "$packd_pid"
close_parcel "$order" 60
one_of_everything "$order"
packd_stop
keeper_end

packd_start
verdict
packd_stop
done_with "packd as a process"
