# faults_lib.sh - a real packd against a packsim, with faults put between packd and the kernel (inject.c).
# Sourced with $packd, $packctl, $packsim, $packtool and $inject set. FAULTS=long plays all of a scenario
# instead of a sample.
. "$(dirname "${BASH_SOURCE[0]}")/../integration/packd_lib.sh"

rules=$work/rules
# A blank in its path would end the name, and nothing would fail (ld.so(8)).
cp "$inject" "$work/inject.so" && inject=$work/inject.so
case $inject in *" "*) echo "faults: the folder for temporary files has a blank in its name" >&2; exit 1 ;; esac
ASAN_OPTIONS+=:verify_asan_link_order=0 # the library comes before the sanitizer's own
injected=(env "LD_PRELOAD=$inject" "INJECT=$rules")
packd_env=("${injected[@]}")
long() { [ "${FAULTS:-}" = long ]; }
sample() { # SHORT LIST -- LONG LIST: the one or the other
    local short=()
    while [ "$1" != -- ]; do short+=("$1"); shift; done
    shift
    if long; then echo "$@"; else echo "${short[@]}"; fi
}
skipped() { echo "not played: $*"; }

inject() { # RULE...: in force from now on, in place of all others
    printf '%s\n' "$@" >"$rules.new"
    rm -f "$rules.struck"
    mv "$rules.new" "$rules"
}
heal() { rm -f "$rules"; }
struck() { cat "$rules.struck" 2>/dev/null; }
until_struck() { until_has "${1:-1}" "${2:-15}" struck; }

lives() { kill -0 "$packd_pid" 2>/dev/null; }
# Waits for packd's end and gives its code in $ended.
until_ended() { # [SECONDS]
    local end=$((SECONDS + ${1:-15}))
    while lives; do
        if [ $SECONDS -ge $end ]; then
            expect "packd ends by itself, at line ${BASH_LINENO[0]}" ended "still there"
            tail -n 5 "$packd_log"
            exit 1
        fi
        sleep 0.05
    done
    wait "$packd_pid" 2>/dev/null
    ended=$?
}
log_new() { : >"$packd_log"; }
log_says() { # PROMISE WORDS
    expect_has "$1" "$2" "$(<"$packd_log")"
}
until_log() { until_has "$1" "${2:-10}" cat "$packd_log"; }

# As a packer would: looks, and presses what the screen offers, until the parcel is closed.
close_parcel() { # ORDER [SECONDS]
    local end=$((SECONDS + ${2:-40}))
    while [ $SECONDS -lt $end ]; do
        screen_now
        case $screen in
            *'"state":"idle"'*)
                [ "$(live_bookings "$1")" -gt 0 ] && [ "$(label_count "$(awb_of "$1")")" -gt 0 ] && return 0
                empty_plate
                ctl scan "$1" >/dev/null
                until_has '"order_no":"'"$1" 5 ask screen
                ctl put 500g >/dev/null ;;
            *'"label_ok"'*)
                printer_rests
                if [ "$(label_count "$(awb_of "$1")")" -gt 0 ]; then ask press label_ok; else ask press label_missing; fi >/dev/null ;;
            *'"id":"put_parcel"'*) ctl put 500g >/dev/null ;;
            *'"try_again"'*) ask press try_again >/dev/null ;;
        esac
        sleep 0.1
    done
    expect "$1 comes to an end" idle "$screen"
    tail -n 5 "$packd_log"
    exit 1
}

packs() { # a fresh order from scan to closed, and the books agree
    new_order
    start_parcel "$order" 500g
    close_parcel "$order" "$@"
    one_of_everything "$order"
}

# A packd under a service manager's eyes, with a watchdog of so many ms.
keeper_start() { # PERIOD_MS
    rm -f "$work/notify"
    "$keeper" "$work/notify" "$1" >"$work/notices" &
    keeper_pid=$!
    packd_env=("${injected[@]}" "NOTIFY_SOCKET=$work/notify" "WATCHDOG_USEC=$(($1 * 1000))")
}
keeper_end() {
    kill "$keeper_pid" 2>/dev/null
    wait "$keeper_pid" 2>/dev/null
    packd_env=("${injected[@]}")
}
missed() { grep -c missed "$work/notices"; }
