#!/usr/bin/env bash
# Promise: a parcel over real USB, and who else hears the scanner; parcel_parts.sh looks at it closely.
set -uo pipefail
. "$(dirname "$0")/guest_lib.sh"
. "$(dirname "$0")/parcel_parts.sh"
world_begin
plug_all
for ((round = 0; round < ${GUEST_ROUNDS:-1}; round++)); do
    play keyboards
    play whole_parcel
done
guest_done "usb parcel"
