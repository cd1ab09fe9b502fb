#!/usr/bin/env bash
# Promise: the same parcel over devices that the kernel itself plays (dummy_hcd and its gadgets: keyboard, serial line,
# printer), so that it is not the bench's own idea of USB alone that packd works with; each of them may leave and
# come back.
set -uo pipefail
. "$(dirname "$0")/guest_lib.sh"
gadgets=/sys/kernel/config/usb_gadget

gadget() { # NAME FUNCTION VENDOR PRODUCT MAKER TITLE SERIAL
    local folder=$gadgets/$1
    mkdir -p "$folder"/strings/0x409 "$folder/configs/c.1" "$folder/functions/$2"
    echo "$3" >"$folder/idVendor"
    echo "$4" >"$folder/idProduct"
    echo "$5" >"$folder/strings/0x409/manufacturer"
    echo "$6" >"$folder/strings/0x409/product"
    echo "$7" >"$folder/strings/0x409/serialnumber"
}
gadget_ready() { # NAME FUNCTION
    ln -s "$gadgets/$1/functions/$2" "$gadgets/$1/configs/c.1/"
}

# The boot keyboard's descriptor of HID 1.11, appendix B.
keyboard_descriptor='\x05\x01\x09\x06\xa1\x01\x05\x07\x19\xe0\x29\xe7\x15\x00\x25\x01\x75\x01\x95\x08\x81\x02'
keyboard_descriptor+='\x95\x01\x75\x08\x81\x03\x95\x05\x75\x01\x05\x08\x19\x01\x29\x05\x91\x02\x95\x01\x75\x03\x91\x03'
keyboard_descriptor+='\x95\x06\x75\x08\x15\x00\x25\x65\x05\x07\x19\x00\x29\x65\x81\x00\xc0'
make_gadgets() {
    gadget scanner hid.0 0x05e0 0x1200 Symbol "Symbol Bar Code Scanner" A1
    for word in protocol:1 subclass:1 report_length:8; do
        echo "${word#*:}" >"$gadgets/scanner/functions/hid.0/${word%:*}"
    done
    busybox printf "$keyboard_descriptor" >"$gadgets/scanner/functions/hid.0/report_desc"
    gadget_ready scanner hid.0
    gadget scale acm.0 0x0483 0x5740 Example "Bench Scale" A1B2C3
    gadget_ready scale acm.0
    gadget printer printer.0 0x0a5f 0x0164 Zebra "ZTC ZD220-203dpi ZPL" D4J201234567
    echo 10 >"$gadgets/printer/functions/printer.0/q_len"
    echo "MANUFACTURER:Zebra Technologies ;COMMAND SET:ZPL;MODEL:ZTC ZD220-203dpi ZPL;" \
        >"$gadgets/printer/functions/printer.0/pnp_string"
    gadget_ready printer printer.0
}

declare -A controller=([scanner]=dummy_udc.0 [scale]=dummy_udc.1 [printer]=dummy_udc.2) relay=()
declare -A node=([scanner]=/dev/hidg0 [scale]=/dev/ttyGS0 [printer]=/dev/g_printer0)
gadget_in() { # NAME: its other side is packsim's
    echo "${controller[$1]}" >"$gadgets/$1/UDC"
    until_has "${node[$1]}" 20 ls "${node[$1]}"
    case $1 in
        scale)
            stty -F /dev/ttyGS0 raw -echo
            busybox nc 127.0.0.1 "$scale" </dev/ttyGS0 >/dev/ttyGS0 2>/dev/null &
            relay[scale]=$! ;;
        printer) # it opens once the host has set it up
            until { true <>/dev/g_printer0; } 2>/dev/null; do sleep 0.05; done
            busybox nc 127.0.0.1 "$printer" <>/dev/g_printer0 >&0 2>/dev/null &
            relay[printer]=$! ;;
    esac
}
gadget_out() { # NAME
    if [ -n "${relay[$1]:-}" ]; then
        kill "${relay[$1]}" 2>/dev/null
        wait "${relay[$1]}" 2>/dev/null
    fi
    echo >"$gadgets/$1/UDC"
}

gadget_type() { # TEXT, capitals, digits and dashes: one report a write
    local i letter code modifier
    for ((i = 0; i < ${#1}; i++)); do
        letter=${1:i:1} modifier=0
        case $letter in
            [A-Z]) printf -v code %d "'$letter"; code=$((code - 65 + 4)); modifier=2 ;;
            0) code=$((0x27)) ;;
            [1-9]) code=$((0x1e + letter - 1)) ;;
            *) code=$((0x2d)) ;;
        esac
        printf '\\x%02x\\0\\x%02x\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0' $modifier $code
    done >"$work/reports"
    printf '\\0\\0\\x28\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0' >>"$work/reports"
    busybox printf "$(cat "$work/reports")" >"$work/reports.bin"
    dd if="$work/reports.bin" of=/dev/hidg0 bs=8 2>/dev/null
}

parcel() {
    new_order
    state_is idle 20
    empty_plate
    gadget_type "$order"
    state_is weighing
    ctl put 500g >/dev/null
    comes_to_an_end
}
comes_and_goes() { # NAME
    must mark
    gadget_out "$1"
    is_gone "$1" gadget
    must mark
    gadget_in "$1"
    must until 60000 "$(state_of "$1" ready)"
    figures+=("$1 gadget back $answer")
}

make_gadgets
world_begin
for name in scanner scale printer; do gadget_in "$name"; done
must until $patience_ms "$all_ready"
for ((round = 0; round < ${GUEST_ROUNDS:-1}; round++)); do
    play parcel
    for name in scanner scale printer; do play comes_and_goes "$name"; done
    play parcel
done
for name in "${!relay[@]}"; do kill "${relay[$name]}" 2>/dev/null; done
guest_done "usb gadgets"
