#!/usr/bin/env bash
# Promise (X02, X03, X10, X11): a packd without descriptors, memory, readers of its log or a friendly place to
# start in says what is missing or does not mind; nothing is lost, and it goes on once the want is over.
set -uo pipefail
packd=$1 packctl=$2 packsim=$3 packtool=$4 inject=$5 keeper=$6
. "$(dirname "$0")/faults_lib.sh"
packd_env=() # no fault of inject.c is needed here
injected=(env)
world_start

starts_or_says_why() { # WHAT
    packd_begin
    until_has yes 15 sh -c "grep -q 'Ready after' '$packd_log' || ! kill -0 $packd_pid 2>/dev/null; [ \$? = 0 ] && echo yes"
    if lives; then packd_stop; return; fi
    wait "$packd_pid"
    expect "$1: it ends in order" yes "$([ $? -lt 128 ] && echo yes)"
    expect "$1: it says why" yes "$([ -s "$packd_log" ] && echo yes)"
}

# Too few descriptors: at the start a sentence, later a sentence and then it goes on.
for few in $(sample 6 14 -- $(seq 3 24)); do
    log_new
    packd_env=(prlimit "--nofile=$few")
    starts_or_says_why "$few descriptors"
done
packd_env=()
packd_start
new_order
state_is idle 20
empty_plate
ctl scan "$order" >/dev/null
state_is weighing
free=0
while [ -e "/proc/$packd_pid/fd/$free" ]; do free=$((free + 1)); done
prlimit --pid "$packd_pid" "--nofile=$free:1024" # not one more
ctl put 500g >/dev/null
until_log "sandbox cannot be used" 20
prlimit --pid "$packd_pid" --nofile=1024:1024
close_parcel "$order" 60
one_of_everything "$order"
packd_stop

# Too little memory: a sentence or it runs, never a crash. (Below 7 MiB the kernel does not even begin it.)
for mib in $(sample 12 40 -- 8 10 12 14 16 20 24 28 32 40 48 64); do
    log_new
    packd_env=(prlimit "--data=$((mib << 20))")
    starts_or_says_why "$mib MiB"
done
packd_env=()

# Nobody reads the log; there is none; its disk is full.
mkfifo "$work/unread"
sleep 600 <"$work/unread" &
reader_pid=$!
packd_log_kept=$packd_log
for packd_log in "$work/unread" /dev/full; do
    packd_start
    [ "$packd_log" = /dev/full ] || timeout 2 dd if=/dev/zero of="$work/unread" oflag=nonblock bs=65536 count=4 2>/dev/null
    packs
    packd_stop
done
kill "$reader_pid"
packd_log=$packd_log_kept
packd_env=(sh -c 'exec "$@" >&- 2>&- <&-' sh)
packd_start
packs
expect "a closed descriptor is no file of ours" "" "$(readlink "/proc/$packd_pid/fd/"[012] | grep -v '^/dev/null$')"
packd_stop

# A hostile place: no path, another language, everything writable, a foreign time zone, a proxy.
umask 000
packd_env=(env -i LC_ALL=tr_TR.UTF-8 LANG=xx "TZ=:/nowhere" PATH= HOME=/nonexistent
    https_proxy=http://127.0.0.1:1 HTTPS_PROXY=http://127.0.0.1:1 SSL_CERT_FILE=/etc/passwd
    SQLITE_TMPDIR=/nowhere TMPDIR=/nowhere "ASAN_OPTIONS=$ASAN_OPTIONS")
packd_start
packs
expect "what it makes is its own" 600 "$(stat -c %a "$packd_data/journal.db" | sort -u)"
packd_stop
umask 022
packd_env=()

packd_start
if long; then # every processor is somebody else's
    busy=()
    for _ in $(seq $((2 * $(nproc)))); do (while :; do :; done) & busy+=($!); done
    packs
    packs
    kill "${busy[@]}"
fi
verdict
packd_stop
done_with "packd in want"
