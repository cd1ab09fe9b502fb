# guest_lib.sh - packd and packsim in the guest, and the USB devices between them. Sourced by the scenarios. What
# tests/integration/packd_lib.sh knows of parcels, screens and books holds here too; what a device says and prints is
# packsim's, brought over the wires of the USB bench. Nothing sleeps: `must until`, `must await` wait for events.
packd=/bin/packd packctl=/bin/packctl packsim=/bin/packsim
. "$(dirname "${BASH_SOURCE[0]}")/../integration/packd_lib.sh"
packd_log=/out/packd.log
packd_env=(setpriv --reuid=990 --regid=990 --groups=991) # the account of a box, and the group that udev's rules serve
patience_ms=20000 # an emulated processor: a bound for what must happen at all, not a figure

scale_line="baud = 4800
data_bits = 7
parity = even"
devices_write() {
    cat <<END
[scale]
address = ${scale_at:-serial:/dev/serial/by-id/usb-Example_Bench_Scale_A1B2C3-if00}
driver = toledo-continuous
$scale_line
stable_for_ms = 100
[scanner "hand"]
address = ${scanner_at:-usb:05e0:1200}
driver = ${scanner_driver:-keyboard}
${more_devices:-}
[printer]
address = ${printer_at:-usb:0a5f:0164}
END
}

play() { # PART [WORD]...: unless others were asked for
    [[ -z ${GUEST_PARTS:-} || ,$GUEST_PARTS, == *,$1,* ]] || return
    echo "part: $* at $(cut -d ' ' -f 1 /proc/uptime) s"
    "$@"
}

# The bench: one line to it, one line from it.
coproc BENCH { exec usb_bench /out/bench.log 2>>/out/bench.errors; }
bench() { # WORD...: whether it was done; what it said in $answer
    printf '%s\n' "$*" >&"${BENCH[1]}"
    if ! IFS= read -r answer <&"${BENCH[0]}"; then
        echo "the bench has ended:"
        tail -n 20 /out/bench.errors
        exit 1
    fi
    case $answer in ok*) answer=${answer#ok }; return 0 ;; esac
    return 1
}
must() { # the same; after a refusal, or a wait in vain, nothing that follows would mean anything
    checks=$((checks + 1))
    bench "$@" && return
    expect "at ${BASH_LINENO[*]}: $*" done "$answer"
    tail -n 5 "$packd_log"
    ask devices
    exit 1
}
figure() { # WHAT: of $answer, as `counts` gives it
    sed -n "s/.*\\b$1=\([^ ]*\).*/\1/p" <<<"$answer"
}

# packsim's control without starting a program for it.
ctl() {
    local line status body="$*"
    exec 7<>"/dev/tcp/127.0.0.1/$control" || return 2
    printf 'POST /ctl HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s' \
        "${#body}" "$body" >&7
    read -r _ status _ <&7
    while IFS= read -r line <&7 && [ "$line" != $'\r' ]; do :; done
    while IFS= read -r line <&7; do echo "$line"; done
    exec 7>&-
    [ "$status" = 200 ]
}

# The page is read by the bench; packctl is asked for what the page does not show.
screen_now() { bench screen && screen=$answer; }
until_screen() { must until $((${2:-20} * 1000)) "$1"; screen_now; }
state_of() { # DEVICE STATE: how the page says it
    case $1 in
        scanner) echo "\"scanners\":[{\"state\":\"$2\"" ;;
        *) echo "\"$1\":{\"state\":\"$2\"" ;;
    esac
}
all_ready="$(state_of scanner ready) & $(state_of scale ready) & $(state_of printer ready)"

