#!/usr/bin/env bash
# Promise (T01 to T05, T07 to T09): whatever the wall clock says, nothing is doubled or lost; what needs a
# right clock waits for it and says so; deadlines live on the boot clock, however long the box is up.
set -uo pipefail
packd=$1 packctl=$2 packsim=$3 packtool=$4 inject=$5 keeper=$6
. "$(dirname "$0")/faults_lib.sh"
years=$((365 * 86400))

# packsim under the same clock as packd, for a certificate of that day.
cat >"$work/packsim" <<END
#!/bin/sh
[ "\$1" = ctl ] || export LD_PRELOAD=$inject INJECT=$work/sim-rules
exec $packsim "\$@"
END
chmod +x "$work/packsim"
there() { # DATE: both begin at that moment
    local shift=$(($(date -d "$1" +%s) - $(date +%s)))
    printf 'clock * 1- shift=%s\n' "$shift" >"$work/sim-rules"
    inject "clock * 1- shift=$shift"
}

world_start
packd_start
packs

# Jumps while it runs. Ten years on, the server's certificate is over; in 2016 nothing can be judged.
for jump in $((10 * years)) $((-10 * years)); do
    new_order
    state_is idle 20
    empty_plate
    ctl scan "$order" >/dev/null
    state_is weighing
    log_new
    inject "clock * 1- shift=$jump"
    ctl put 500g >/dev/null
    if [ "$jump" -lt 0 ]; then message_is no_clock 15; else message_is untrusted 15; fi
    if [ "$jump" -lt 0 ]; then until_log "the wall clock is in the past"; else until_log "expired"; fi
    expect "nothing is booked on a wrong clock" 0 "$(live_bookings "$order")"
    heal
    close_parcel "$order" 60
    one_of_everything "$order"
done
expect "nothing was asked in a storm" yes "$([ "$(grep -c . "$sim/requests.jsonl")" -lt 200 ] && echo yes)"

# A second forth and back, every second.
inject "clock * 1- wobble=1"
packs
heal

# A start in 1970: the order is known, the weight is taken, the booking waits for the clock.
packd_stop
new_order
until_has "$order" 5 ctl orders
inject "clock * 1- shift=-$(date +%s)"
packd_begin
until_status '"ready":true' 20
empty_plate
message_is scan_order 20
ctl scan WEB-1001 >/dev/null
state_is weighing
ctl put 500g >/dev/null
message_is no_clock 15
heal
close_parcel WEB-1001 60
one_of_everything WEB-1001
packs
packd_stop

# 49.7 days of uptime, in the middle of a parcel; 248 days; then eight hours of sleep.
up=$(cut -d. -f1 /proc/uptime)
for ticks in $(sample 4294967 -- 4294967 2147483 21474836 42949672); do
    inject "boot * 1- shift=$((ticks - up - 6))"
    packd_start
    packs
    packs
    inject "boot * 1- shift=$((ticks - up - 6 + 8 * 3600))"
    packs
    packd_stop
done
heal

# Days that do not fit in 32 bits: the whole world is there.
kill "$sim_pid"; wait "$sim_pid" 2>/dev/null
orders=()
packsim=$work/packsim
for day in $(sample 2038-01-19T03:14:03Z -- 2038-01-19T03:14:03Z 2106-02-07T06:28:11Z 2099-12-31T12:00:00Z); do
    rm -rf "$packd_data" "$sim"
    there "$day"
    world_start
    packd_start
    packs
    packs
    expect_has "the order system heard of a day of that year" "\"at\":\"${day%%-*}" "$(ctl events; cat "$sim/oms.jsonl")"
    verdict
    orders=()
    packd_stop
    kill "$sim_pid"; wait "$sim_pid" 2>/dev/null
done
heal
done_with "packd and the clock"
