#!/usr/bin/env bash
# Promise: the sandbox order system passes the acceptance list that every order system of our
# contract must pass: what was reported once stays once, in order, without gaps.
set -uo pipefail
packsim=$1
. "$(dirname "$0")/packsim_lib.sh"
sim_start --port-base 0

event() { # SEQ TYPE SHIPMENT [MORE]
    printf '{"seq":%s,"id":"ev-%s","type":"%s","at":"2026-02-03T09:31:02.120Z","time_ok":true,"shipment_id":"%s","package_no":1%s}' \
        "$1" "$1" "$2" "$3" "${4:+,$4}"
}
report() { # EPOCH KEY EVENT...
    local epoch=$1 key=$2 IFS=,
    shift 2
    oms POST /events -H "Idempotency-Key: $key" --data-binary "{\"station\":\"bay-1\",\"epoch\":\"$epoch\",\"events\":[$*]}"
}
order_line() { ctl orders | grep "\"order_no\":\"$1\""; }

oms GET /ping
expect_has "ping names the station of the token" '"station":"bay-1"' "$body"

# 1. Two equal posts leave one effect.
packed=$(event 1 packed SH-1001 '"weight_g":742')
report e1 bay-1/e1/1-1 "$packed"
expect_has "a first event is applied" '"acked_seq":1,"results":[{"seq":1,"result":"applied"}]' "$body"
answer=$body
report e1 bay-1/e1/1-1 "$packed"
expect "the same key and body gets the stored answer" "$answer" "$body"
report e1 another-key "$packed"
expect_has "the same event under another key is a duplicate" '"acked_seq":1,"results":[{"seq":1,"result":"duplicate"}]' "$body"
expect_has "one effect" '"rev":2,"status":"packed"' "$(order_line WEB-1001)"

# 2. A killed connection after the commit, then a repeat, and the program killed in between.
ctl fault oms events drop-after >/dev/null
booked=$(event 2 booked SH-1001 '"awb":"1490812345678","carrier":"delhivery","status":"booked"')
report e1 bay-1/e1/2-2 "$booked"
expect_cut "no answer"
sim_kill
sim_start --port-base 0 --state
oms GET '/events/state?station=bay-1'
expect "what was committed is still acked" '{"station":"bay-1","epoch":"e1","acked_seq":2}' "$body"
report e1 bay-1/e1/2-2 "$booked"
expect_has "the repeat is a duplicate" '{"seq":2,"result":"duplicate"}' "$body"

# 3. A gap is refused with the right acked_seq; what stands before it is taken.
report e1 k3 "$(event 4 label_printed SH-1001)"
expect "a gap" "409 gap 2" "$status $(text code <<<"$body") $(number acked_seq <<<"$body")"
report e1 k4 "$(event 3 label_printed SH-1001)" "$(event 5 scan SH-1001)"
expect "a gap in the middle acks up to it" "409 gap 3" "$status $(text code <<<"$body") $(number acked_seq <<<"$body")"
report e1 k5 "$(event 3 label_printed SH-1002)"
expect "the same seq with other content" "422 seq_reused" "$status $(text code <<<"$body")"
oms GET '/events/state?station=bay-1'
expect "changes nothing" 3 "$(number acked_seq <<<"$body")"

# 4. A cancelled order shows up in the feed.
oms GET '/orders?limit=500'
cursor=$(text cursor <<<"$body")
expect_has "on hold is said" '"id":"SH-1011","rev":"1","order_no":"WEB-1011","scan_keys":[{"kind":"order","value":"WEB-1011"},{"kind":"shipment","value":"SH-1011"}],"status":"on_hold","hold":true' "$body"
expect "from the beginning means open shipments: not the cancelled one" "" "$(grep -o 'WEB-1012' <<<"$body")"
oms GET "/orders?cursor=$cursor" -H "If-None-Match: \"$cursor\""
expect "nothing new" 304 "$status"
ctl order cancel WEB-1002 >/dev/null
oms GET "/orders?cursor=$cursor" -H "If-None-Match: \"$cursor\""
expect_has "the cancelled order, alone" '{"items":[{"op":"upsert","shipment":{"id":"SH-1002","rev":"2"' "$body"
expect_has "as cancelled" '"status":"cancelled"' "$body"
cursor=$(text cursor <<<"$body")
ctl order delete WEB-1020 >/dev/null
oms GET "/orders?cursor=$cursor"
expect_has "a deleted one is a tombstone" '{"items":[{"op":"delete","id":"SH-1020","rev":"2"}]' "$body"

