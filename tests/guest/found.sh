#!/usr/bin/env bash
# Promise: a bench whose settings name no device: what is plugged in is found, plays its role, comes back to it in
# another socket too, and the parcel goes on.
set -uo pipefail
. "$(dirname "$0")/guest_lib.sh"
devices_write() { :; }

parcel() {
    scan_new_order
    ctl put 500g >/dev/null
    comes_to_an_end
}
moves() { # to other sockets of the hub
    must unplug scale
    must unplug printer
    must until $patience_ms "$(state_of scale gone) & $(state_of printer gone)"
    must device scale scale 8 "$scale"
    must device printer printer 9 "$printer"
    must plug scale
    must plug printer
    must until 60000 "$all_ready"
}

world_begin
for one in scanner scale printer; do must plug "$one"; done
must until 60000 "$all_ready"
play parcel
play moves
play parcel
guest_done "usb found"
