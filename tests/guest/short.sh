#!/usr/bin/env bash
# Promise: a parcel is scanned, weighed, booked and printed over real USB, through udev, the kernel's drivers and a
# box's own rules; the label that came over the wire names the booked AWB; what the scanner types reaches nobody else
# and a person's keyboard is left alone; a device may leave and come back, in mid-label too, and a stall loses nothing.
# The short form of tools/usb_guest.
set -uo pipefail
. "$(dirname "$0")/guest_lib.sh"
. "$(dirname "$0")/parcel_parts.sh"
. "$(dirname "$0")/states_parts.sh"
world_begin
plug_all
play keyboards
play whole_parcel
play scanner_leaves_in_weighing
play in_mid_label 300
guest_done "usb guest"
