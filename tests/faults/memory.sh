#!/usr/bin/env bash
# Promise (X02, Z04): when the n-th request for memory fails, once or from then on, packd rolls back and goes
# on or ends in order; it never crashes, and no parcel is lost or doubled.
set -uo pipefail
packd=$1 packctl=$2 packsim=$3 packtool=$4 inject=$5 keeper=$6
. "$(dirname "$0")/faults_lib.sh"
nm -D "$inject" | grep -q ' T malloc' || { echo "not played: a sanitizer has its own memory"; exit 77; }
world_start

one_ended() { # ORDER: packd did, or the parcel, or it is held
    lives || { echo yes; return; }
    screen_now
    case $screen in
        *'"state":"held"'* | *'"try_again"'*) echo yes ;;
        *'"state":"idle"'*) echo yes ;;
    esac
}
# libcurl 8.x, lib/multi.c, singlesocket(): when memory for a socket's table is refused, the table is destroyed but
# stays in use, and the next look into it divides by nought. One request in thousands; the start after it is clean.
by_libcurl=0
in_order() { # WHAT: it ended, and not by a signal
    wait "$packd_pid"
    ended=$?
    [ $ended != 136 ] || { by_libcurl=$((by_libcurl + 1)); return; }
    expect "$1: it ends in order" yes "$([ $ended -lt 128 ] && echo yes || echo "by $ended: $(tail -n 2 "$packd_log")")"
}

# At the start: until the one whose failure is past the end of the start.
for when in "" -; do
    for nth in $(sample 1 2 3 5 8 13 21 34 55 89 144 233 377 610 987 -- $(seq 1 1000) $(seq 1003 7 3000)); do
        log_new
        inject "malloc * $nth$when error=ENOMEM"
        packd_begin
        until_has yes 15 sh -c "grep -q 'Ready after' '$packd_log' || ! kill -0 $packd_pid 2>/dev/null; [ \$? = 0 ] && echo yes"
        heal
        if lives; then kill -TERM "$packd_pid"; fi
        in_order "$nth$when at the start"
        if [ $ended != 0 ]; then
            expect "it says why, at $nth$when" yes "$([ -s "$packd_log" ] && echo yes || echo nothing)"
        fi
    done
done

# During a parcel, and in the recovery from it.
packd_start
for nth in $(sample 3 40 200 500 -- $(seq 1 60) $(seq 63 7 1500)); do
    new_order
    lives || { in_order "before $nth in a parcel"; packd_start; }
    state_is idle 20
    empty_plate
    inject "malloc * $nth error=ENOMEM"
    ctl scan "$order" >/dev/null
    until_has yes 10 sh -c "$packctl --socket $work/control.sock screen 2>/dev/null | grep -q '$order' || ! kill -0 $packd_pid 2>/dev/null; [ \$? = 0 ] && echo yes"
    ctl put 500g >/dev/null
    until_has yes 60 one_ended "$order"
    heal
    if ! lives; then
        in_order "$nth in a parcel"
        packd_start
    fi
    close_parcel "$order" 60
    one_of_everything "$order"
done
verdict
packd_stop
[ $by_libcurl = 0 ] || echo "libcurl ended packd $by_libcurl times"
done_with "packd and memory that fails"
