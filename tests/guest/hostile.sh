#!/usr/bin/env bash
# Promise: devices whose HID descriptors no maker would write (fields of 2^31 bits, 257 collections inside one another,
# 65535 bytes that are not there, usages from the last to the first) end neither the kernel nor packd, whatever they
# then report; the bench goes on packing.
set -uo pipefail
. "$(dirname "$0")/guest_lib.sh"
more_devices='[scanner "hostile"]
address = usb:05e0:beef
driver = keyboard'

hostile() { # MODEL
    local i packet=""
    must device hostile "$1" 7
    must plug hostile
    must await hostile configured 1 $patience_ms
    must until $patience_ms '{"state":"unfit","name":"Scanner" || {"state":"ready","name":"Scanner"'
    for ((i = 0; i < 64; i++)); do packet+=$(printf '%02x' $((RANDOM % 256))); done
    must say hostile 1 "$packet"
    must say hostile 1 "ff"
    must say hostile 1 ""
    must unplug hostile
    must until $patience_ms '{"state":"gone","name":"Scanner" || {"state":"loose","name":"Scanner"'
}

world_begin
plug_all
RANDOM=${GUEST_SEED:-1}
for ((round = 0; round < ${GUEST_ROUNDS:-1}; round++)); do
    for model in hostile-size hostile-nested hostile-long hostile-usage; do play hostile "$model"; done
    scan_new_order
    ctl put 500g >/dev/null
    comes_to_an_end
done
expect "the kernel has nothing to be ashamed of" "" "$(dmesg | grep -E 'BUG:|Oops|general protection|Call Trace')"
guest_done "usb descriptors"
