#!/usr/bin/env bash
# Promise: the ZPL driver's bars are read back, as they were asked for, from a label that programs not
# ours have drawn and read, at both resolutions, whatever stands in the texts beside them.
set -uo pipefail
. "$(dirname "$0")/promise_lib.sh"
print=$1
viewer=$(dirname "$0")/../../tools/label_view.mjs
node_modules_or_skip "zpl label"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

reads_back() { # DPI DOTS-PER-MM SIZE BARS AS-JSON TEXT...
    local dpi=$1 dpmm=$2 size=$3 bars=$4 json=$5
    shift 5
    checks=$((checks + 1))
    "$print" "$dpi" "$bars" "$@" >"$work/label.zpl"
    local seen wanted="\"barcodes\":[{\"type\":\"Code128\",\"text\":\"$json\",\"aim\":\"]C0\"}]}"
    seen=$("$viewer" "$work/label.zpl" --png "$work/label.png" --dpmm "$dpmm" --size "$size")
    [ "${seen#*,*,}" = "$wanted" ] && return
    broken=$((broken + 1))
    printf 'broken promise: %s at %s dpi reads back\n  wanted %s\n  got    %s\n' "$bars" "$dpi" "$wanted" "$seen"
}

reads_back 203 8 812x1219 EE123456785IN EE123456785IN 'Example ^XZ^XA^JUS ~JA_5E' 'C:\&D \\ >0 >:' 'नमस्ते ₹ 100'
reads_back 203 8 812x1219 'aB>0>:^~_\{};x' 'aB>0>:^~_\\{};x' '^FS^FD'
reads_back 203 8 812x1219 'PK-10001/12345/AB' 'PK-10001/12345/AB' "$(printf 'W%.0s' {1..150})"
reads_back 203 8 812x1219 'A1234' 'A1234'
reads_back 300 12 1219x1828 SBX100000017 SBX100000017 'Flat 12-B, 4th Cross'
promises_end "zpl label"
