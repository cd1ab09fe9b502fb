# packd_lib.sh - a real packd against a packsim, both on free ports, for one test script.
# Sourced with $packd, $packctl and $packsim set. Waiting is asking again until it is so, for a stated
# number of seconds at most. After a wait in vain nothing that follows would mean anything: the script ends.
. "$(dirname "${BASH_SOURCE[0]}")/packsim_lib.sh"

screen=
packd_log=$work/packd.log
packd_data=$work/data
export ASAN_OPTIONS=detect_leaks=0 # a process that nobody may look into cannot be searched for leaks

free_port() {
    local port
    for port in $(shuf -i 20000-32000 -n 50); do
        (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo "$port"; return; }
    done
}

devices_write() { # the settings that say which devices there are
    cat <<END
[scale]
address = tcp:127.0.0.1:$scale
stable_for_ms = 100
[scanner "bench"]
address = tcp:127.0.0.1:$scanner
[printer]
address = tcp:127.0.0.1:$printer
END
}

config_write() { # [EXTRA LINE OF [station]]...
    cat <<END
[station]
id = bay-1
site = training
language = en
mode = training
automatic = yes
data_dir = $packd_data
$(printf '%s\n' "$@")
[web]
port = $web
[control]
socket = $work/control.sock
$(devices_write)
[carrier "sandbox"]
base_url = https://localhost:$courier/sandbox/v1
credential_file = $sim/courier-token
ca_file = $sim/ca.pem
pickup_location = BLR-WH-1
pickup_postcode = 560001
timeout_ms = 2000
settle_ms = 2500
[oms]
base_url = https://localhost:$oms/packd/v1
token_file = $sim/token
ca_file = $sim/ca.pem
poll_ms = 1000
[rate]
rule = sandbox
END
}

world_start() { # a packsim with a quick printer, and the settings for a packd beside it
    sim_start --port-base 0 "$@"
    web=$(free_port)
    config_write >"$work/packd.conf"
    ctl scale rate 20 >/dev/null
    ctl printer speed 12 >/dev/null
}

packd_env=() # a command that packd is started by: (env NAME=VALUE), (prlimit --nofile=20)
packd_begin() { # starts it without waiting for anything
    "${packd_env[@]}" "$packd" --config "$work/packd.conf" "$@" >>"$packd_log" 2>&1 &
    packd_pid=$!
    trap 'kill -9 $packd_pid 2>/dev/null; finish' EXIT
}
packd_start() {
    packd_begin "$@"
    until_status '"ready":true' 20
    ctl wait scanner 1 10000 >/dev/null
    ctl wait scale 1 10000 >/dev/null
}
packd_stop() {
    kill -TERM "$packd_pid"
    wait "$packd_pid"
    expect "told to stop, packd ends well" 0 $?
}
packd_cut() { # as the power would
    kill -9 "$packd_pid" && wait "$packd_pid" 2>/dev/null
}

ask() { "$packctl" --socket "$work/control.sock" "$@" 2>"$work/ask.errors"; }
screen_now() { screen=$(ask screen); }

until_has() { # WHAT SECONDS COMMAND...: the command's output has WHAT at last
    local what=$1 end=$((SECONDS + $2)) got
    shift 2
    while got=$("$@"); [[ $got != *"$what"* ]]; do
        if [ $SECONDS -ge $end ]; then
            expect_has "within its time, at ${BASH_LINENO[*]}" "$what" "$got"
            tail -n 5 "$packd_log"
            exit 1
        fi
        sleep 0.05
    done
    checks=$((checks + 1))
}
until_screen() {
    until_has "$1" "${2:-10}" ask screen
    screen_now
}
until_status() { until_has "$1" "${2:-10}" ask status; }

state_is() { until_screen "\"state\":\"$1\"" "${2:-10}"; }
message_is() { until_screen "\"message\":{\"id\":\"$1\"" "${2:-10}"; }

empty_plate() { # and packd has seen it at rest
    ctl lift >/dev/null
    until_screen '"stable":true,"zero":true' 10
}
start_parcel() { # ORDER MASS
    state_is idle 20
    empty_plate
    ctl scan "$1" >/dev/null
    state_is weighing
    ctl put "$2" >/dev/null
}

printer_rests() { until_has '"queued":0,"partial":false' 20 ctl status; }
label_count() { ctl labels | grep -c "\"$1\""; } # of an AWB
awb_of() { # the live AWBs of an order
    ctl ledger | grep "\"order_no\":\"$1\"" | grep '"live":1' | text awb
}

live_bookings() { ctl ledger | grep "\"order_no\":\"$1\"" | grep -o '"status":"booked"' | wc -l; }
order_system_has() { # ORDER: its AWB once, its label once, as the order system was told
    until_has '"status":"label_printed"' 20 order_line "$1"
    expect_has "the order system has the AWB of $1" "\"awbs\":[\"$(awb_of "$1")\"]" "$(order_line "$1")"
    expect_has "and heard of one label" '"labels":1' "$(order_line "$1")"
}
order_line() { ctl orders | grep "\"order_no\":\"$1\""; }
one_of_everything() { # ORDER: booked once, printed once, told once
    local awb
    awb=$(awb_of "$1")
    expect "$1 has one live booking" 1 "$(live_bookings "$1")"
    expect "$1 has one label" 1 "$(label_count "$awb")"
    order_system_has "$1"
}
all_is_well() {
    expect "no book contradicts another" '{"ok":true}' "$(ctl check)"
}

orders=()
next_order=3000
new_order() { # gives $order, whom nobody has packed
    next_order=$((next_order + 1))
    order=WEB-$next_order
    orders+=("$order")
    ctl order add "$next_order" pin=560001 >/dev/null
}
verdict() { # every order so far is in the books once, and no book contradicts another
    local one
    for one in "${orders[@]}"; do one_of_everything "$one"; done
    all_is_well
}
