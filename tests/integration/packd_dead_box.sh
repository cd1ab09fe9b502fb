#!/usr/bin/env bash
# Promise: AWB numbers on a box that is dead are read from its disk without changing it, and another box
# packs with them; those that were given out are not among them.
set -uo pipefail
packd=$1 packctl=$2 packsim=$3 packtool=$4
. "$(dirname "$0")/packd_lib.sh"
world_start
sed -i 's/^settle_ms = 2500$/&\npool_low = 3\npool_level = 5/' "$work/packd.conf"
numbers_here() { ask backlog | grep -o '"pool":[0-9]*' | grep -o '[0-9]*$'; }

packd_start
until_has '"pool":' 20 ask backlog
end=$((SECONDS + 20))
until [ "$(numbers_here)" -ge 3 ] || [ $SECONDS -ge $end ]; do sleep 0.1; done
start_parcel WEB-1001 500g
state_is idle 20
used=$(awb_of WEB-1001)
until_has '"status":"label_printed"' 20 order_line WEB-1001
packd_cut

# The dead box's disk in another box.
mv "$packd_data" "$work/dead"
before=$(cat "$work"/dead/journal.db* | sha256sum)
numbers=$("$packtool" journal numbers "$work/dead/journal.db" sandbox)
expect "reading changes nothing" "$before" "$(cat "$work"/dead/journal.db* | sha256sum)"
expect "there are numbers" yes "$([ "$(wc -l <<<"$numbers")" -ge 3 ] && echo yes)"
expect "but not the one that was given out" 0 "$(grep -c "$used" <<<"$numbers")"
"$packtool" journal numbers "$work/dead/journal.db" nobody >"$work/none" 2>"$work/why"
expect "of a courier it does not know" 1 $?
expect_has "a sentence" 'no numbers of nobody' "$(<"$work/why")"

packd_start
end=$((SECONDS + 20))
until [ "$(numbers_here)" -ge 3 ] || [ $SECONDS -ge $end ]; do sleep 0.1; done
had=$(numbers_here)
taken=$(head -n 3 <<<"$numbers")
# shellcheck disable=SC2086
ask pool add sandbox $taken >/dev/null
end=$((SECONDS + 10))
until [ "$(numbers_here)" = $((had + 3)) ] || [ $SECONDS -ge $end ]; do sleep 0.1; done
expect "they lie here now" $((had + 3)) "$(numbers_here)"
packd_stop
