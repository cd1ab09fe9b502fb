#!/usr/bin/env bash
# Promise (P09 to P12): after an error of the medium packd ends at once and its next start takes the last
# operation for unknown, so nothing is doubled; a slow flush is waited for, said, and no reason to be killed.
set -uo pipefail
packd=$1 packctl=$2 packsim=$3 packtool=$4 inject=$5 keeper=$6
. "$(dirname "$0")/faults_lib.sh"
world_start
packd_start

ends_and_recovers() { # RULE
    new_order
    state_is idle 20
    log_new
    inject "$1"
    start_parcel "$order" 500g
    until_ended 20
    expect "an error of the medium ends packd, at $1" 1 "$ended"
    log_says "with one sentence" "The journal failed and packd stops at once (io)"
    expect "the log is left for the next start to check" yes "$([ -s "$packd_data/journal.db-wal" ] && echo yes)"
    expect "the rule struck once" 1 "$(struck | wc -l)"
    heal # a new process would count anew
    packd_start
    close_parcel "$order"
    one_of_everything "$order"
}

for nth in $(sample 2 -- 1 2 3 4); do ends_and_recovers "sync journal.db-wal $nth error=EIO"; done
long && ends_and_recovers "write journal.db-wal 9 error=EROFS" # as ext4 does after an error
for nth in $(sample 1+1 -- 1 3 1+1 1+3 2+1 2+3 3+1 3+3); do
    ends_and_recovers "write journal.db-wal $nth error=EIO"
done

# A page that cannot be read at the start.
packd_stop
inject "read journal.db 1 error=EIO"
packd_begin
until_ended
expect "a start that cannot read its journal ends" 1 "$ended"
log_says "and says what" "The journal cannot be used"
heal
packd_start

# The same during the recovery from a power cut: the next start finds the journal as it was.
packs
packd_cut
for file in journal.db journal.db-wal; do
    for nth in $(sample 5 -- $(seq 1 30)); do
        log_new
        inject "read $file $nth error=EIO"
        packd_begin
        until_has yes 15 sh -c "grep -q 'Ready after' '$packd_log' || ! kill -0 $packd_pid 2>/dev/null; [ \$? = 0 ] && echo yes"
        heal
        if lives; then packd_cut; else wait "$packd_pid"; fi
        expect "no journal is thrown away for it" 0 "$(ls "$packd_data" | grep -c damaged)"
    done
done
packd_start

# A slow flush, under a watchdog that would have killed it.
packd_stop
keeper_start 1500
packd_start
delay=$(sample 5000 -- 30000)
new_order
inject "sync journal.db-wal 2 delay=$delay"
start_parcel "$order" 500g
until_struck
until_screen '"disk":"slow"' 45
log_says "the log says what was slow" "storage is slow: it took $((delay / 1000)) s"
heal
close_parcel "$order" 60
one_of_everything "$order"
expect "the watchdog was never in doubt" 0 "$(missed)"
packd_stop
expect "and packd lives as before" 0 "$(missed)"
keeper_end
verdict
done_with "packd on a failing medium"
