#!/usr/bin/env bash
# Promise: the whole product on real USB: a parcel is scanned by a scanner that types, weighed by a scale on a virtual
# serial line, booked over TLS and printed by a USB printer, through udev, the kernel's drivers and a box's own rules.
# What the scanner types reaches nobody else, and a person's keyboard is left alone. The label that came over the wire
# names the booked AWB.
set -uo pipefail
. "$(dirname "$0")/guest_lib.sh"
world_begin
plug_all

must counts scale
expect "the scale was given the line of the settings" "4800 7E1" "$(sed -n 's/.* line=\(.*\) pins=.*/\1/p' <<<"$answer")"
must device keyboard keyboard 3
must plug keyboard
keyboard_is_heard "a person's keyboard is not swallowed"

must forget
must capture printer -
start_parcel WEB-1001 742g
state_is idle 60
one_of_everything WEB-1001
must capture printer /out/label.zpl
expect_has "the label over the wire has the booked AWB" "$(awb_of WEB-1001)" "$(tr -d '\0' </out/label.zpl)"
nobody_heard "what the scanner typed reached neither the console nor an input device"

guest_done "usb parcel"