# 5. A packed event for a cancelled shipment is a conflict, and the ack moves on.
report e1 k6 "$(event 4 packed SH-1002 '"weight_g":500')" "$(event 5 scan SH-1001)"
expect_has "conflict, then applied" '"acked_seq":5,"results":[{"seq":4,"result":"conflict","code":"order_cancelled"},{"seq":5,"result":"applied"}]' "$body"
report e1 k7 "$(event 6 packed SH-NOWHERE '"weight_g":5')"
expect_has "an unknown shipment is rejected, and acked" '"acked_seq":6,"results":[{"seq":6,"result":"rejected","code":"unknown_shipment"}]' "$body"
report e1 k8 "$(event 7 booked SH-1001 '"awb":"1490812345679","carrier":"delhivery"')"
expect_has "a second AWB is a conflict" '"result":"conflict","code":"awb_differs"' "$body"
found=$(ctl check)
expect "and the check fails" 1 $?
expect_has "saying why" '"problem":"two_awbs_reported","order_no":"WEB-1001"' "$found"
report e1 k9 "$(event 8 void SH-1001 '"awb":"1490812345679"')"

# 6. Look-up finds exactly the right ones.
scan_finds() { # TEXT ORDERS
    oms GET '/lookup' -G --data-urlencode "scan=$1"
    expect "look-up of \"$1\"" "$2" "$(grep -o '"order_no":"[^"]*"' <<<"$body" | grep -o 'WEB-[0-9]*' | paste -sd ' ')"
}
scan_finds '#1001' WEB-1001
scan_finds '000123' WEB-1002
scan_finds 'SP/26-27/1' WEB-1003
scan_finds 'TOTE 7 BLUE' WEB-1004
scan_finds 'PICK-1' 'WEB-1001 WEB-1002'
scan_finds 'web-1001' ''
scan_finds 'WEB-100' ''
oms GET /shipments/SH%2F1014%231
expect_has "an id with / and # in the path" '"id":"SH/1014#1"' "$body"
oms GET /shipments -G --data-urlencode 'id=SH/1014#1'
expect_has "and as a query" '"id":"SH/1014#1"' "$body"

# 7. 500 changes at once are all seen.
oms GET '/orders?limit=500'
cursor=$(text cursor <<<"$body")
ctl order bulk 500 >/dev/null
more=true seen=0 pages=0
while [ "$more" = true ] && [ "$pages" -lt 100 ]; do
    oms GET "/orders?cursor=$cursor&limit=37"
    cursor=$(text cursor <<<"$body")
    more=$(grep -o '"more":[a-z]*' <<<"$body" | cut -d: -f2)
    seen=$((seen + $(grep -o '"op":"upsert"' <<<"$body" | wc -l)))
    pages=$((pages + 1))
done
expect "all 500, in pages of 37" "500 14" "$seen $pages"
ctl cursors-expire >/dev/null
oms GET "/orders?cursor=$cursor"
expect "a cursor that is gone" "410 cursor_gone" "$status $(text code <<<"$body")"

# 8. Tokens.
request "https://localhost:$oms/packd/v1" "Bearer nobody" GET /ping
expect "a wrong token" "401 unknown_token" "$status $(text code <<<"$body")"
request "https://localhost:$oms/packd/v1" "Bearer $(<"$sim/token-elsewhere")" GET /ping
expect "a token of another site" "403 wrong_site" "$status $(text code <<<"$body")"
oms POST /events --data-binary '{"station":"bay-2","epoch":"e1","events":[{"seq":1,"type":"scan"}]}'
expect "a token of another station" "403 wrong_station" "$status $(text code <<<"$body")"

# 9. Weight, AWB and courier arrive with the same digits.
expect_has "as reported" '"packages":[{"stage":"label_printed","weight_g":742,"carrier":"delhivery","awbs":["1490812345678"]' "$(order_line WEB-1001)"

# 10. A new epoch starts at 1 and leaves the old one's events alone.
report e2 k10 "$(event 5 scan SH-1003)"
expect "a new epoch that does not start at 1 is a gap" "409 gap 0" "$status $(text code <<<"$body") $(number acked_seq <<<"$body")"
report e2 k11 "$(event 1 packed SH-1003 '"weight_g":1310')"
expect_has "starts at 1" '"epoch":"e2","acked_seq":1' "$body"
report e1 k12 "$packed"
expect_has "the old epoch still knows its events" '{"seq":1,"result":"duplicate"}' "$body"
oms GET '/events/state?station=bay-1'
expect_has "the new one is the present one" '"epoch":"e2","acked_seq":1' "$body"

# Claims and labels.
oms POST /shipments/SH-1004/claim --data-binary '{"station":"bay-1","ttl_s":600}'
expect "a claim" 200 "$status"
request "https://localhost:$oms/packd/v1" "Bearer $(<"$sim/token-bay-2")" POST /shipments/SH-1004/claim --data-binary '{"ttl_s":600}'
expect "held by another" "409 claimed_by_other" "$status $(text code <<<"$body")"
oms PUT /shipments/SH-1004/label -H 'Content-Type: text/x-zpl' --data-binary '^XA^XZ'
expect "a label" 201 "$status"
oms PUT /shipments/SH-1004/label -H 'Content-Type: text/x-zpl' --data-binary '^XA^XZ'
expect "the same bytes again" 204 "$status"
done_with "packsim oms"
