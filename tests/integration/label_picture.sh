#!/usr/bin/env bash
# Promise: a label that is a picture comes out of every printer dot for dot, and its bars are read:
# ZPL as an independent renderer draws it, the other languages as packsim's printers do, each read by
# programs that are not ours.
set -uo pipefail
print=$1
viewer=$(dirname "$0")/../../tools/label_view.mjs
command -v node >/dev/null || { echo "label picture: no node here, not run"; exit 77; }
modules=${PACKD_NODE_MODULES:-$("$(dirname "$viewer")/deps" --print-dir)/npm/node_modules}
[ -d "$modules" ] || { echo "label picture: no $modules, not run"; exit 77; }
export PACKD_NODE_MODULES=$modules
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
checks=0
broken=0

expect() { # PROMISE WANTED GOT
    checks=$((checks + 1))
    [ "$2" = "$3" ] && return
    broken=$((broken + 1))
    printf 'broken promise: %s\n  wanted %s\n  got    %s\n' "$1" "$2" "$3"
}

"$print" "$work" || { echo "nothing was written"; exit 1; }
for dialect in tspl epl escpos; do
    expect "$dialect: every dot" "$(md5sum <"$work/picture.pbm")" "$(md5sum <"$work/picture-$dialect.pbm")"
done
seen=$("$viewer" "$work/picture.zpl" --png "$work/picture.png" --size 576x1200)
expect "ZPL: the bars are read" '"barcodes":[{"type":"Code128","text":"SBX100000017","aim":"]C0"}]}' "${seen#*,*,}"

# Dots that differ between the renderer's picture and ours.
compare='
const { createRequire } = require("node:module");
const { readFileSync } = require("node:fs");
const { PNG } = createRequire(process.argv[1] + "/x")("pngjs");
const png = PNG.sync.read(readFileSync(process.argv[2]));
const pbm = readFileSync(process.argv[3]);
const head = /^P4\n(\d+) (\d+)\n/.exec(pbm.subarray(0, 40).toString("latin1"));
const [width, height] = [Number(head[1]), Number(head[2])];
let wrong = 0;
for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
        const ours = (pbm[head[0].length + y * (width >> 3) + (x >> 3)] >> (7 - (x & 7))) & 1;
        if (ours !== (png.data[(y * png.width + x) * 4] < 128 ? 1 : 0)) wrong++;
    }
console.log(wrong);
process.exit(0);
'
expect "ZPL: every dot" 0 "$(node -e "$compare" "$modules" "$work/picture.png" "$work/picture.pbm")"
if command -v zbarimg >/dev/null; then
    for picture in "$work"/picture-*.pbm; do
        expect "$(basename "$picture"): the bars are read" "CODE-128:SBX100000017" \
            "$(zbarimg -q --nodbus "$picture" 2>/dev/null)"
    done
fi
echo "label picture: $checks checks, $broken broken"
[ "$broken" = 0 ]
