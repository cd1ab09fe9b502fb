# packsim_lib.sh - starts a packsim on free ports for one test script, and says what was broken.
# Sourced with $packsim set; curl and openssl are the clients, because they are not ours.

. "$(dirname "${BASH_SOURCE[0]}")/promise_lib.sh"

work=$(mktemp -d)
sim=$work/sim

finish() {
    [ -n "${sim_pid:-}" ] && kill "$sim_pid" 2>/dev/null && wait "$sim_pid" 2>/dev/null
    rm -rf "$work"
}
trap finish EXIT

# sim_start [OPTION]...: ready when it returns; sets courier oms scale scanner printer control scanner2.
sim_start() {
    mkfifo "$work/ready"
    "$packsim" --dir "$sim" "$@" >"$work/ready" 2>>"$work/errors" &
    sim_pid=$!
    if ! read -r -t 30 ready <"$work/ready"; then
        echo "packsim did not get ready:"; cat "$work/errors"; exit 1
    fi
    rm "$work/ready"
    for name in courier oms scale scanner printer control scanner2; do
        printf -v "$name" '%s' "$(number "$name" <<<"$ready")"
    done
    courier_token=$(<"$sim/courier-token")
    station_token=$(<"$sim/token")
}

sim_kill() { # as the power would
    kill -9 "$sim_pid"
    wait "$sim_pid" 2>/dev/null
}

ctl() { "$packsim" ctl --dir "$sim" "$@"; }

# A member's value out of JSON on standard input; the first one of that name.
text() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p" | head -n 1; }
number() { grep -o "\"$1\":[0-9]*" | head -n 1 | grep -o '[0-9]*$'; }

# curl's word for a connection that ended too soon differs with its version and its TLS library: an
# empty reply, a partial file, or a failure in receiving.
expect_cut() { # PROMISE
    [[ $ended =~ ^(18|52|56)$ ]]
    expect "$1" 0 $?
}

# The status lands in $status, curl's own exit code in $ended, the body on standard output.
request() { # BASE_URL TOKEN_WORDS METHOD PATH [CURL_OPTION]...
    local base=$1 token=$2 method=$3 path=$4
    shift 4
    curl -sS --cacert "$sim/ca.pem" --max-time 20 -X "$method" -H "Authorization: $token" \
        -w '\n%{http_code}' "$@" "$base$path" >"$work/answer" 2>"$work/curl"
    ended=$?
    status=$(tail -n 1 "$work/answer")
    body=$(sed '$d' "$work/answer")
}
courier() { request "https://localhost:$courier/sandbox/v1" "Bearer $courier_token" "$@"; }
delhivery() { request "https://localhost:$courier" "Token $courier_token" "$@"; }
oms() { request "https://localhost:$oms/packd/v1" "Bearer $station_token" "$@"; }

parcel() { # REFERENCE [MASS_G] [POSTCODE] [EXTRA]
    printf '{"reference":"%s","mass_g":%s,"payment":"prepaid","currency":"INR","pickup":"BLR-WH-1",%s' \
        "$1" "${2:-742}" "${4:-}"
    printf '"to":{"name":"Example Person 7","phone":"9000000007","line1":"14 Sample Road",'
    printf '"city":"Bengaluru","state":"Karnataka","postcode":"%s","country":"IN"}}' "${3:-560001}"
}
book() { # KEY PARCEL...
    courier POST /shipments -H "Idempotency-Key: $1" --data-binary "$(parcel "${@:2}")"
}
live_of() { ctl ledger | grep "\"reference\":\"$1\"" | number live; }

done_with() { # TITLE
    if [ -s "$work/errors" ]; then
        expect "packsim has nothing to complain of" "" "$(cat "$work/errors")"
    fi
    promises_end "$1"
}
