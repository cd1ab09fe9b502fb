#!/usr/bin/env bash
# Promise (P06, P08): on a real file system that fills up, or is mounted read-only, nothing new begins, nothing
# is lost, and packing goes on when there is room again.
set -uo pipefail
if [ "${IN_NAMESPACE:-}" != yes ]; then
    if [ "$(id -u)" != 0 ] || ! unshare -m true 2>/dev/null; then
        echo "not played: mounting a file system takes root"; exit 77
    fi
    IN_NAMESPACE=yes exec unshare -m -- bash "$0" "$@"
fi
packd=$1 packctl=$2 packsim=$3 packtool=$4 inject=$5 keeper=$6
. "$(dirname "$0")/faults_lib.sh"
packd_env=()
injected=(env)
disk_is() { until_has "\"disk\":\"$1\"" 30 ask screen; }

mount_ext4() { truncate -s 200M "$work/disk" && mkfs.ext4 -q "$work/disk" && mount -o loop "$work/disk" "$packd_data" 2>/dev/null; }
mkdir -p "$packd_data"
mount_ext4 || mount -t tmpfs -o size=200m none "$packd_data" || { echo "not played: nothing can be mounted"; exit 77; }
echo "on $(stat -f -c %T "$packd_data")"
chmod 700 "$packd_data"
world_start
packd_start
packs

# Below the reserve: said, and no new parcel; with room it goes on.
dd if=/dev/zero of="$packd_data/filler" bs=1M 2>/dev/null
disk_is low
new_order
empty_plate
ctl scan "$order" >/dev/null
message_is disk_full
expect "nothing is booked" 0 "$(live_bookings "$order")"
rm "$packd_data/filler"
disk_is ok
close_parcel "$order"
one_of_everything "$order"

# It fills up in the middle of a parcel.
ctl fault courier book delay 1000 >/dev/null
new_order
start_parcel "$order" 500g
state_is booking
dd if=/dev/zero of="$packd_data/filler" bs=1M 2>/dev/null
dd if=/dev/zero of="$packd_data/rest" bs=512 2>/dev/null
disk_is low
rm "$packd_data/filler" "$packd_data/rest"
disk_is ok
close_parcel "$order"
one_of_everything "$order"

# A start without room, and one without the right to write.
packd_stop
dd if=/dev/zero of="$packd_data/filler" bs=1M 2>/dev/null
dd if=/dev/zero of="$packd_data/rest" bs=512 2>/dev/null
log_new
packd_begin
until_has yes 15 sh -c "grep -q 'Ready after' '$packd_log' || ! kill -0 $packd_pid 2>/dev/null; [ \$? = 0 ] && echo yes"
if lives; then packd_stop; else
    wait "$packd_pid"
    expect "a start without room ends in order" 1 $?
    log_says "and says why" "no_space"
fi
rm "$packd_data/filler" "$packd_data/rest"
mount -o remount,ro "$packd_data"
log_new
packd_begin
until_ended
expect "a start on a read-only file system ends" 1 "$ended"
log_says "and says why" "cannot be"
mount -o remount,rw "$packd_data"
packd_start
packs
verdict
packd_stop
cd / && umount "$packd_data"
done_with "packd on a file system that is full or read-only"
