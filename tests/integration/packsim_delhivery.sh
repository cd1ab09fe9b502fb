#!/usr/bin/env bash
# Promise: the imitation of Delhivery has its traps: refusals with 200, a waybill on a refusal, a
# second booking for changed fields. Shapes: Delhivery's documents and recorded answers.
set -uo pipefail
packsim=$1
. "$(dirname "$0")/packsim_lib.sh"
sim_start --port-base 0

create() { # ORDER NAME [WAYBILL] [PINCODE]
    local data="{\"shipments\":[{\"name\":\"$2\",\"add\":\"14 Temple Rd\",\"pin\":\"${4:-560003}\",\"phone\":\"9800000001\",\"order\":\"$1\",\"payment_mode\":\"COD\",\"cod_amount\":1499.0,\"total_amount\":1499.0,\"weight\":742,\"shipment_length\":30,\"shipment_width\":20,\"shipment_height\":12${3:+,\"waybill\":\"$3\"}}],\"pickup_location\":{\"name\":\"BLR-WH-1\"}}"
    delhivery POST /api/cmu/create.json --data-urlencode format=json --data-urlencode "data=$data"
}

delhivery GET '/c/api/pin-codes/json/?filter_codes=194103'
expect_has "numbers and Y/N as there" '"pin":194103,"max_amount":0.0,"pre_paid":"Y"' "$body"
expect_has "a remote area without cash" '"cod":"N","is_oda":"Y"' "$body"
delhivery GET '/c/api/pin-codes/json/?filter_codes=799999'
expect "not served is an empty list" '{"delivery_codes":[]}' "$body"
delhivery GET '/c/api/pin-codes/json/?filter_codes=781001'
expect_has "an embargo is a remark" '"remarks":"Embargo"' "$body"
delhivery GET '/waybill/api/bulk/json/?count=3'
read -r one two three <<<"$(tr -d '"' <<<"$body" | tr ',' ' ')"
expect "three waybills of fourteen digits" "14 14 14" "${#one} ${#two} ${#three}"

create PK-1 'Asha R' "$one"
expect_has "booked under our number" "\"waybill\":\"$one\",\"cod_amount\":1499.00,\"payment\":\"COD\",\"serviceable\":true,\"refnum\":\"PK-1\"" "$body"
expect_has "with success" '"success":true' "$body"
create PK-1 'Asha R' "$one"
expect_has "the same again is refused with 200" "200 " "$status $body"
expect_has "in these words" "exception 'Duplicate order id'. Package might have been partially saved." "$body"
expect "one live booking" 1 "$(live_of PK-1)"
create PK-2 'Asha R' "$one"
expect_has "a used waybill" "Unable to consume waybill $one" "$body"
create PK-3 'Asha R'
create PK-3 'Asha R'
expect_has "a refusal with a waybill in it" '"status":"Fail"' "$body"
expect "and the number is not empty" yes "$([ -n "$(text waybill <<<"$body")" ] && echo yes)"
create PK-3 'Asha Rao'
expect "changed fields book a second time" 2 "$(live_of PK-3)"
create PK-4 'Asha R' '' 799999
expect_has "not served, in these words" "exception '799999 is non serviceable pincode'" "$body"
ctl mode warehouse unknown >/dev/null
create PK-5 'Asha R'
expect_has "an unregistered warehouse" '"rmk":"ClientWarehouse matching query does not exist.","packages":[]' "$body"
ctl mode warehouse good >/dev/null
ctl mode funds empty >/dev/null
create PK-6 'Asha R'
expect_has "no money" "insufficient balance" "$body"
ctl mode funds good >/dev/null
delhivery POST /api/cmu/create.json --data-binary 'format=json&data={"shipments":[{"name":"A & B"}]}'
expect_has "an unescaped & ends the data" "Unterminated string" "$body"
delhivery POST /api/cmu/create.json --data-binary 'data={}'
expect_has "the literal body" "format key missing in the post" "$body"

delhivery GET '/api/v1/packages/json/?ref_ids=PK-1'
expect_has "tracked by reference" "\"AWB\":\"$one\",\"ReferenceNo\":\"PK-1\"" "$body"
delhivery GET '/api/v1/packages/json/?ref_ids=PK-404'
expect_has "not found, in these words" "No such waybill or order ID found" "$body"
delhivery POST /api/p/edit --data-binary "{\"waybill\":\"$one\",\"weight\":\"750.0 gm\"}"
expect "the weight is changed" "{\"status\":true,\"waybill\":\"$one\",\"order_id\":\"PK-1\"}" "$body"
expect_has "in the books" '"mass_g":750' "$(ctl ledger | grep '"reference":"PK-1"')"
delhivery GET "/api/p/packing_slip?wbns=$one&pdf=True&pdf_size=4R"
link=$(text pdf_download_link <<<"$body")
curl -sS --cacert "$sim/ca.pem" "$link" >"$work/label.pdf"
expect "the link leads to a PDF" "%PDF-1.4" "$(head -c 8 "$work/label.pdf")"
delhivery POST /api/p/edit --data-binary "{\"waybill\":\"$one\",\"cancellation\":\"true\"}"
expect "cancelled" 0 "$(live_of PK-1)"
delhivery GET "/api/v1/packages/json/?waybill=$one"
expect_has "which the status does not say" '"Status":"Manifested","StatusType":"UD"' "$body"
request "https://localhost:$courier" "Token wrong" GET '/api/v1/packages/json/?waybill=1'
expect "a wrong token" '401 {"detail":"Authentication credentials were not provided."}' "$status $body"
done_with "packsim delhivery"
