#!/usr/bin/env bash
# Promise: the sandbox courier books once per key, shows every double booking, and has the effect
# its fault says, no more and no less. Contract: tools/packsim/README.md.
set -uo pipefail
packsim=$1
. "$(dirname "$0")/packsim_lib.sh"
sim_start --port-base 0

courier GET '/serviceability?pincode=560001&cod=1'
expect_has "an ordinary place is served" '"serviceable":true' "$body"
courier GET '/serviceability?pincode=799999&cod=0'
expect_has "799999 is not served" '"serviceable":false,"reason":"not_serviceable"' "$body"
courier GET '/serviceability?pincode=194103&cod=1'
expect_has "194103 takes no cash" '"reason":"cod_not_serviceable"' "$body"
courier GET '/serviceability?pincode=56000&cod=0'
expect "five digits are no pincode" 422 "$status"

book k-1 PK-1
expect "a booking is made" 201 "$status"
first=$body
awb=$(text awb <<<"$body")
expect_has "the label carries the AWB as Code 128" "^BCN,260,N,N,N,A^FD$awb^FS" "$body"
expect_has "the reference is echoed" '"reference":"PK-1"' "$body"
book k-1 PK-1
expect "the same key and body is no second booking" 200 "$status"
expect "and gives the same answer" "$first" "$body"
book k-1 PK-1 900
expect "the same key with another body is refused" 409 "$status"
expect_has "by name" '"code":"key_reused"' "$body"
expect "one live booking after all that" 1 "$(live_of PK-1)"
ctl check >"$work/check"
expect "the books agree" 0 $?

# A lost answer: the booking exists, the look-up finds it, the repeat returns it.
ctl fault courier book drop-after >/dev/null
book k-2 PK-2
expect_cut "the connection ends without an answer"
courier GET '/shipments?reference=PK-2'
expect_has "the look-up finds the booking" '"reference":"PK-2","status":"booked"' "$body"
lost=$(text awb <<<"$body")
book k-2 PK-2
expect "the repeat with the key returns that booking" "200 $lost" "$status $(text awb <<<"$body")"
expect "one live booking after a lost answer" 1 "$(live_of PK-2)"

ctl fault courier book drop-before >/dev/null
book k-3 PK-3
expect_cut "the connection ends"
courier GET '/shipments?reference=PK-3'
expect "nothing was booked" '{"shipments":[]}' "$body"

# Late: our side has failed long ago when the courier gets round to it.
ctl fault courier book late 2000 >/dev/null
book k-4 PK-4
courier GET '/shipments?reference=PK-4'
expect "asked too early it is not there" '{"shipments":[]}' "$body"
ctl wait bookings 3 >/dev/null
courier GET '/shipments?reference=PK-4'
expect_has "later it is" '"reference":"PK-4"' "$body"

ctl fault courier book status 500 effect >/dev/null
book k-5 PK-5
expect "500" 500 "$status"
expect "500 and booked" 1 "$(live_of PK-5)"
ctl fault courier book status 503 >/dev/null
book k-6 PK-6
expect "503 and not booked" "503 " "$status $(live_of PK-6)"
ctl fault courier book status 429 retry-after=7 >/dev/null
book k-7 PK-7 742 560001 '' -D "$work/head"
expect_has "429 says how long" "throttled" "$body"

ctl fault courier book truncated >/dev/null
book k-8 PK-8
expect_cut "a cut body is noticed"
ctl fault courier book html >/dev/null
book k-9 PK-9
expect_has "a portal's page comes with 200" "200 <!DOCTYPE html>" "$status $body"
ctl fault courier book garbage >/dev/null
book k-10 PK-10
expect "bytes that are no HTTP (curl: unsupported, or weird reply)" yes "$([[ $ended =~ ^(1|8|52|56)$ ]] && echo yes || echo "$ended")"
ctl fault courier book empty >/dev/null
book k-11 PK-11
expect "200 with nothing" "200 " "$status $body"
ctl fault courier book answer count=1 '{"awb": "SBX1", "reference":"PK-1"}' >/dev/null
book k-14 PK-14
expect "any answer the test wants" '200 {"awb": "SBX1", "reference":"PK-1"}' "$status $body"
ctl fault courier book delay 10 nonsense >/dev/null
expect "a fault with a word too many is refused" 2 $?
ctl fault courier book reset >/dev/null
book k-12 PK-12
expect "a reset connection" 56 "$ended"
ctl fault courier book duplicate >/dev/null
book k-13 PK-13
expect "a request that arrives twice books once, because of its key" "200 1" "$status $(live_of PK-13)"
ctl fault courier '*' status 503 count=2 >/dev/null
courier GET '/shipments?reference=PK-1'; one=$status
courier GET '/track?awb='"$awb"; two=$status
courier GET '/track?awb='"$awb"
expect "a fault for two requests ends after two" "503 503 200" "$one $two $status"

