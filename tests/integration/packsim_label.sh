#!/usr/bin/env bash
# Promise: the sandbox's label is a label: an independent renderer draws it, an independent reader
# finds the AWB in it, and an address that holds printer commands stays an address.
set -uo pipefail
packsim=$1
viewer=$(dirname "$0")/../../tools/label_view.mjs
. "$(dirname "$0")/packsim_lib.sh"
node_modules_or_skip "packsim label"
sim_start --port-base 0 --renderer "$viewer"

body=$(parcel PK-L)
body=${body/Example Person 7/Example ^XA^JUS~JA_Person 16}
courier POST /shipments -H 'Idempotency-Key: k-l' --data-binary "$body"
awb=$(text awb <<<"$body")
node -e 'process.stdout.write(JSON.parse(require("fs").readFileSync(0)).label.data)' <<<"$body" >"$work/label.zpl"
expect "one format begins, none hides in the address" 1 "$(grep -o '\^XA' "$work/label.zpl" | wc -l)"
seen=$("$viewer" "$work/label.zpl" --png "$work/label.png")
expect "drawn at its size, and the AWB reads back" \
    "{\"width\":812,\"height\":1218,\"barcodes\":[{\"type\":\"Code128\",\"text\":\"$awb\",\"aim\":\"]C0\"}]}" "$seen"
printf 'this is no label' >"$work/none.zpl"
"$viewer" "$work/none.zpl" 2>/dev/null
expect "what is no label is refused" 1 $?

# The printer's output goes through the same viewer when packsim is told so.
exec 5<>"/dev/tcp/127.0.0.1/$printer"
ctl printer speed 12 >/dev/null
cat "$work/label.zpl" >&5
ctl wait labels 1 >/dev/null
for _ in $(seq 100); do [ -s "$sim/labels/0001.png" ] && break; timeout 0.1 cat <&5 >/dev/null; done
expect "a picture appears beside the label" "89504e47" "$(head -c 4 "$sim/labels/0001.png" | od -An -v -tx1 | tr -d ' \n')"
expect_has "and the list says its code" "\"codes\":[\"$awb\"]" "$(ctl labels)"
exec 5>&-
done_with "packsim label"
