#!/usr/bin/env bash
# Promise: `packtool decode hid` keeps its surface, and every descriptor and report that is known of real
# devices means what its source says: tests/replay/captures/hid.tsv and the HID rows of scales (S13 to
# S15, where the authors left out the id). Exit 0 done, 1 bad input, 2 usage.
set -uo pipefail
. "$(dirname "$0")/promise_lib.sh"
packtool=$1
table=$(dirname "$0")/../replay/captures/hid.tsv
hid() { "$packtool" decode hid "$@" 2>&1; }
code() { "$packtool" decode hid "$@" >/dev/null 2>&1 </dev/null; echo $?; }
row() { awk -F'\t' -v id="$1" '$1 == id { print $4 }' "$table"; }
reports() { # one a line, of reports with "|" between them
    tr '|' '\n' <<<"$1"
}
all() { # DESCRIPTOR REPORTS [OPTION...]
    local descriptor=$1 given=() report
    while read -r report; do given+=(--report "$report"); done < <(reports "$2")
    hid --descriptor "$descriptor" "${given[@]}" "${@:3}"
}
text() { printf '%s' "$1" | od -An -tx1 | tr -d '\n'; }
padded() { # the D01 report: COUNT AIM TEXT MORE
    local hex filler
    hex="02 $(printf '%02x' "$1") $(text "$2") $(text "$3")"
    filler=$((61 - $(wc -w <<<"$hex")))
    echo "$hex $(printf '00 %.0s' $(seq 1 $filler)) 00 00 $4"
}

honeywell=$(row D01)
expect "D01, R01: an acknowledgement is no scan" "" "$(hid --descriptor "$honeywell" --report "$(row R01)")"
expect "D01, R03 and R02: device text in two parts is no scan" "" \
    "$(hid --descriptor "$honeywell" --report "$(row R03)" --report "$(row R02)")"
expect "D01: a Code 128" '"text":"EE123456785IN","aim":"]C0"' \
    "$(hid --descriptor "$honeywell" --report "$(padded 13 ']C0' EE123456785IN 00)" |
        grep -o '"text":"[^"]*","aim":"[^"]*"')"
expect "D01: two parts" '"text":"PACK-1","aim":"]Q1"' \
    "$(hid --descriptor "$honeywell" --report "$(padded 5 ']Q1' PACK- 01)" \
        --report "$(padded 1 ']Q1' 1 00)" | grep -o '"text":"[^"]*","aim":"[^"]*"')"
expect "D01: half a report is refused" '{"rejected":"unclean"}' \
    "$(hid --descriptor "$honeywell" --report "02 01 5d 43 30 41")"

typed='"text":"SIP-4-1","aim":""'
for keyboard in "$(row D02)" "$(row D03)" '05 01 09 06 a1 01 c0'; do
    expect "K01: ALT mode" "$typed" "$(all "$keyboard" "$(row K01)" | grep -o '"text":"[^"]*","aim":"[^"]*"')"
    expect "K02: one key and no end is no scan" "" "$(all "$keyboard" "$(row K02)")"
done
keys='00 00 1d 00 00 00 00 00|00 00 00 00 00 00 00 00|02 00 24 00 00 00 00 00|00 00 28 00 00 00 00 00'
for country in 'us z&' 'uk z&' 'de y/' 'fr w7' 'in z&'; do
    expect "a keyboard of ${country% *}" "\"text\":\"${country#* }\"" \
        "$(all "$(row D02)" "$keys" --keyboard-layout "${country% *}" | grep -o '"text":"[^"]*"')"
done

status='09 70 a1 02 15 01 25 08 75 08 95 01 19 71 29 78 81 00 c0'
unit='09 50 a1 02 15 01 25 0c 75 08 95 01 19 51 29 5c 81 00 c0'
value='09 41 15 80 25 7f 81 02 09 40 15 00 27 ff ff 00 00 75 10 81 02'
scale="05 8d 09 20 a1 01 09 32 a1 02 $status $unit $value c0 c0"
with_id="05 8d 09 20 a1 01 09 32 a1 02 85 03 $status $unit $value c0 c0"
ounces='{"driver":"hid-scale","mass_mg":18291112,"shown":"645.2","unit":"oz","stable":true,"net":false,"tare_mg":0,"overload":false,"underload":false,"zero":false,"usable":true,"raw":"040bff3419"}'
expect "S13: 0.0 oz" '"mass_mg":0,"shown":"0.0","unit":"oz","stable":true' \
    "$(hid --descriptor "$with_id" --report '03 02 0b ff 00 00' | grep -o '"mass_mg.*"stable":true')"
expect "S14: 645.2 oz, and the whole line" "$ounces" "$(hid --descriptor "$scale" --report '04 0b ff 34 19')"
expect "S15: 20 g" '"mass_mg":20000,"shown":"20","unit":"g"' \
    "$(hid --descriptor "$scale" --report '04 02 00 14 00' | grep -o '"mass_mg.*"unit":"g"')"
expect "a scale that only says it is one" '"mass_mg":20000' \
    "$(hid --descriptor '05 8d 09 20 a1 01 c0' --report '03 04 02 00 14 00' | grep -o '"mass_mg":[0-9]*')"
expect "a line for each report" 2 \
    "$(hid --descriptor "$scale" --report '04 02 00 14 00' --report '04 02 00 15 00' | wc -l)"
expect "taels are refused" '{"driver":"hid-scale","rejected":"unit","raw":"0405001400"}' \
    "$(hid --descriptor "$scale" --report '04 05 00 14 00')"
expect "Stamps.com 510" '"mass_mg":802292' "$(hid --usb 1446:6a73 --report 'ff 1b 01' \
    --descriptor '05 8d 09 20 a1 01 15 80 25 7f 75 08 95 01 09 41 81 02 15 00 27 ff ff 00 00 75 10 09 40 81 02 c0' |
    grep -o '"mass_mg":[0-9]*')"

expect "IBM hand-held is told apart" \
    'packtool: The scanner is in IBM hand-held mode: switch the scanner to HID POS or keyboard mode.' \
    "$(hid --descriptor '06 45 ff 0a 00 4b a1 01 15 00 26 ff 00 75 08 95 40 09 00 81 02 c0')"
expect "a cut descriptor" 'packtool: the descriptor is refused: cut' "$(hid --descriptor '05 01 09 06 a1 01')"
expect "report size 2^31" 'packtool: the descriptor is refused: too long' \
    "$(hid --descriptor 'a1 01 77 00 00 00 80 95 01 09 30 81 02 c0')"
expect "done" 0 "$(code --descriptor "$(row D02)")"
expect "a refused descriptor" 1 "$(code --descriptor 'a1 01')"
expect "another device" 1 "$(code --descriptor '05 01 09 02 a1 01 c0')"
expect "a descriptor that is not hex" 1 "$(code --descriptor xx)"
expect "a report that is not hex" 1 "$(code --descriptor "$(row D02)" --report xx)"
expect "no descriptor" 2 "$(code --report 00)"
expect "two descriptors" 2 "$(code --descriptor "$(row D02)" --descriptor "$(row D02)")"
expect "no such layout" 2 "$(code --descriptor "$(row D02)" --keyboard-layout dvorak)"
expect "no such option" 2 "$(code --descriptor "$(row D02)" --foreign 1)"
expect "half an option" 2 "$(code --descriptor)"
promises_end "packtool decode hid"
