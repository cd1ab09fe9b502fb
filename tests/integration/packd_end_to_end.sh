#!/usr/bin/env bash
# Promise: a parcel goes from scan to closed with the real daemon, real TLS and real sockets: the
# weight that the scale showed is booked, one label with that AWB comes out, and the order system is
# told, in order. What a person sees and asks on the way is the stable surface of packctl and page.
set -uo pipefail
packd=$1 packctl=$2 packsim=$3 packtool=$4
. "$(dirname "$0")/packd_lib.sh"
world_start
packd_start

state_is idle
empty_plate # a weight counts only from a plate that packd has seen empty
expect_has "an idle station says what to do" '"text":"Ready for the next parcel. Scan the order."' "$screen"
ctl scan WEB-1003 >/dev/null
state_is weighing
expect_has "the order is shown" '"order_no":"WEB-1003"' "$screen"
ctl put 742g >/dev/null
state_is idle 20
expect_has "what was done is shown" '"result":"closed"' "$screen"
expect_has "with the weight of the scale" '"mass_g":"742.000"' "$screen"
expect_has "the courier was told that weight" '"mass_g":742' "$(ctl ledger)"
one_of_everything WEB-1003

# The second parcel waits until the plate was empty.
ctl scan WEB-1004 >/dev/null
message_is not_emptied
empty_plate
ctl put 1250g >/dev/null
state_is idle 20
one_of_everything WEB-1004

# Cash on delivery.
empty_plate
ctl scan WEB-1006 >/dev/null
state_is weighing
ctl put 300g >/dev/null
state_is idle 20
one_of_everything WEB-1006
expect_has "cash is collected" '"cod":true' "$(ctl ledger | grep WEB-1006)"
all_is_well

# An order that is packed already is not packed again.
empty_plate
ctl scan WEB-1003 >/dev/null
until_has already_packed 10 ask screen
ask press give_up >/dev/null
state_is idle
expect "and not booked again" 1 "$(live_bookings WEB-1003)"

# packctl: one JSON object a line.
status=$(ask status)
until_status '"waiting":0'
for member in version uptime_ms station state network events epoch journal_seq wakeups tickets_late \
    resident_kib flushes step published; do
    expect_has "status has $member" "\"$member\":" "$status"
done
expect "three devices, a line each" 3 "$(ask devices | grep -c '"state":"ready"')"
expect "facts, oldest first" '{"seq":3,' "$(ask journal --after 2 --limit 1 | cut -c1-9)"
expect "a page of facts is as long as asked" 2 "$(ask journal --limit 2 | wc -l)"
ask press nonsense
expect "a press that does not exist: no" 1 $?
"$packctl" nonsense 2>/dev/null
expect "a command that does not exist: usage" 2 $?

# The page: the same document, presses, and nothing for strangers.
page=http://127.0.0.1:$web
expect_has "the page is served" "<!doctype html>" "$(curl -s "$page/")"
expect "the page's document is what packctl shows" "$(ask screen | sed 's/,"text":.*//')" \
    "$(curl -s "$page/state" | sed 's/}$//')"
press() { curl -s -o "$work/body" -w '%{http_code}' -H "Origin: $1" --data "$2" "$page/press"; }
expect "training mode scans by the page" 204 "$(press "$page" '{"press":"scan","text":"WEB-1005"}')"
state_is weighing
expect "a press is taken" 204 "$(press "$page" '{"press":"give_up"}')"
state_is idle
expect "what is no press is not taken" 409 "$(press "$page" '{"press":"jump"}')"
expect "another page may not press" 403 "$(press http://evil.example '{"press":"give_up"}')"

# What was kept is private, whole, and without names and addresses.
packd_stop
expect "the data folder is ours alone" 700 "$(stat -c %a "$packd_data")"
expect "its files too" 600 "$(stat -c %a "$packd_data"/* | sort -u)"
expect_has "the journal is sound" '"gaps":0,"ok":true}' "$("$packtool" journal check "$packd_data/journal.db")"
facts=$("$packtool" journal export "$packd_data/journal.db")
expect "every fact is a line" "$(number journal_seq <<<"$status")" "$(wc -l <<<"$facts")"
names=$(ctl orders >/dev/null; grep -ho '"name":"[^"]*"' "$sim/ledger.jsonl" | text name)
for text in "$names" "$(<"$sim/courier-token")" "$(<"$sim/token")"; do
    expect "not in facts, log or flight recorder" 0 \
        "$(cat "$packd_log" "$packd_data/flight.log" <(echo "$facts") | grep -cF -- "$text")"
done
done_with "packd, from scan to closed"
