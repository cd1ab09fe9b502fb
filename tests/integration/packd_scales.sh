#!/usr/bin/env bash
# Promise: packd weighs with every protocol there is, in kilograms, grams, pounds and ounces, and books
# what the display showed: never less, and less than a gram more.
set -uo pipefail
packd=$1 packctl=$2 packsim=$3 packtool=$4
. "$(dirname "$0")/packd_lib.sh"
world_start
ctl scale rest 20 >/dev/null
ctl scale rate 50 >/dev/null
ctl printer speed 200 >/dev/null
settings=1

# Settings are read again between two parcels: each protocol has the bench for one.
scale_is() { # DRIVER PROTOCOL UNIT
    ctl scale protocol "$2" >/dev/null
    ctl scale unit "$3" >/dev/null
    sed -i -e '/^driver = /d' -e "s/^stable_for_ms = .*/stable_for_ms = 40\ndriver = $1/" "$work/packd.conf"
    settings=$((settings + 1))
    kill -HUP "$packd_pid"
    until_status "\"settings\":$settings," 10
    ctl wait scale 1 >/dev/null
}
declare -A wanted=()
parcels=0
weighs() { # DRIVER PROTOCOL UNIT MASS_G BOOKED_G
    local order=WEB-$((2000 + parcels))
    parcels=$((parcels + 1))
    wanted[$order]="$5 $2 in $3"
    ctl lift >/dev/null
    scale_is "$1" "$2" "$3"
    until_screen '"stable":true,"zero":true' 10
    ctl scan "$order" >/dev/null
    state_is weighing
    ctl put "$4g" >/dev/null
    state_is idle 20
}

shows() { # DRIVER PROTOCOL UNIT MASS_G SHOWN: of a second form of a protocol, on the page alone
    scale_is "$1" "$2" "$3"
    ctl put "$4g" >/dev/null
    until_screen "\"shown\":\"$5\",\"unit\":\"$3\",\"stable\":true" 10
}

for ((i = 0; i <= 14; i++)); do ctl order add $((2000 + i)) pin=560001 >/dev/null; done
packd_start
# The masses in pounds and ounces as NIST SP 811, appendix B.8, has them: 1 lb 453.59237 g, 1 oz
# 28.349523125 g. 1500 g are shown as 3.307 lb, which are 1500.03 g; 700 g as 24.69 oz: 699.95 g.
weighs toledo-continuous toledo-continuous kg 742 742
weighs cas-22 cas-22 kg 13500 13500
weighs st-gs st-gs kg 1234 1234
weighs mt-sics mt-sics g 1255 1255
weighs sma sma lb 1500 1501
weighs nci nci kg 2222 2222
weighs toledo-8217 toledo-8217 kg 1234 1234
weighs ohaus-3000 ohaus-3000 kg 5025 5025
weighs sartorius-sbi sartorius-sbi oz 700 700
weighs ecr-ap1 ecr-ap1 kg 1111 1111
weighs ecr-icl ecr-icl kg 1230 1230
weighs stx-etx stx-etx kg 1357 1357
shows toledo-continuous toledo-continuous-nosum lb 1500 3.307
shows st-gs st-gs-and g 811 811
shows nci nci-ecr kg 333 0.333
shows sartorius-sbi sartorius-sbi-16 g 123 123
shows auto mt-sics kg 1500 1.500 # found by asking

# Every driver of a line that is built in and that a virtual scale can speak was here: a new one gets its row in
# packsim's scale_talk.c and its line above. HID scales are not on a line; profiles have their captures.
mkdir "$work/no-scales"
"$packtool" decode scale --driver none --scales "$work/no-scales" </dev/null 2>"$work/drivers"
for driver in $(sed -n 's/.*there is: auto//p' "$work/drivers"); do
    if ! ctl scale protocol "$driver" >/dev/null; then
        echo "not weighed with: $driver, which packsim does not speak"
        continue
    fi
    expect "there is a parcel weighed with $driver" yes "$(grep -q "^weighs $driver " "$0" && echo yes)"
done

# A box stands on the plate and is tared away by a person: what is booked is the net.
ctl put 200g >/dev/null
ctl scale tare 200g >/dev/null
scale_is ohaus-3000 ohaus-3000 kg
until_screen '"shown":"0.000","unit":"kg","stable":true,"zero":true' 10
ctl scan WEB-2012 >/dev/null
state_is weighing
ctl put 942g >/dev/null
state_is idle 20
wanted[WEB-2012]="742 net"

ledger=$(ctl ledger)
for order in "${!wanted[@]}"; do
    line=$(grep "\"order_no\":\"$order\"" <<<"$ledger")
    expect "what is booked: ${wanted[$order]#* }" "${wanted[$order]%% *}" "$(number mass_g <<<"$line")"
    expect "once: ${wanted[$order]#* }" 1 "$(grep -c . <<<"$line")"
done
expect "and no scale was ever zeroed by us" 0 "$(ctl status | number zero_commands)"
all_is_well
packd_stop
done_with "packd, every scale"
