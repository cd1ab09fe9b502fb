#!/usr/bin/env bash
# Promise (N01 to N06, N14, N15, N17, N18): whatever the line does, one parcel is booked once and printed once,
# the page answers meanwhile, and when the line is back the box goes on by itself.
# The line is cut in a network namespace of the test's own: it takes root, ip and nft.
set -uo pipefail
if [ "${IN_NAMESPACE:-}" != yes ]; then
    if [ "$(id -u)" != 0 ] || ! unshare -n true 2>/dev/null; then
        echo "not played: a network namespace of its own takes root"; exit 77
    fi
    for program in ip nft; do
        command -v $program >/dev/null || { echo "not played: it takes $program"; exit 77; }
    done
    IN_NAMESPACE=yes exec unshare -n -m -- bash "$0" "$@"
fi
packd=$1 packctl=$2 packsim=$3 packtool=$4 inject=$5 keeper=$6
. "$(dirname "$0")/faults_lib.sh"
packd_env=() # no fault of inject.c is needed here
injected=(env)
ip link set lo up
nft add table inet faults
nft add chain inet faults in '{ type filter hook input priority 0; }'

# The two servers' ports, both ways; packsim's control and the devices stay.
servers() { # drop, or reject ...: what comes from or goes to the courier and the order system
    nft add rule inet faults in tcp dport "{ $courier, $oms }" "$@"
    nft add rule inet faults in tcp sport "{ $courier, $oms }" "$@"
}
line_ok() { nft flush chain inet faults in; }
page_answers() { expect_has "the page answers meanwhile, at line ${BASH_LINENO[0]}" '"state"' "$(timeout 2 "$packctl" --socket "$work/control.sock" screen)"; }
now_ms() { date +%s%3N; }

ended_or_down() {
    screen_now
    [[ $screen = *'"sandbox":"down"'* || $screen = *'"state":"idle"'* || $screen = *try_again* ]] && echo yes
}

world_start
packd_start
packs

# The cable is pulled in mid-request: the courier has the request, its answer never comes.
for wait in $(sample 0.3 -- 0 0.1 0.2 0.3 0.5 0.7); do
    ctl fault courier book delay 800 >/dev/null
    new_order
    start_parcel "$order" 500g
    state_is booking
    sleep "$wait" # the moment
    servers drop
    until_screen '"sandbox":"down"' 20
    page_answers
    line_ok
    close_parcel "$order" 60
    one_of_everything "$order"
done

# A cable that is out before anything is sent; answers that are refusals of the network.
for how in "$(sample 'reject with tcp reset' -- 'drop')" "reject with tcp reset" "reject with icmpx admin-prohibited"; do
    new_order
    state_is idle 20
    empty_plate
    ctl scan "$order" >/dev/null
    state_is weighing
    # shellcheck disable=SC2086
    servers $how
    ctl put 500g >/dev/null
    until_screen '"sandbox":"down"' 20
    expect "nothing was booked" 0 "$(live_bookings "$order")"
    page_answers
    line_ok
    close_parcel "$order" 60
    one_of_everything "$order"
    [ "$how" = drop ] || long || break
done

# A line of 8 kB/s; one that loses a third of everything; one that loses what is big (and says nothing).
for line in 'limit rate over 8 kbytes/second burst 3000 bytes drop' \
    'numgen random mod 100 < 30 drop' 'meta length > 500 drop'; do
    new_order
    state_is idle 20
    empty_plate
    ctl scan "$order" >/dev/null
    state_is weighing
    # shellcheck disable=SC2086
    servers $line
    ctl put 500g >/dev/null
    until_has yes 12 ended_or_down
    page_answers
    line_ok
    close_parcel "$order" 90
    one_of_everything "$order"
done

# The line goes and comes every second.
(while :; do servers drop; sleep 1; line_ok; sleep 1; done) &
flapping_pid=$!
new_order
start_parcel "$order" 500g
close_parcel "$order" 90
kill $flapping_pid; wait $flapping_pid 2>/dev/null
line_ok
one_of_everything "$order"

# No port is left for a new connection.
range=$(</proc/sys/net/ipv4/ip_local_port_range)
echo "61000 61001" >/proc/sys/net/ipv4/ip_local_port_range
new_order
start_parcel "$order" 500g
until_screen '"order_no"' 10
page_answers
echo "$range" >/proc/sys/net/ipv4/ip_local_port_range
close_parcel "$order" 60
one_of_everything "$order"

# Names. The courier has another one for a while; what is not localhost has to be looked up.
cp "$work/packd.conf" "$work/good.conf"
: >"$work/hosts"
: >"$work/resolv.conf"
mount --bind "$work/hosts" /etc/hosts && mount --bind "$work/resolv.conf" /etc/resolv.conf
named() { # WHAT STATE: the courier is named so; a parcel meets STATE and nothing is booked
    packd_stop
    sed "s#https://localhost:$courier/#https://courier.example:$courier/#; s/^mode = training/mode = live/" "$work/good.conf" >"$work/packd.conf"
    log_new
    packd_start
    new_order
    start_parcel "$order" 500g
    until_screen "\"sandbox\":\"$2\"" 30
    page_answers
    expect "$1: nothing is booked" 0 "$(live_bookings "$order")"
    until_log "sandbox cannot be used"
    packd_stop
    cp "$work/good.conf" "$work/packd.conf"
    packd_start
    close_parcel "$order" 60
    one_of_everything "$order"
}
echo "nameserver 127.0.0.9" >"$work/resolv.conf"
named "nobody at the name server's door" down
if long; then
    nft add rule inet faults in udp dport 53 drop
    named "a name server that does not answer" down
    nft flush chain inet faults in
fi
for n in $(seq 1000); do echo "127.1.$((n / 250)).$((n % 250 + 1)) courier.example"; done >"$work/hosts"
named "a thousand addresses where nobody is" down
echo "127.0.0.1 courier.example" >"$work/hosts"
named "another server's address: its certificate tells" untrusted
printf '::1 courier.example\n127.0.0.1 courier.example\n' >"$work/hosts"
named "IPv6 is broken, IPv4 works: it gets as far as the certificate" untrusted
verdict
packd_stop
done_with "packd and the line"
