#!/usr/bin/env bash
# Promise: a bench with a TSPL, an EPL2 or an ESC/POS printer packs a parcel like one with ZPL: one
# label comes out, drawn by us because the courier's is in ZPL, zbarimg reads its AWB from the
# picture, the fact says by what evidence it is known to be out; and what fails on the way is one
# question, and the same label once. The three run beside one another.
set -uo pipefail
packd=$1 packctl=$2 packsim=$3 packtool=$4
if [ $# -lt 5 ]; then
    here=${BASH_SOURCE[0]}
    out=$(mktemp -d) children=()
    for language in tspl epl escpos; do
        bash "$here" "$@" $language >"$out/$language" 2>&1 &
        children+=($!)
    done
    bad=0
    for child in "${children[@]}"; do wait "$child" || bad=1; done
    cat "$out"/*
    rm -rf "$out"
    exit $bad
fi
language=$5
. "$(dirname "$0")/packd_lib.sh"
world_start --printer "$language"
width=100
[ "$language" = escpos ] && width=72 # of paper 80 mm wide
sed -i "/^\[printer\]/a driver = $language\nspeed_ips = 12\nwidth_mm = $width\ndarkness = 60" "$work/packd.conf"
packd_start

expect_has "it speaks $language" "\"language\":\"$language\"" "$(ctl status)"
start_parcel WEB-1003 742g
state_is idle 20
one_of_everything WEB-1003
awb=$(awb_of WEB-1003)
expect_has "the file is in its language" "labels/0001.$language" "$(ctl labels)"
if command -v zbarimg >/dev/null; then
    expect_has "$language: the label's picture says its AWB" "CODE-128:$awb" \
        "$(zbarimg -q --nodbus "$sim/labels/0001.pbm" 2>/dev/null)"
fi

# The paper ends in the middle: one question, and the same label once. TSPL was told not to print it
# again by itself; the others know no such word, and the packer finds it there.
ctl printer paper-out 50 >/dev/null
start_parcel WEB-1006 300g
message_is label_unknown
ctl printer paper-in >/dev/null
printer_rests
answer=label_ok
[ "$language" = tspl ] && answer=label_missing
ask press $answer >/dev/null
state_is idle 20
expect "$language: half a label, and one" "50 100" \
    "$(ctl labels | grep "\"$(awb_of WEB-1006)\"" | grep -o '"percent":[0-9]*' | cut -d: -f2 | xargs)"
expect "$language: booked once" 1 "$(live_bookings WEB-1006)"
order_system_has WEB-1006

facts=$(ask journal --limit 1000)
expect_has "$language: known to be out by its state" '"evidence":"status"' "$facts"
packd_stop
all_is_well
done_with "packd with a printer that speaks $language"
