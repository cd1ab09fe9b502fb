#!/usr/bin/env bash
# Promise: what a bad scale or scanner sends is never a weight that could be booked and never a scan that
# did not happen; the screen says in a sentence what is wrong, and once it is good again the parcel goes on.
set -uo pipefail
packd=$1 packctl=$2 packsim=$3
. "$(dirname "$0")/packd_lib.sh"
world_start --protocol st-gs
ctl scale rest 20 >/dev/null
ctl scale rate 100 >/dev/null
ctl printer speed 200 >/dev/null
sed -i -e 's/^stable_for_ms = .*/&\ndriver = st-gs/' \
    -e "s/^\[printer\]/[scanner \"second\"]\naddress = tcp:127.0.0.1:$scanner2\n&/" "$work/packd.conf"
packd_start
ctl wait stable 1 >/dev/null

frames() { ctl status | number frames; }
frames_pass() { # a good deal more than it takes to believe a weight
    local end=$(($(frames) + 40))
    until [ "$(frames)" -ge $end ]; do :; done
}
bookings() { ctl status | number bookings; }
never_booked() { # WHY: after many such frames
    frames_pass
    expect "nothing is booked of $1" "$booked" "$(bookings)"
    screen_now
    expect_has "$1: the parcel still waits for its weight" '"state":"weighing"' "$screen"
}
begins() { # ORDER: it waits for its weight on an empty plate
    empty_plate
    ctl scan "$1" >/dev/null
    state_is weighing
    booked=$(bookings)
}
goes_on() { # ORDER MASS_G: the plate is emptied, the parcel put on it again
    empty_plate
    ctl put "$2g" >/dev/null
    state_is idle 20
    expect "what is booked of $1 is what lay there" "$2" "$(ctl ledger | grep "\"order_no\":\"$1\"" | number mass_g)"
}

# --- weights that are none: each is played with a parcel on the plate ---
begins WEB-1001
ctl scale overload-zeros >/dev/null
ctl scale overload >/dev/null
ctl put 31kg >/dev/null
never_booked "an overload shown as zeros"
ctl scale overload-zeros off >/dev/null
message_is overload
never_booked "an overload"
ctl scale overload off >/dev/null
empty_plate
ctl scale count 742 >/dev/null
ctl put 742g >/dev/null
never_booked "a count"
until_screen '"message":{"id":"scale_' 10
ctl lift >/dev/null
ctl scale count off >/dev/null
empty_plate
ctl scale percent 100 >/dev/null
ctl put 742g >/dev/null
never_booked "percent"
ctl lift >/dev/null
ctl scale percent off >/dev/null
ctl lift >/dev/null
ctl scale tare 200g >/dev/null
message_is underload
never_booked "less than nothing"
ctl put 742g >/dev/null
never_booked "what lies on a plate that was less than empty"
message_is not_emptied
ctl lift >/dev/null
ctl scale tare off >/dev/null
empty_plate
ctl scale wobble >/dev/null
ctl put 742g >/dev/null
message_is wait_stable
never_booked "what never rests"
ctl lift >/dev/null
ctl scale wobble off >/dev/null
empty_plate
ctl scale drift 30000 >/dev/null # half a kilogram a second, and every frame says stable
ctl put 742g >/dev/null
never_booked "a weight that creeps"
ctl lift >/dev/null
ctl scale drift 0 >/dev/null
empty_plate
ctl scale stuck >/dev/null
ctl put 742g >/dev/null
never_booked "a plate that is stuck"
ctl scale stuck off >/dev/null
ctl scale protocol sma >/dev/null
ctl scale request off >/dev/null
ctl put 742g >/dev/null
until_screen '"message":{"id":"scale_' 10
never_booked "another protocol"
ctl lift >/dev/null
ctl scale protocol st-gs >/dev/null
ctl scale silence >/dev/null
until_screen '"message":{"id":"scale_silent"' 10
ctl scale silence off >/dev/null
goes_on WEB-1001 742

# --- weights that are good in bad company ---
begins WEB-1002
ctl scale foreign nci >/dev/null # each claims 7.770 kg
ctl scale parity 7e1 >/dev/null
goes_on WEB-1002 811
ctl scale parity off >/dev/null
ctl scale foreign off >/dev/null
begins WEB-1003
ctl scale cut >/dev/null
goes_on WEB-1003 933
screen_now
expect_has "and the page's line of the scale counts what was no frame" '"refused":' "$screen"
ctl scale cut off >/dev/null
begins WEB-1004
ctl scale rate 1000 >/dev/null
ctl scale split >/dev/null
goes_on WEB-1004 1044
ctl scale split off >/dev/null
ctl scale rate 100 >/dev/null
begins WEB-1005 # 700 g are 1.543 lb, and those 699.893 g
ctl scale unit lb >/dev/null
goes_on WEB-1005 700
ctl scale unit kg >/dev/null

# --- scans ---
empty_plate
state_is idle
ctl scanner long 4096 >/dev/null
message_is bad_scan
ask press give_up >/dev/null
state_is idle
ctl scan 'WEB\x01-1014' >/dev/null
message_is bad_scan
ask press give_up >/dev/null
state_is idle
ctl scan 'WEB-1014\x1b[2J' >/dev/null
message_is bad_scan
ask press give_up >/dev/null
state_is idle
ctl scanner partial WEB-10 >/dev/null
message_is half_scan
ask press give_up >/dev/null
state_is idle
sleep 0.6 # what comes sooner may still be the other half
ctl scan WEB-1006 >/dev/null
state_is weighing
screen_now
expect_has "half a code is forgotten after a silence" '"order_no":"WEB-1006"' "$screen"
ask press give_up >/dev/null
state_is idle
ctl scanner both WEB-1014 WEB-1014 >/dev/null
state_is weighing
expect "two scanners at the same moment never mix" "" "$(grep -c unknown_scan "$packd_log" | grep -v '^0')"

expect "five parcels and no more" 5 "$(bookings)"
all_is_well
packd_stop
done_with "packd, bad devices"
