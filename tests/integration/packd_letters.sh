#!/usr/bin/env bash
# Promise: an event that the order system will not take waits for a person and holds up nothing; it goes
# out again when the order system has been put right, or is dropped with a name.
set -uo pipefail
packd=$1 packctl=$2 packsim=$3
. "$(dirname "$0")/packd_lib.sh"
world_start
packd_start

claim() { # ORDER SECONDS: another bench says that the order is its own
    local id
    id=$(order_line "$1" | text id)
    request "https://localhost:$oms/packd/v1" "Bearer $(<"$sim/token-bay-2")" \
        POST "/shipments/$id/claim" --data-binary "{\"ttl_s\":$2}"
    expect "$1 is claimed" 200 "$status"
}
letter_number() { ask letters | head -n 1 | grep -o '"number":[0-9]*' | grep -o '[0-9]*'; }

claim WEB-1001 8
start_parcel WEB-1001 500g
state_is idle 20
until_has '"claimed_by_other"' 20 ask letters
first=$(letter_number)
until_screen '"letters":{"count":' 10

# The parcels after it are told as ever.
empty_plate
start_parcel WEB-1002 500g
state_is idle 20
one_of_everything WEB-1002

# It outlives the power.
packd_cut
packd_start
expect "the letter is still there" "$first" "$(letter_number)"

# The order system has been put right: again, each of them.
until_has '"claimed_by":""' 20 order_line WEB-1001
while number=$(letter_number) && [ -n "$number" ]; do
    expect_has "it goes out again" '"taken":true' "$(ask letter again "$number")"
    until_has "\"event_again\"" 10 ask journal --after 0 --limit 500
    sleep 0.2
    [ "$(letter_number)" != "$number" ] || exit 1
done
one_of_everything WEB-1001

# Dropped, with a name.
empty_plate
claim WEB-1003 600
start_parcel WEB-1003 500g
state_is idle 20
until_has '"claimed_by_other"' 20 ask letters
number=$(letter_number)
ask letter drop "$number" "Lead of shift 2" >/dev/null
until_has '"event_dropped"' 10 ask journal --after 0 --limit 500
expect_has "with the name" 'Lead of shift 2' "$(ask journal --after 0 --limit 500 | grep event_dropped)"
packd_stop
