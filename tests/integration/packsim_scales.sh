#!/usr/bin/env bash
# Promise: the virtual scale says in each protocol what the maker's manual prints, byte for byte (the
# manuals stand in the captures named), tells nothing it cannot tell, and goes wrong as it is told to.
set -uo pipefail
packsim=$1
. "$(dirname "$0")/packsim_lib.sh"
sim_start --port-base 0 --protocol st-gs
ctl scale rest 0 >/dev/null
ctl scale rate 100 >/dev/null
hex() { od -An -v -tx1 | tr -d ' \n'; }

say() { # the next frames of LENGTH bytes, after QUESTION when it is one
    exec 3<>"/dev/tcp/127.0.0.1/$scale"
    ctl wait scale 1 >/dev/null
    [ -z "$2" ] || printf '%b' "$2" >&3
    timeout 5 head -c "$1" <&3
    exec 3>&-
}
speaks() { # PROTOCOL MASS [SETTING]...: what lies on the plate, and how it is shown
    ctl scale protocol "$1" >/dev/null
    ctl put "$2" >/dev/null
    shift 2
    for setting in "$@"; do ctl scale "$setting" >/dev/null; done
}
says() { # PROMISE QUESTION TEXT: exactly this, as printf writes it
    local wanted
    wanted=$(printf '%b' "$3" | hex)
    expect "$1" "$wanted" "$(say $((${#wanted} / 2)) "$2" | hex)"
}

# --- weights, from captures of that name ---
speaks st-gs 1234g
says "ST,GS family: Excell, Selleton" '' 'ST,GS,+  1.234kg\r\n'
speaks st-gs-and 1234g
says "A&D GC, S23" '' 'ST,+0001.234 kg\r\n'
speaks cas-22 13.5kg
says "CAS NT-200, C01 with three places" '' 'ST,GS,1\xe4,0013.500 kg\r\n'
speaks mt-sics 100g 'unit g'
says "MT-SICS, S16 without places" 'SI\r\n' 'S S        100 g\r\n'
says "its greeting" 'I4\r\n' 'I4 A "1126493049"\r\n'
says "what it does not know" 'W\r\n' 'ES\r\n'
speaks sma 7650g 'unit kg'
says "SMA, S37 at rest" '\nW\r' '\n 1G       7.650kg \r'
says "SMA, S39" '\nX\r' '\n?\r'
speaks nci 1234g
says "NCI, S27 in kilograms" 'W\r' '\n  1.234kg\r\n00\r\x03'
speaks nci-ecr 1234g
says "NCI as cash registers want it" 'W\r' '\n001.234kg\r\nS00\r\x03'
speaks toledo-8217 1234g
says "8217, S31" 'W' '\x0201.234\r'
speaks ohaus-3000 1234g
says "Ohaus" 'IP\r\n' '    1.234 kg       \r\n'
speaks sartorius-sbi-16 1255g 'unit g'
says "SBI, FB without places" '\x1bP' '+     1255 g  \r\n'
speaks sartorius-sbi 1255g
says "SBI with its name" '\x1bP' 'G     +     1255 g  \r\n'
speaks toledo-continuous 5670g 'unit kg'
says "Toledo: five digits and three places" '' '\x02\x2d\x30\x20005670000000\r'
speaks ecr-ap1 1234g
says "the hand is shaken" '\x05' '\x06'
says "then the weight, its check from a calculator" '\x11' '\x01\x02S 01.234kg\x65\x03\x04'
speaks ecr-icl 1235g
says "DIVA as ICL wants it: 29 ^ 30 ^ 31 ^ 32 ^ 33 ^ 35" '\x11' '\x02)01235\x1c\x03'
ctl scale wobble >/dev/null
says "not now, 6.1.11.2" '\x05' '\x18'
ctl scale wobble off >/dev/null
speaks stx-etx 1234g
says "digits and nothing else" '' '\x02 01.234\x03'

