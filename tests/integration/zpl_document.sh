#!/usr/bin/env bash
# Promise: a courier's ZPL looks on paper as it did, dot for dot and with its bars, after its set-up was
# taken out: labels shaped as couriers, label designers and printer drivers send them (all data invented),
# drawn before and after by a renderer that is not ours. And none of them leaves anything in the printer.
set -uo pipefail
. "$(dirname "$0")/promise_lib.sh"
filter=$1
here=$(cd "$(dirname "$0")" && pwd)
node_modules_or_skip "zpl document"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

pairs=()
for file in "$here"/zpl/*.zpl; do
    name=$(basename "$file")
    "$filter" 203 <"$file" >"$work/$name" 2>"$work/why"
    expect "$name is taken" "" "$(cat "$work/why")"
    pairs+=("$file" "$work/$name")
    # Behind our own opening nothing but what draws, and one label of one copy.
    expect "$name stores and sets up nothing" "" \
        "$(sed '1,/^^BY2,3,10^CFA/d' "$work/$name" | grep -aoiE '~|\^(JU|MM|MN|MT|MD|MF|MC|PR|LT|LS|JM|JZ|ID|XG|PM|SS)' | sort -u)"
    expect "$name is one label" "1 1 1" \
        "$(for word in XA XZ PQ; do grep -aoc "\^$word" "$work/$name"; done | tr '\n' ' ' | sed 's/ $//')"
done
read -r -d '' wanted <<'END'
amazon 0 Code128:TBA000000000001 QRCode:https://example.in/t/TBA000000
designer 0 Code128:28411210000165 Code39:PK-10001 ITF:12345670 QRCode:28411210000145
dhl 0 Code128:1234567890 Code128:2LDE10115+42000000 Code128:JD014600000000000001 DataMatrix:1234567890|JD01460000000000000
driver 0 Code128:EX000000042IN DataMatrix:EX000000042IN;560001;2000
fedex 0 Code128:794000000000020100000000000000 PDF417
ups 0 Code128:1ZX1X2X36612345672 Code128:42007652
END
got=$(node "$here/zpl_compare.mjs" "$modules" "${pairs[@]}" | sed 's/PDF417:.*/PDF417/')
while IFS= read -r line; do
    expect "${line%% *} looks as it did" "$line" "$(grep -a "^${line%% *} " <<<"$got")"
done <<<"$wanted"

# The set of hostile ones: refused with a sentence, or harmless and with its number.
while IFS='|' read -r file want banned what; do # a tab would swallow an empty column
    if ! "$filter" 203 <"$here/../render/documents/$file" >"$work/job" 2>"$work/why"; then
        expect "$what: a sentence" yes "$([ -s "$work/why" ] && echo yes)"
        continue
    fi
    sed '1,/^^BY2,3,10^CFA/d; s/\^PQ1,0,0,N\^XZ$//' "$work/job" >"$work/behind"
    expect "$what: its number is on it" 1 "$(grep -ac "FD$want" "$work/behind")"
    for word in $banned; do
        expect "$what: without $word" 0 "$(grep -aicF -- "$word" "$work/behind")"
    done
done < <(tail -n +2 "$here/../render/documents/zpl.tsv" | tr '\t' '|')
promises_end "zpl document"
