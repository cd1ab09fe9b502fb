#!/usr/bin/env bash
# Promise: the certificate of packsim stands up to OpenSSL and curl when it should, and fails in
# exactly one way when told to; a client that looks sends nothing to the wrong one.
set -uo pipefail
packsim=$1
. "$(dirname "$0")/packsim_lib.sh"
sim_start --port-base 0

verdict() { # HOST [OPTION]...
    openssl s_client -connect "localhost:$courier" -CAfile "$sim/ca.pem" -verify_hostname "$1" "${@:2}" \
        </dev/null 2>/dev/null | sed -n 's/^ *Verif[iy].* return code: //p' | tail -n 1
}
expect "OpenSSL finds the chain good" "0 (ok)" "$(verdict localhost)"
expect "also at TLS 1.2, which is all that mbedTLS 2.28 has" "0 (ok)" "$(verdict localhost -tls1_2)"
openssl x509 -in "$sim/ca.pem" -noout -text >"$work/ca"
expect_has "the authority is one" "CA:TRUE" "$(<"$work/ca")"
old=$(openssl s_client -connect "localhost:$courier" -tls1_1 -cipher 'ALL:@SECLEVEL=0' </dev/null 2>&1 | grep -c 'Cipher is (NONE)')
expect "TLS 1.1 is refused" 1 "$old"
courier GET '/track?awb=x'
expect "curl is served" "0 404" "$ended $status"

before=$(wc -l <"$sim/requests.jsonl")
# The numbers are OpenSSL's X509_V_ERR codes; a stranger's certificate is 20 or 21.
while read -r kind reason; do
    ctl certificate "$kind" >/dev/null
    expect "OpenSSL's judgement of $kind" yes "$(verdict localhost | grep -qE "^($reason) " && echo yes)"
    courier POST /shipments -H 'Idempotency-Key: k' --data-binary "$(parcel PK-TLS)"
    expect "curl refuses $kind" 60 "$ended"
done <<'END'
expired 10
future 9
wrong-host 62
other-ca 20|21
self-signed 18
END
expect "not one request was sent to a wrong one" "$before" "$(wc -l <"$sim/requests.jsonl")"
ctl certificate good >/dev/null
courier GET '/track?awb=x'
expect "and all is well again" "0 404" "$ended $status"

ctl fault courier connect stall 100 >/dev/null
courier GET '/track?awb=x'
expect "a connection that says nothing and dies" yes "$([[ $ended =~ ^(35|56)$ ]] && echo yes || echo "$ended")"
done_with "packsim tls"
