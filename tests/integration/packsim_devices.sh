#!/usr/bin/env bash
# Promise: the virtual scale, scanner and printer say what real ones say, byte for byte where a
# capture or a manual's layout exists, and lose, repeat and fall silent the way real ones do.
set -uo pipefail
packsim=$1
. "$(dirname "$0")/packsim_lib.sh"
sim_start --port-base 0

hex() { od -An -v -tx1 | tr -d ' \n'; }
take() { timeout 10 head -c "$1" <&"$2"; }

# --- scale: Toledo continuous, 18 bytes, the sum of all low seven bits is 0 (mod 128) ---
ctl scale rate 50 >/dev/null
ctl put 742g >/dev/null
ctl wait stable 1 >/dev/null
exec 3<>"/dev/tcp/127.0.0.1/$scale"
frame=$(take 18 3 | hex)
# STX; 3 decimals, step 1; kg, gross, stable; digits 000742; tare 000000; CR; checksum
expect "742 g at rest" "022d3020303030373432303030303030" "${frame:0:32}"
sum=0
for ((i = 0; i < 36; i += 2)); do sum=$(((sum + 16#${frame:i:2}) & 127)); done
expect "checksum of 18 bytes" "36 0" "${#frame} $sum"
ctl lift >/dev/null
moving=$(take 360 3 | hex)
expect_has "a plate that moves says motion" "022d3820" "$moving"
ctl scale rest 0 >/dev/null
ctl put 500g >/dev/null
ctl wait stable 1 0 >/dev/null
expect "a scale told to rest at once is at rest" 0 $?
ctl scale rest 700 >/dev/null
ctl put 31kg >/dev/null
ctl wait stable 1 >/dev/null
exec 3>&-
exec 3<>"/dev/tcp/127.0.0.1/$scale"
expect "past capacity: out of range" "022d3420303331303030" "$(take 10 3 | hex)"
exec 3>&-
ctl scale format stgs >/dev/null
ctl lift >/dev/null
ctl put 1.25kg >/dev/null
ctl wait stable 1 >/dev/null
exec 3<>"/dev/tcp/127.0.0.1/$scale"
expect "the ST,GS family" "ST,GS,+  1.250kg" "$(take 16 3)"
exec 3>&-
ctl scale unplug >/dev/null
(exec 3<>"/dev/tcp/127.0.0.1/$scale") 2>/dev/null
expect "an unplugged scale refuses" 1 $?

# --- scanner ---
ctl scan WEB-1001 >/dev/null
expect "a scan that nobody hears is an error" 2 $?
exec 4<>"/dev/tcp/127.0.0.1/$scanner"
ctl wait scanner 1 >/dev/null
ctl scan WEB-1001 >/dev/null
expect "text and CR" "5745422d313030310d" "$(take 9 4 | hex)"
ctl scanner aim ']C1' >/dev/null
ctl scan 'A\x1dB' >/dev/null
expect "AIM identifier, and GS inside" "5d4331411d420d" "$(take 7 4 | hex)"
ctl scanner aim off >/dev/null
ctl scanner long 4096 >/dev/null
long=$(take 4097 4)
expect "a code of 4 kB and its CR" "LONG-0 4097 0d" "${long:0:6} ${#long} $(printf %s "${long:4096}" | hex)"
ctl scanner second A-1 >/dev/null
expect "a second scanner that nobody hears" 2 $?
exec 6<>"/dev/tcp/127.0.0.1/$scanner2"
until ctl scanner both ONE-1 TWO-22 >/dev/null; do :; done
expect "two at the same moment, each on its own line" "$(printf 'ONE-1\rTWO-22\r' | hex)" "$(take 6 4 | hex)$(take 7 6 | hex)"
exec 4>&- 6>&-

# --- printer: status as captured or laid out (sources beside each) ---
exec 5<>"/dev/tcp/127.0.0.1/$printer"
# Replies of a V61.17.17Z desktop printer, from a public Browser-Print stand-in: ready, 1558 dots.
ready_status=023033302c302c302c313535382c3030302c302c302c302c3030302c302c302c30030d0a023030302c302c302c302c302c322c342c302c30303030303030302c312c303030030d0a02313233342c30030d0a
printf '^XA^LL1558^XZ~HS' >&5
expect "~HS of a ready printer" "$ready_status" "$(take $((${#ready_status} / 2)) 5 | hex)"
printf '~HI' >&5
answer=$(take 35 5 | tr -d '\002\003\r\n')
expect "~HI: model, firmware, dots per mm, memory" "PACKSIM-203dpi,V1.0.0Z,8,8192KB" "$answer"
# Real reply of a TVSE LP 46 Dlite, V56.17.9Z, over BLE: no error, no warning.
fine=020d0a0d0a20205052494e544552205354415455532020202020202020202020202020202020202020202020200d0a2020204552524f52533a2020202020202020203020303030303030303020303030303030303020200d0a2020205741524e494e47533a202020202020203020303030303030303020303030303030303020200d0a03
printf '~HQES' >&5
expect "~HQES without an error" "$fine" "$(take $((${#fine} / 2)) 5 | hex)"
# Layout of the ZPL II Programming Guide: paper out with one label to print; head open likewise.
ctl printer speed 12 >/dev/null
ctl printer pause >/dev/null
printf '^XA^LL1245^FO10,10^GB50,50,2^FS^XZ' >&5
ctl printer resume >/dev/null
ctl printer paper-out >/dev/null
printf '~HS' >&5
expect_has "paper out, one label left" "2c3030303030303031" "$(take 82 5 | hex)"
ctl printer paper-in >/dev/null
ctl wait labels 1 >/dev/null
expect_has "it is printed when there is paper" '"percent":100' "$(ctl labels)"

# The duplicate trap: paper ends at the last line, the printer prints the label again.
label='^XA^PR12^LL400^BY3^BCN,100,N,N,N,A^FDSBX1^FS^PQ1,0,0,N^XZ'
ctl printer paper-out 100 >/dev/null
printf '%s' "$label" >&5
ctl wait labels 2 >/dev/null
ctl printer paper-in >/dev/null
ctl wait labels 3 >/dev/null
expect "with ^JZY the same label comes out twice" 2 "$(ctl labels | grep -c '"percent":100.*"codes":\["SBX1"\]')"
expect_has "the second marked as a repeat" '"again":true' "$(ctl labels | tail -n 1)"
expect "the file is the job" "$label" "$(cat "$sim/labels/0003.zpl")"

# ^JZN: the rest is lost instead.
ctl printer paper-out 40 >/dev/null
printf '^XA^JZN^XZ%s' "${label//SBX1/SBX2}" >&5
while ! ctl labels | grep -q '"percent":40'; do :; done
ctl printer paper-in >/dev/null
printf '%s' "${label//SBX1/SBX3}" >&5
ctl wait labels 4 >/dev/null
expect "with ^JZN the broken label is gone, the next one comes" '["SBX3"]' "$(ctl labels | tail -n 1 | grep -o '\[.*\]')"
expect_has "and is counted as lost" '"lost":1' "$(ctl status)"

# A job cut in the middle stays in the printer and eats the next one's beginning.
ctl printer disconnect-at 20 >/dev/null
printf '%s' "$label" >&5 2>/dev/null
timeout 5 cat <&5 >/dev/null
exec 5>&-
expect_has "a partial format is kept" '"partial":true' "$(ctl status)"
exec 5<>"/dev/tcp/127.0.0.1/$printer"
printf '~JX' >&5
printf '~HS' >&5
take 82 5 >/dev/null
expect_has "~JX drops it" '"partial":false' "$(ctl status)"

# Power: what was buffered is gone, the setting is back at its default.
ctl printer pause >/dev/null
printf '%s%s~HS' "$label" "$label" >&5
take 82 5 >/dev/null
ctl printer power-cycle 50 >/dev/null
exec 5>&-
until exec 5<>"/dev/tcp/127.0.0.1/$printer"; do :; done 2>/dev/null
expect_has "power off and on: the queue is lost, ^JZY is back" '"reprint":true,"queued":0' "$(ctl status)"
ctl printer silent on >/dev/null
printf '~HS' >&5
expect "a silent printer" "" "$(timeout 0.5 head -c 1 <&5 | hex)"
done_with "packsim devices"