world_begin() { # packsim, packd without a device, and the devices that may be plugged in
    sim_start --port-base 0
    web=$(free_port)
    ctl scale rate 20 >/dev/null
    ctl printer speed 12 >/dev/null
    mkdir -p "$packd_data"
    config_write >"$work/packd.conf"
    chown -R packd:packd "$work"
    must device scanner scanner 0 "$scanner"
    must device scale scale 1 "$scale"
    must device printer printer 2 "$printer"
    must page "$web"
    packd_begin
    must until 60000 "$(state_of printer gone)"
}
plug_all() {
    local one
    for one in scanner scale printer; do must plug "$one"; done
    must until $patience_ms "$all_ready"
}
# One that is lost six times in a minute is loose: packd waits longer and longer, whatever the plug does.
gone_of() { echo "$(state_of "$1" gone) || $(state_of "$1" loose)"; }
figures=()
unplug() { # DEVICE WHERE: and the page says so
    must unplug "$1"
    is_gone "$1" "$2"
}
is_gone() { # DEVICE WHERE: since the last act; its time is a figure
    must since $patience_ms "$(gone_of "$1")"
    figures+=("$1 $2 gone $answer")
}
plug() { # DEVICE WHERE: and it is in use again
    local kind=back
    bench until 0 "$(state_of "$1" loose)" && kind=loose
    must plug "$1"
    must until 60000 "$(state_of "$1" ready)"
    figures+=("$1 $2 $kind $answer")
}
say_figures() { # how long until the page says so: the worst of each device; of loose ones apart
    local device what
    for device in scanner scale printer; do
        for what in gone back loose; do
            printf '%s\n' "${figures[@]}" | grep "^$device .* $what " | awk -v d="$device" -v w="$what" '
                { n++; sum += $NF; if ($NF > worst) { worst = $NF; where = $2 } }
                END { if (n) printf "figure: %s %s: mean %d ms, worst %d ms (%s), of %d\n", d, w, sum / n, worst, where, n }'
        done
    done
}

# Keys of a claimed scanner reach nobody else.
nobody_heard() { # PROMISE
    must heard
    expect "$1" "keys=0 text=" "$answer"
}

# A person types again when the kernel was not listening yet.
keyboard_is_heard() { # PROMISE
    local try
    for try in 1 2 3 4 5 6 7 8 9 10; do
        must type keyboard "hello $try"
        bench hears 2000 "hello $try~" && return
    done
    expect "$1" heard "$answer"
}

# A parcel in parts: the order is found, the mass lies on the plate, the label is out.
scan_new_order() { # gives $order
    new_order
    state_is idle 20
    empty_plate
    scan_until_found
}
# A packd that gets no processor for half a second in mid-code takes what comes then for another code. So the packer
# does what packers do; how often is said at the end.
cut_codes=0
scan_until_found() {
    while true; do
        ctl scan "$order" >/dev/null
        until_screen '"state":"weighing" || "id":"unknown_scan"'
        [[ $screen == *'"id":"unknown_scan"'* ]] || return 0
        cut_code
        [ $cut_codes -lt 10 ] || exit 1
    done
}
cut_code() { # what the screen names is the end of the order's code, and is given up
    local code
    code=$(text scan <<<"$screen")
    expect "a code that was cut is the end of one code" "$code" "${order: -${#code}}"
    cut_codes=$((cut_codes + 1))
    ask press give_up >/dev/null
    until_screen '"state":"idle"'
}
comes_to_an_end() {
    state_is idle 60
    one_of_everything "$order"
}
asked_comes_to_an_end() { # where packd asks whether there is a label, a person looks and says so
    until_screen '"state":"idle" || "presses":["label_ok"' 60
    if [[ $screen == *'"presses":["label_ok"'* ]]; then
        printer_rests
        if [ "$(label_count "$(awb_of "$order")")" -gt 0 ]; then ask press label_ok; else ask press label_missing; fi >/dev/null
    fi
    comes_to_an_end
}

guest_done() { # TITLE: every order is in the books once, packd ends well
    verdict
    packd_stop
    [ ${#figures[@]} -eq 0 ] || say_figures
    [ $cut_codes -eq 0 ] || echo "figure: codes that were cut because the machine is too busy: $cut_codes"
    done_with "$1"
}
