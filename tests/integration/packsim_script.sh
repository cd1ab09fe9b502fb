#!/usr/bin/env bash
# Promise: a script moves the world by the clock and by what has happened, each line once; a script
# that makes no sense is refused at the start.
set -uo pipefail
packsim=$1
. "$(dirname "$0")/packsim_lib.sh"
cat >"$work/script" <<'END'
# the packer's morning
+0ms put 500g
+10ms order cancel WEB-1001
bookings=1 fault courier book drop-after
bookings=2 certificate expired
END
sim_start --port-base 0 --script "$work/script"
book k-1 PK-1
expect "the first booking goes well" 201 "$status"
until ctl faults | grep -q drop-after; do :; done
book k-2 PK-2
expect_cut "after it the second loses its answer"
ctl wait stable 1 >/dev/null
expect_has "the parcel is on the plate" '"mass_g":500,"stable":true' "$(ctl status)"
expect_has "the order is cancelled" '"order_no":"WEB-1001","rev":2,"status":"cancelled"' "$(ctl orders | head -n 1)"
ended=0
until [ "$ended" = 60 ]; do courier GET '/track?awb=x'; done
expect "and at last the certificate is a wrong one" 60 "$ended"
echo '+soon lift' >"$work/script"
"$packsim" --dir "$work/other" --port-base 0 --script "$work/script" >/dev/null 2>"$work/refused"
expect "a line that makes no sense" 1 $?
expect_has "is named" "script:1:" "$(<"$work/refused")"
done_with "packsim script"
