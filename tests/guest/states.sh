#!/usr/bin/env bash
# Promise: scanner, scale and printer may each be pulled out and put in again at any moment, idle, weighing, booking
# and in the middle of a label: the page says so, nothing is booked on a weight that is not there, the parcel goes on
# when the device is back, and in the end there is one booking and one label. So it is when the whole hub goes.
set -uo pipefail
. "$(dirname "$0")/guest_lib.sh"

. "$(dirname "$0")/states_parts.sh"
world_begin
plug_all
for ((round = 0; round < ${GUEST_ROUNDS:-1}; round++)); do
    play idle
    play weighing
    play booking
    play printing
    for bytes in 1 37 300 700; do play in_mid_label $((bytes + (GUEST_SEED + round * 7919) % 31)); done
    play hub
    play hub_with_an_order
done
guest_done "usb come and go"
