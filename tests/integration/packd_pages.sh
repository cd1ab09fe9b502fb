#!/usr/bin/env bash
# Promise: a courier's PDF becomes a label whose AWB reads back from the dots that the printer got, without
# packd waiting or trusting; whoever draws it may die, and a label comes out all the same.
set -uo pipefail
packd=$1 packctl=$2 packsim=$3
. "$(dirname "$0")/packd_lib.sh"
command -v zbarimg >/dev/null || { echo "packd, pages: no zbarimg here, not run"; exit 77; }
[ -x "$(dirname "$packd")/packd-render" ] || { echo "packd, pages: packd-render is not built, not run"; exit 77; }

world_start
sed -i -e "s,^rule = sandbox,rule = delhivery," "$work/packd.conf"
cat >>"$work/packd.conf" <<END
[carrier "delhivery"]
base_url = https://localhost:$courier
credential_file = $sim/courier-token
ca_file = $sim/ca.pem
client = SIM
pickup_location = BLR-WH-1
pickup_postcode = 560001
timeout_ms = 2000
settle_ms = 2500
label = courier
END
packd_start

prints() { ask journal --limit 1000 | grep '"kind":"print"'; } # facts: a label is about to be sent
last_file() { ctl labels | tail -n 1 | text file; }
reads() { zbarimg --quiet --raw "$sim/${1%.*}.pbm" 2>/dev/null; } # an independent reader, on the dots
packs() { # ORDER
    start_parcel "$1" 742g
    state_is idle 20
    printer_rests
}

packs WEB-1001
awb=$(awb_of WEB-1001)
expect_has "the courier's document was drawn" '"label_by":"document"' "$(prints | tail -n 1)"
expect_has "and is known by its dots" '"picture":"' "$(prints | tail -n 1)"
expect_has "an independent reader finds the AWB on the paper" "$awb" "$(reads "$(last_file)")"
expect_has "the page shows it" 'PNG' "$(curl -s "http://localhost:$web/label.png" | head -c 8 | tr -d '\0')"
first=$(prints | tail -n 1 | text picture)
ask press reprint damaged >/dev/null
until_has '"copy":2' 20 prints
state_is idle 20
printer_rests
expect_has "a reprint is marked, so its dots differ" '"picture":"' "$(prints | tail -n 1)"
[ "$first" != "$(prints | tail -n 1 | text picture)" ]
expect "from those of the first" 0 $?
expect_has "and reads as well" "$awb" "$(reads "$(last_file)")"

# --- whoever draws dies, again and again ---
starts() { ask status | number render_starts; }
before=$(starts)
pkill -9 -P "$packd_pid" packd-render
packs WEB-1002
expect_has "the label is drawn by the next one" '"label_by":"document"' "$(prints | tail -n 1)"
[ "$(starts)" -gt "$before" ]
expect "which was started for it" 0 $?
expect_has "and its AWB reads back" "$(awb_of WEB-1002)" "$(reads "$(last_file)")"

all_is_well
packd_stop
done_with "packd, pages"
