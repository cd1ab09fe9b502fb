#!/usr/bin/env bash
# Promise: a label that is a picture comes out of every printer dot for dot, and its bars are read:
# ZPL as an independent renderer draws it, the other languages as packsim's printers do, PNG and PBM as
# others read them, at all resolutions; and the bars are read by programs that are not ours.
set -uo pipefail
. "$(dirname "$0")/promise_lib.sh"
print=$1
node_modules_or_skip "label picture"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$print" "$work" >/dev/null || { echo "nothing was written"; exit 1; }
seen=$(node "$(dirname "$0")/picture_compare.mjs" "$modules" "$work" \
    receipt:8 label300:12 label600:24 white:8 black:8 noise:8)
same='zpl 0 png 0 pbm 0 tspl 0 epl 0 escpos 0'
for name in receipt label300 label600; do
    expect "$name: every dot in every language, and the bars are read" "$name $same SBX100000017" "$(grep "^$name " <<<"$seen")"
done
expect "white stays white" "white $same" "$(grep ^white <<<"$seen")"
expect "black stays black" "black $same" "$(grep ^black <<<"$seen")"
# Of noise some pairs of bytes would be commands: in these three languages such a byte loses or gains a dot.
expect "noise: every dot" "noise zpl 0 png 0 pbm 0 tspl" "$(grep -o '^noise zpl 0 png 0 pbm 0 tspl' <<<"$seen")"
read -r tspl epl escpos <<<"$(sed -n 's/^noise .*tspl \([0-9]*\) epl \([0-9]*\) escpos \([0-9]*\).*/\1 \2 \3/p' <<<"$seen")"
for wrong in "${tspl:-99}" "${epl:-99}" "${escpos:-99}"; do
    expect "noise: hardly a dot is another one" yes "$([ "$wrong" -lt 30 ] && echo yes || echo "$wrong")"
done
if command -v zbarimg >/dev/null; then
    for picture in "$work"/receipt-*.p[bn][mg]; do
        expect "$(basename "$picture"): the bars are read" "CODE-128:SBX100000017" \
            "$(zbarimg -q --nodbus "$picture" 2>/dev/null)"
    done
fi
if command -v pngtopnm >/dev/null; then # netpbm's own opinion
    expect "netpbm reads the PNG as it reads the PBM" "$(md5sum <"$work/receipt-pbm.pbm")" "$(pngtopnm "$work/receipt-png.png" | md5sum)"
fi
promises_end "label picture"