# Pool numbers, weight, cancel.
courier POST /waybills --data-binary '{"count":2}'
pool=$(grep -o 'SBX[0-9]*' <<<"$body" | head -n 1)
book k-20 PK-20 742 560001 "\"awb\":\"$pool\","
expect "a pool number is booked as given" "201 $pool" "$status $(text awb <<<"$body")"
book k-21 PK-21 742 560001 "\"awb\":\"$pool\","
expect "and only once" "409 awb_used" "$status $(text code <<<"$body")"
book k-22 PK-22 742 560001 '"awb":"SBX999999999",'
expect "a number nobody handed out" "422 awb_unknown" "$status $(text code <<<"$body")"
courier POST "/shipments/$pool/weight" --data-binary '{"mass_g":1234}'
expect_has "the weight can be changed" '"mass_g":1234,"updated":true' "$body"
ctl parcel "$pool" picked_up >/dev/null
courier POST "/shipments/$pool/cancel"
expect "after pickup it is too late to cancel" "409 too_late" "$status $(text code <<<"$body")"
courier POST "/shipments/$awb/cancel"
courier POST "/shipments/$awb/cancel"
expect "cancelling twice is fine" 200 "$status"
expect "a cancelled booking is not live" 0 "$(live_of PK-1)"

for row in '0 560001 bad_weight' '30001 560001 bad_weight' '742 799999 not_serviceable' '742 56 bad_pincode' \
    '742 781001 embargo'; do
    read -r mass postcode code <<<"$row"
    book "k-r-$code-$mass" "PK-R" "$mass" "$postcode"
    expect "refused: $row" "422 $code" "$status $(text code <<<"$body")"
done
expect "refusals book nothing" "" "$(live_of PK-R)"
request "https://localhost:$courier/sandbox/v1" "Bearer wrong" GET '/track?awb=x'
expect "a wrong token" "401 credentials" "$status $(text code <<<"$body")"

# Habits of other couriers.
ctl mode repeat existing >/dev/null
book k-30 PK-30; old=$(text awb <<<"$body")
book k-31 PK-30
expect "repeat existing: the old booking, whatever the key" "200 $old" "$status $(text awb <<<"$body")"
ctl mode repeat refuse >/dev/null
book k-32 PK-30
expect "repeat refuse" "409 duplicate_reference" "$status $(text code <<<"$body")"
ctl mode lookup-lag 60 >/dev/null
book k-33 PK-33
courier GET '/shipments?reference=PK-33'
expect "with a lag a fresh booking is not found" '{"shipments":[]}' "$body"
ctl mode lookup-lag 0 >/dev/null
ctl mode repeat duplicate >/dev/null
book k-34 PK-34
book k-34 PK-34
expect "repeat duplicate books twice" 2 "$(live_of PK-34)"
found=$(ctl check)
expect "and the check fails" 1 $?
expect_has "naming the reference" '"problem":"reference_booked_twice","reference":"PK-34"' "$found"
ctl mode repeat key >/dev/null

# The books outlive the program.
before=$(ctl ledger)
sim_kill
sim_start --port-base 0 --state
expect "after a kill and a restart the books are the same" "$before" "$(ctl ledger)"
book k-2 PK-2
expect "and a key is still known" "200 $lost" "$status $(text awb <<<"$body")"

# A cut in the middle of a line costs that line, and not the one written after it.
sim_kill
printf '{"kind":"booked","awb":"59' >>"$sim/ledger.jsonl"
sim_start --port-base 0 --state
book k-40 PK-40; kept=$(text awb <<<"$body")
sim_kill
sim_start --port-base 0 --state
book k-40 PK-40
expect "what is booked after a line cut short is still known later" "200 $kept" "$status $(text awb <<<"$body")"
done_with "packsim courier"