# --- pounds and ounces: 1000 g are 2.2046 lb and 35.274 oz (NIST SP 811, appendix B.8) ---
speaks sma 1000g 'unit lb'
says "pounds" '\nW\r' '\n 1G       2.205lb \r'
ctl scale unit oz >/dev/null
says "ounces" '\nW\r' '\n 1G       35.27oz \r'
ctl scale unit kg >/dev/null

# --- tare, negative, over, under, in motion ---
speaks toledo-8217 1434g 'tare 200g'
says "8217 net, S32" 'W' '\x0201.234N\r'
speaks ohaus-3000 1434g
says "Ohaus net" 'IP\r\n' '    1.234 kg    NET\r\n'
speaks toledo-continuous 1434g
says "Toledo net with its tare" '' '\x02\x2d\x31\x20001234000200\r'
ctl lift >/dev/null
says "less than nothing" '' '\x02\x2d\x33\x20000200000200\r'
speaks mt-sics 0g
says "MT-SICS less than nothing" 'SI\r\n' 'S S     -0.200 kg\r\n'
ctl scale tare off >/dev/null
speaks mt-sics 31kg
says "MT-SICS over, S19" 'SI\r\n' 'S +\r\n'
speaks nci 31kg 'unit lb'
says "NCI over, S30" 'W\r' '\n^^^^^^^lb\r\n02\r\x03'
speaks toledo-8217 31kg 'unit kg'
says "8217 over" 'W' '\x02?B\r'
speaks sartorius-sbi-16 31kg
says "SBI over" '\x1bP' '        H     \r\n'
ctl scale overload-zeros >/dev/null
speaks st-gs 31kg
says "a scale that shows zeros for it" '' 'ST,GS,+  0.000kg\r\n'
ctl scale overload-zeros off >/dev/null
speaks mt-sics 0g underload
says "MT-SICS under, S20" 'SI\r\n' 'S -\r\n'
ctl scale underload off >/dev/null
speaks toledo-8217 500g wobble
says "8217 in motion, S33" 'W' '\x02?A\r'
ctl scale wobble off >/dev/null

# --- no weights ---
speaks st-gs-and 1kg 'count 12345'
says "pieces, S26" '' 'QT,+00012345 PC\r\n'
ctl scale count off >/dev/null
ctl scale protocol toledo-continuous >/dev/null
ctl scale count 5 >/dev/null
expect "a protocol without pieces says so" 2 $?

# --- faults ---
speaks toledo-continuous 742g 'parity 7e1'
# Even parity by hand: STX and "7" get the bit, "0" and CR do not, of 2d 30 20 the last does not get it away.
frame=$(say 18 '' | hex)
odd=0
for ((i = 0; i < 36; i += 2)); do
    bits=$((16#${frame:i:2}))
    for ((ones = 0; bits > 0; bits >>= 1)); do ones=$((ones + (bits & 1))); done
    odd=$((odd + ones % 2))
done
expect "parity in bit 7: every byte is even" "82 0" "${frame:0:2} $odd"
ctl scale parity off >/dev/null
speaks mt-sics 1kg stale
exec 3<>"/dev/tcp/127.0.0.1/$scale"
printf 'SI\r\n' >&3
head -c 19 <&3 >/dev/null
ctl put 2kg >/dev/null
printf 'SI\r\n' >&3
expect "the previous answer again" "S S      1.000 kg" "$(head -c 19 <&3 | tr -d '\r\n')"
exec 3>&-
ctl scale stale off >/dev/null
speaks st-gs 1kg 'foreign nci'
expect_has "frames of another in between" "ST,GS,+  1.000kg" "$(say 60 '')"
expect_has "that are the other's" "7.770kg" "$(say 60 '')"
ctl scale foreign off >/dev/null
ctl scale rate 1000 >/dev/null
before=$(ctl status | grep -o '"frames":[0-9]*' | cut -d: -f2)
say 5400 '' >/dev/null
after=$(ctl status | grep -o '"frames":[0-9]*' | cut -d: -f2)
expect "at a thousand a second none is left out" yes "$([ $((after - before)) -ge 300 ] && echo yes)"
done_with "packsim's scales"
