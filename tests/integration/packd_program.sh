#!/usr/bin/env bash
# Promise: packd says what is wrong with settings and data, by file and line, before it does anything;
# while it runs, wrong settings change nothing and right ones are taken over between parcels.
set -uo pipefail
packd=$1 packctl=$2 packsim=$3 packtool=$4
. "$(dirname "$0")/packd_lib.sh"
world_start
config=$work/packd.conf
devices_ready() { ask devices | grep -c '"state":"ready"'; }
says() { grep -c -- "$1" "$packd_log"; }

"$packd" --nonsense 2>/dev/null
expect "an option that does not exist: usage" 2 $?
expect_has "a version" "packd 0." "$("$packd" --version)"
"$packd" --config "$config" --check-config
expect "good settings" 0 $?
sed 's/^poll_ms.*/poll_ms = soon/; s/^station/staton/' "$config" >"$work/bad.conf"
"$packd" --config "$work/bad.conf" --check-config 2>"$work/complaints"
expect "bad settings" 1 $?
line=$(grep -n '^poll_ms' "$work/bad.conf" | cut -d: -f1)
expect_has "named by file and line" "$work/bad.conf:$line: " "$(<"$work/complaints")"
"$packd" --config "$work/bad.conf" 2>/dev/null
expect "bad settings do not run" 1 $?
expect "and leave nothing behind" "" "$(ls "$packd_data" 2>/dev/null)"
"$packd" --config "$work/none.conf" --check-config 2>/dev/null
expect "settings that are asked for must be there" 1 $?
"$packd" --training --check-config
expect "without settings: training" 0 $?

# Scales that files describe.
sed 's/^stable_for_ms/driver = kern-fkb\n&/' "$config" >"$work/kern.conf"
"$packd" --config "$work/kern.conf" --check-config
expect "settings may name a profile that we ship" 0 $?
mkdir "$work/scales"
printf '[scale]\nname = ours\ntitle = Ours\nline = 9600\nlike = st-gs\n' >"$work/scales/ours.scale"
"$packd" --config "$config" --scales "$work/scales" --check-config 2>"$work/complaints"
expect "a mistake in a profile that nobody names is no mistake of the settings" 0 $?
expect_has "but it is told" "$work/scales/ours.scale:4: " "$(<"$work/complaints")"
sed 's/^stable_for_ms/driver = ours\n&/' "$config" >"$work/ours.conf"
"$packd" --config "$work/ours.conf" --scales "$work/scales" --check-config 2>/dev/null
expect "named, it is one" 1 $?
sed -i 's/^line.*/line = 9600 8N1/' "$work/scales/ours.scale"
"$packd" --config "$work/ours.conf" --scales "$work/scales" --check-config
expect "until it is mended" 0 $?

packd_start
"$packd" --config "$config" 2>"$work/second"
expect "a second packd on the same data ends" 1 $?
expect_has "with a sentence" "Another packd runs on this data" "$(<"$work/second")"
"$packtool" journal check "$packd_data/journal.db" >/dev/null 2>&1
expect "a journal in use is left alone" 1 $?

# New settings by SIGHUP.
cp "$config" "$work/good.conf"
sed -i 's/^poll_ms.*/poll_ms = never/' "$config"
kill -HUP "$packd_pid"
until_has 1 5 says 'packd.conf:[0-9]*: .*poll_ms'
until_status '"settings":1,'
config_write "language = hi" | sed '0,/language = en/{//d}' >"$config"
kill -HUP "$packd_pid"
until_status '"settings":2,' 10
until_screen '"language":"hi"'
until_has 3 10 devices_ready
sed 's/^id = .*/id = bay-2/' "$work/good.conf" >"$config"
kill -HUP "$packd_pid"
until_has 1 5 says 'takes a restart'
until_status '"settings":2,'
cp "$work/good.conf" "$config"

# A parcel with the new settings: every device is there again.
start_parcel WEB-1001 500g
state_is idle 20
one_of_everything WEB-1001
packd_stop

# A damaged cache is dropped; the orders come again.
printf 'not a database at all, but long enough to be read as one' | dd of="$packd_data/cache.db" conv=notrunc 2>/dev/null
packd_start
empty_plate
start_parcel WEB-1002 500g
state_is idle 20
one_of_everything WEB-1002
packd_stop

# A damaged journal is kept beside a new one, and said.
dd if=/dev/urandom of="$packd_data/journal.db" bs=4096 seek=1 count=4 conv=notrunc 2>/dev/null
packd_start
expect "it is set aside" 1 "$(ls "$packd_data" | grep -c '^journal.db.damaged-1$')"
expect_has "and a person is told what to do" "Ask each courier" "$(<"$packd_log")"
packd_stop
done_with "packd, as a program"
