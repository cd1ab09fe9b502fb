#!/usr/bin/env bash
# Promise: `packtool decode` keeps its surface: these members in this order, one line a frame, errors
# on standard error, exit 0 done, 1 bad input, 2 usage. Frames: tests/replay/captures.
set -uo pipefail
. "$(dirname "$0")/promise_lib.sh"
packtool=$1
captures=$(dirname "$0")/../replay/captures
decode() { "$packtool" decode "$@" 2>/dev/null; }
code() { "$packtool" "$@" >/dev/null 2>&1 </dev/null; echo $?; }

toledo='82 ac f0 60 30 30 30 35 36 b7 30 30 30 30 30 30 8d a3'
reading='{"driver":"toledo-continuous","mass_mg":5670000,"shown":"5.67","unit":"kg","stable":true,"net":false,"tare_mg":0,"overload":false,"underload":false,"zero":false,"usable":true,"raw":"82acf0603030303536b73030303030308da3"}'
expect "a Toledo frame" "$reading" "$(decode scale --driver toledo-continuous --hex <<<"$toledo")"
expect "found by itself" "$reading" "$(decode scale --driver auto --hex - <<<"$toledo")"
expect "byte by byte" "$reading" "$(decode scale --driver auto --hex --chunk 1 <<<"$toledo")"
expect "in binary, from a file" "$reading" "$(decode scale --driver auto <(printf '%b' "\\x${toledo// /\\x}"))"
expect "a damaged frame is refused with its reason" \
    '{"driver":"toledo-continuous","rejected":"checksum","raw":"82acf0603030303636b73030303030308da3"}' \
    "$(decode scale --driver auto --hex <<<"${toledo/35/36}")"
expect "a count is refused" '{"driver":"st-gs","rejected":"unit","raw":"51542c2b30303031323334352050430d0a"}' \
    "$(decode scale --driver auto --hex <<<'51 54 2c 2b 30 30 30 31 32 33 34 35 20 50 43 0d 0a')"
expect "a line for every frame of a capture" 4 \
    "$(decode scale --driver auto --hex "$captures/stgs-and.cap" | wc -l)"
strangers=0
while IFS=$'\t' read -r id _ _ hex _; do
    [ "${id#\#}" = "$id" ] || continue
    decode scale --driver auto --hex <<<"$hex" | grep -q '"usable":true' && strangers=$((strangers + 1))
done <"$captures/foreign-scales.tsv"
expect "no stranger's frame is a usable weight" 0 "$strangers"

# One frame a row: the driver that it belongs to, found by itself where the frame says enough.
found=0
while IFS=$'\t' read -r id _ _ hex driver tells _; do
    [ "${id#\#}" = "$id" ] && [ "$tells" = yes ] || continue
    found=$((found + 1))
    expect "$id is known by itself" "{\"driver\":\"$driver\"" \
        "$(decode scale --driver auto --hex <<<"$hex" | head -n 1 | cut -d, -f1)"
done <"$captures/serial-scales.tsv"
expect "most frames are" 1 $((found > 30))

# Profiles: those that are shipped by name, one to be tried by its file, mistakes with their lines.
scales=$(dirname "$0")/../../board/scales
kern='2020202020202030 2e3636352067 20200d0a'
expect "a shipped profile by name" '{"driver":"kern-fkb","mass_mg":665' \
    "$(decode scale --driver kern-fkb --hex <<<"$kern" | cut -d, -f1,2)"
expect "the same by its file" '{"driver":"kern-fkb","mass_mg":665' \
    "$(decode scale --profile "$scales/kern-fkb.scale" --hex <<<"$kern" | cut -d, -f1,2)"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
sed 's/^name = .*/name = ours/; s/^line = .*/line = 9600/' "$scales/kern-fkb.scale" >"$work/ours.scale"
line=$(grep -n '^line' "$work/ours.scale" | cut -d: -f1)
"$packtool" decode scale --profile "$work/ours.scale" --hex <<<"$kern" >"$work/out" 2>"$work/complaints"
expect "a mistake: exit 1" 1 $?
expect "nothing is decoded" "" "$(<"$work/out")"
expect "it is told with file and line" 1 "$(grep -c "^$work/ours.scale:$line: .*9600 8N1" "$work/complaints")"
expect "no such file" 1 "$(code decode scale --profile "$work/none.scale")"
sed -i 's/^line = .*/line = 9600 8N1/' "$work/ours.scale"
expect "a folder of one's own" '{"driver":"ours","mass_mg":665' \
    "$(decode scale --scales "$work" --driver auto --hex <<<"$kern" | cut -d, -f1,2)"
expect "only that folder" 2 "$(code decode scale --scales "$work" --driver kern-fkb)"
expect "a driver or a profile, not both" 2 "$(code decode scale --driver st-gs --profile "$work/ours.scale")"

hs=$(sed '/^#/d' "$captures/zpl-hs-ready.cap")
expect "a printer that is ready" '{"ready":true,"paper_out":false,"head_open":false,"paused":false,"busy":false,"queued":0' \
    "$(decode printer --dialect zpl --request '~HS' --hex "$hs" | sed 's/,"ribbon_out.*//')"
expect "a device id" '{"manufacturer":"Munbyn","model":"RW403B","dialect":"tspl"}' \
    "$(decode device-id --hex "$(printf 'MFG:Munbyn;CMD:TSPL;MDL:RW403B;' | od -An -tx1 | tr -d '\n')")"
reports=()
while read -r report; do reports+=(--report "$report"); done \
    < <(sed '/^#/d' "$captures/keyboard-alt-keypad.cap")
expect "a scanner that types" '{"text":"SIP-4-1","aim":""}' \
    "$(decode hid --descriptor '05 01 09 06 a1 01 c0' "${reports[@]}")"

# A printed line, of a code, as field=value;... or the word of what is wrong.
fields_of()
{
    sed -E 's/.*"fields":\{([^}]*)\},"valid":true.*/\1/; s/.*"error":"([^"]*)".*/\1/; s/"//g; s/,/;/g; s/:/=/g'
}
while IFS=$'\t' read -r id hex fields _; do
    [ "${id#\#}" = "$id" ] || continue
    expect "code $id" "$fields" "$(decode gs1 --text "$(printf '%b' "$(sed 's/../\\x&/g' <<<"$hex")")" | fields_of)"
done <"$captures/gs1-scans.tsv"
while IFS=$'\t' read -r kind number verdict _; do
    [ "${kind#\#}" = "$kind" ] || continue
    scheme=gs1 valid=true
    [ "$kind" = S10 ] && scheme=s10
    [ "${verdict#INVALID}" = "$verdict" ] || valid=false
    expect "$kind $number" "$valid" \
        "$("$packtool" check-digit --scheme $scheme --text "$number" | sed 's/{"valid":\([a-z]*\).*/\1/')"
done <"$captures/check-digits.tsv"

expect "done" 0 "$(code decode scale --driver st-gs)"
expect "no hex" 1 "$(code decode scale --driver st-gs --hex "$0")"
expect "no such file" 1 "$(code decode scale --driver st-gs "$captures/none")"
expect "nobody knows it" 1 "$(code decode scale --driver auto "$0")"
expect "no such driver" 2 "$(code decode scale --driver none)"
expect "nobody knows it, and none was named" 1 "$(code decode scale "$0")"
expect "two that shall read it" 2 "$(code decode scale --driver st-gs --profile "$0")"
expect "no whole status" 1 "$(code decode printer --dialect zpl --request '~HS' --hex 02)"
expect "no such dialect" 2 "$(code decode printer --dialect none --request '~HS' --hex 02)"
expect "no keys" 1 "$(code decode device-id --hex 00)"
expect "no kind" 2 "$(code decode)"
expect "no command" 2 "$(code)"
expect "a foreign command" 2 "$(code none)"
expect "help" 0 "$(code --help)"
promises_end "packtool decode"
