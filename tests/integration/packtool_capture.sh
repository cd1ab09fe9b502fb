#!/usr/bin/env bash
# Promise: `packtool capture` records what a device says with its times, the file is good however the
# recording ends, and what it wrote is decoded, masked and replayed as a test without an edit.
set -uo pipefail
packsim=$1 packtool=$2 replay=$3
. "$(dirname "$0")/packsim_lib.sh"
sim_start --port-base 0
ctl scale rate 50 >/dev/null
ctl put 742g >/dev/null
ctl wait stable 1 >/dev/null

capture() { "$packtool" capture "$@" 2>"$work/capture.errors"; }
until_there() { # WHAT FILE: at most ten seconds
    local end=$((SECONDS + 10))
    until grep -q -- "$1" "$2" 2>/dev/null; do
        [ $SECONDS -lt $end ] || { expect "there is at last: $1" found "nothing in $2"; exit 1; }
        sleep 0.02
    done
}

# --- a scale, for a second ---
said=$(capture "tcp:127.0.0.1:$scale" --driver toledo-continuous --seconds 1 --out "$work/scale.cap")
expect "it ends well at its time" 0 $?
expect_has "and says so" '"end":"its time is over"' "$said"
expect_has "a warning about what may be in it" "order number" "$(<"$work/capture.errors")"
expect_has "the kind" "# kind: scale" "$(<"$work/scale.cap")"
frames=$(($(number bytes <<<"$said") / 18)) # a line of it is a read, which may hold two
expect "frames with times" yes "$([ "$(grep -c '^+[0-9]*\.[0-9]* < 02 2d 30 20' "$work/scale.cap")" -ge 10 ] && echo yes)"
decoded=$("$packtool" decode scale "$work/scale.cap")
expect "every frame is decoded" "$frames" "$(grep -c '^{"at_ms":[0-9]*,"driver":"toledo-continuous","mass_mg":742000,' <<<"$decoded")"
expect "however it is cut" "$decoded" "$("$packtool" decode scale --chunk 1 "$work/scale.cap")"
expect "and by whom is found" "$decoded" "$("$packtool" decode scale --auto "$work/scale.cap")"
capture "tcp:127.0.0.1:$scale" --seconds 1 --out "$work/scale.cap" >/dev/null
expect "a recording is never written over" 1 $?

# --- dropped beside its expectation, it is a test ---
"$replay" "$work/scale.cap" >/dev/null 2>&1
expect "a capture without an expectation is no test" 1 $?
for ((i = 0; i < frames; i++)); do echo "reading 0.742 kg 742000 mg stable usable"; done >"$work/scale.expect"
"$replay" "$work/scale.cap" >/dev/null 2>&1
expect "what the plate carried is what the capture gives" 0 $?
expect "--expect writes that form" "$(<"$work/scale.expect")" "$("$packtool" decode scale "$work/scale.cap" --expect)"
sed -i '$s/742/743/g' "$work/scale.expect"
"$replay" "$work/scale.cap" >/dev/null 2>&1
expect "another weight breaks it" 1 $?

# --- killed while it records: the file is good ---
"$packtool" capture "tcp:127.0.0.1:$scale" --driver toledo-continuous --out "$work/killed.cap" 2>/dev/null &
until_there '^+.* <' "$work/killed.cap"
kill -9 $!
wait $! 2>/dev/null
"$packtool" decode scale "$work/killed.cap" >"$work/killed.json"
expect "after SIGKILL it is read" 0 $?
expect_has "and has the weight" '"mass_mg":742000' "$(<"$work/killed.json")"
head -c -9 "$work/scale.cap" | sed '$d' >"$work/cut.cap"
printf '+99999.000 < 02 2' >>"$work/cut.cap"
expect "half a last line is left out" "$frames" "$("$packtool" decode scale "$work/cut.cap" 2>/dev/null | wc -l)"
printf '+99999.000 < 02 2\n' >>"$work/cut.cap"
"$packtool" decode scale "$work/cut.cap" >/dev/null 2>&1
expect "a line that is none is an error" 1 $?

# --- ended by Ctrl-C; a scanner's texts masked; a code that breaks off ---
"$packtool" capture "tcp:127.0.0.1:$scanner" --driver line --no-text --show --out "$work/scan.cap" \
    >"$work/shown" 2>/dev/null &
ctl wait scanner 1 >/dev/null
ctl scanner aim ']C1' >/dev/null
ctl scan WEB-1001 >/dev/null
ctl scanner partial HALF >/dev/null
until_there '5d 43 31 41 41 41 41$' "$work/scan.cap"
kill -INT $!
wait $!
expect "Ctrl-C ends it well" 0 $?
expect_has "and says so at the end" "# end: a person ended it" "$(tail -n 1 "$work/scan.cap")"
expect_has "letters and digits are masked, the kind of code is not" "5d 43 31 41 41 41 2d 30 30 30 30 0d" "$(<"$work/scan.cap")"
expect_has "people see it as text" "]C1AAA-0000." "$(<"$work/shown")"
expect_has "the half code is known to have broken off" '"broke_off_after_bytes":7' "$("$packtool" decode scanner "$work/scan.cap")"

# --- a printer that is asked ---
capture "tcp:127.0.0.1:$printer" --driver zpl --ask --send '7e 48 49' --seconds 1 --out "$work/printer.cap" >/dev/null
expect_has "what was sent is in it" "> 7e 48 53" "$(<"$work/printer.cap")"
expect_has "and what it answered" '"ready":true' "$("$packtool" decode printer "$work/printer.cap")"
expect_has "anything may be sent" "50 41 43 4b 53 49 4d" "$(<"$work/printer.cap")"

# --- what does not work is said ---
"$packtool" capture "tcp:127.0.0.1:$scale" --driver toledo-continuous --out "$work/gone.cap" >/dev/null 2>&1 &
until_there '^+.* <' "$work/gone.cap"
ctl scale unplug >/dev/null
wait $!
expect "a device that goes ends the recording, and not well" 1 $?
expect_has "which says so" "# end: the other side has ended the connection" "$(tail -n 1 "$work/gone.cap")"
capture "tcp:127.0.0.1:$scale" --out "$work/none.cap" >/dev/null
expect "nobody there" 1 $?
expect "no file is left of it" "" "$(ls "$work/none.cap" 2>/dev/null)"
capture "tcp:127.0.0.1:$scale" --send zz >/dev/null
expect "no hex" 2 $?
capture "tcp:127.0.0.1:$scale" --driver toledo-continuous --no-text >/dev/null
expect "a weight cannot be masked" 2 $?
done_with "packtool capture"
