#!/usr/bin/env bash
# Promise: devices that stall, let wait, babble, come twice, type what no scanner should, or are somebody else's, do no
# harm: what was scanned is what is packed, every label comes out once and whole, nobody hears a claimed scanner's keys,
# a foreign keyboard is nobody's scanner, and only the listed interface of a device is used.
set -uo pipefail
. "$(dirname "$0")/guest_lib.sh"
. "$(dirname "$0")/misbehave_parts.sh"
world_begin
plug_all
for ((round = 0; round < ${GUEST_ROUNDS:-1}; round++)); do
    play printer_stalls
    play printer_waits
    play paper_ends
    play scanner_stumbles
    play scanner_fails
    play comes_twice
    play two_at_once
    play keys_of_others
    play more_than_one_thing
    play printer_ids
    play scales_swap
    play keys_without_end
    play come_and_go_often 8
done
guest_done "usb misbehaviour"
