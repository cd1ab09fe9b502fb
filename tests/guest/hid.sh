#!/usr/bin/env bash
# Promise: devices that report instead of typing or speaking over a line: a scanner in HID POS mode, which is silent
# until it is switched on and says long codes in pieces, and a HID scale, beside a USB printer; found without settings,
# a parcel is packed with them, and each may leave and come back in mid-parcel.
set -uo pipefail
. "$(dirname "$0")/guest_lib.sh"
devices_write() { :; }

parcel() {
    scan_new_order
    ctl put 500g >/dev/null
    comes_to_an_end
}
# 70 characters: two reports. Nobody's order, so the page names it whole.
long_code() {
    local code
    code=LONG-$(printf '%065d' 7)
    state_is idle 20
    ctl scan "$code" >/dev/null
    must until $patience_ms '"id":"unknown_scan"'
    screen_now
    expect "a code in two pieces is one" "$code" "$(text scan <<<"$screen")"
    ask press give_up >/dev/null
}
leave_in_mid_parcel() {
    scan_new_order
    must unplug pos
    must until $patience_ms "$(gone_of scanner)"
    must unplug hidscale
    must until $patience_ms "$(gone_of scale)"
    must plug pos
    must plug hidscale
    must until 60000 "$all_ready"
    ctl put 500g >/dev/null
    comes_to_an_end
}

world_begin
must device pos pos 10 "$scanner"
must device hidscale hidscale 11 "$scale"
must plug pos
must plug hidscale
must plug printer
must until 60000 "$all_ready"
must counts pos
[ "$(figure on)" -ge 1 ] # a machine that is slow may say it again, which does nothing
expect "the scanner was switched on" 0 $?
for ((round = 0; round < ${GUEST_ROUNDS:-1}; round++)); do
    play parcel
    play long_code
    play leave_in_mid_parcel
done
guest_done "usb reports"
