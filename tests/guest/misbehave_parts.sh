# misbehave_parts.sh - devices that stall, wait, babble, come twice, type what they should not or are somebody else's;
# sourced.
more_devices='[scanner "second"]
address = usb:05f9:2206
driver = keyboard
[scanner "all in one"]
address = usb:cafe:0001
driver = keyboard'

puts_and_ends() { # the parcel that was scanned
    ctl put 500g >/dev/null
    comes_to_an_end
}
parcel() { scan_new_order; puts_and_ends; }
driver_of() { basename "$(readlink "/sys/bus/usb/devices/1-$1/driver" 2>/dev/null)" 2>/dev/null; }

# The printer: a stall is cleared and nothing is lost or doubled; too many, and it is opened anew.
printer_stalls() {
    scan_new_order
    must stall printer 0x02 1
    puts_and_ends
    must counts printer
    expect "a stall is cleared" 1 "$(figure cleared)"
    expect "by no reset" 1 "$(figure configured)"
    scan_new_order
    must stall printer 0x82 1
    puts_and_ends
    scan_new_order
    must short printer 100
    puts_and_ends
}

# It takes nothing for so long that a person must be told; then it goes on where it was.
printer_waits() {
    scan_new_order
    must hold printer 0x02
    ctl put 500g >/dev/null
    state_is printing
    must until 60000 '"presses":["label_ok" || "id":"printer_silent"'
    must let-go printer 0x02
    asked_comes_to_an_end
}

paper_ends() {
    scan_new_order
    ctl printer paper-out 50 >/dev/null
    ctl put 500g >/dev/null
    must until 60000 '"flags":["paper_out"'
    ctl printer paper-in >/dev/null
    asked_comes_to_an_end
}

# The scanner: nonsense between two codes, and a code that broke off.
scanner_stumbles() {
    must stall scanner 0x81 1
    must await scanner cleared 1 $patience_ms
    must await scanner reads 2 $patience_ms # packd asks for several reports at once, the kernel's driver for one
    parcel
    must say scanner 1 "00 00 04 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00" # a babble
    must say scanner 1 ""
    must say scanner 1 "01 01 01 01 01 01 01 01" # too many keys
    parcel
    must partly scanner WEB-10
    unplug scanner partly
    plug scanner partly
    parcel
    must late scanner 20
    parcel
    must late scanner 0
}

# One that fails on and on is opened again, then reset, by a kernel that means it; then it scans.
scanner_fails() {
    local before
    must counts scanner
    before=$(figure configured)
    must stall scanner 0x81 1000
    must await scanner configured $((before + 1)) 60000
    must stall scanner 0x81 0
    must await scanner reads 2 $patience_ms
    parcel
}

comes_twice() {
    local device left
    for device in scanner scale printer; do
        must unplug "$device"
        must since $patience_ms "$(gone_of "$device")"
        must counts "$device"
        left=$(figure left)
        must twice "$device"
        must await "$device" left $((left + 1)) $patience_ms
        must await "$device" configured 1 $patience_ms
        must until 60000 "$(state_of "$device" ready)"
    done
    parcel
}

# Two scanners read one label at the same moment: each says the code, none the mixture, and it counts once.
two_at_once() {
    local said
    must device second scanner2 3
    must plug second
    must until $patience_ms '{"state":"ready","name":"Handheld'
    new_order
    state_is idle 20
    empty_plate
    must counts second
    said=$(($(figure said) + 2 * ${#order}))
    must together scanner second "$order"
    must await second said $said $patience_ms
    until_screen '"state":"weighing" || "id":"unknown_scan"'
    if [[ $screen == *'"id":"unknown_scan"'* ]]; then
        cut_code
        scan_until_found
    fi
    puts_and_ends
    must unplug second
}

# Claimed: not even what would end the machine reaches the kernel. Not claimed: it is a keyboard like any other, and
# packd does not take its word.
keys_of_others() {
    must device keyboard keyboard 4
    must plug keyboard
    keyboard_is_heard "a keyboard is not swallowed"
    must press keyboard 0 0x39 # Caps Lock, which is the keyboard's matter
    parcel
    must press keyboard 0 0x39
    chvt 2
    expect "the second console is shown" tty2 "$(cat /sys/class/tty/tty0/active)"
    must forget
    must press scanner 0x05 0x3a # Ctrl-Alt-F1
    must type scanner "reboot -f"
    must until $patience_ms '"id":"unknown_scan" || "id":"bad_scan"'
    ask press give_up >/dev/null
    expect "a claimed scanner changes no console" tty2 "$(cat /sys/class/tty/tty0/active)"
    nobody_heard "and its commands reach nobody"
    must press keyboard 0x05 0x3a
    until_has tty1 10 cat /sys/class/tty/tty0/active
    must type keyboard "WEB-1001"
    must hears $patience_ms "WEB-1001~"
    must until $patience_ms '"state":"idle"'
    must unplug keyboard
}

# A scanner that is a disk and a printer as well: packd takes the scanner and leaves the rest to the kernel.
more_than_one_thing() {
    must device composite composite 5
    must plug composite
    must until $patience_ms '{"state":"ready","name":"All In One"'
    until_has usb-storage 20 driver_of 6:1.1
    expect "the disk is the kernel's" usb-storage "$(driver_of 6:1.1)"
    expect "the printer is the kernel's" usblp "$(driver_of 6:1.2)"
    expect "the scanner is packd's" usbfs "$(driver_of 6:1.0)"
    must forget
    new_order
    state_is idle 20
    empty_plate
    must type composite "$order"
    state_is weighing
    nobody_heard "what it typed reached nobody else"
    puts_and_ends
    must unplug composite
}

# The id of a printer that says nothing and never ends, and another printer beside ours.
printer_ids() {
    unplug printer id
    must identity printer long
    must plug printer
    must until $patience_ms "$(state_of printer unfit)"
    must unplug printer
    must identity printer "MANUFACTURER:Zebra Technologies ;COMMAND SET:ZPL;MODEL:ZTC ZD220-203dpi ZPL;"
    plug printer id
    must device munbyn munbyn 6
    must plug munbyn
    must await munbyn configured 1 $patience_ms
    parcel
    must counts munbyn
    expect "no label goes to the other printer" 0 "$(figure out)"
    must unplug munbyn
}

# Two scales of one make change sockets while nobody looks: the one of the settings is the scale, the other says nothing.
scales_swap() {
    must device other scale 8 0 Z9Y8X7
    must plug other
    must unplug scale
    must unplug other
    must until $patience_ms "$(gone_of scale)"
    must device other scale 1 0 Z9Y8X7
    must device scale scale 8 "$scale"
    must plug other
    must plug scale
    must until 60000 "$(state_of scale ready)"
    parcel
    must counts other
    expect "nobody opened the other scale" 0 "$(figure pins)"
    must counts scale
    expect "but this one" "4800 7E1" "$(sed -n 's/.* line=\(.*\) pins=.*/\1/p' <<<"$answer")"
    must unplug other
    must unplug scale
    must until $patience_ms "$(gone_of scale)"
    must device scale scale 1 "$scale"
    plug scale swapped
}

# A hand, or a machine, that types without an end as fast as the host listens: refused as one code, and then it is over.
keys_without_end() {
    local i said
    state_is idle 20
    must counts scanner
    said=$(figure said)
    for ((i = 1; i <= 10; i++)); do
        must partly scanner "$(printf '%0400d' "$i")"
        must await scanner said $((said + i * 800)) 60000
    done
    must type scanner END
    must until 60000 '"id":"bad_scan" || "id":"unknown_scan"'
    ask press give_up >/dev/null
    parcel
}

# Those of devices, gone ones too; connections come and go by themselves.
descriptors() { ls -l "/proc/$packd_pid/fd" | grep -cE '/dev/(bus/usb|tty)'; }
come_and_go_often() { # TIMES
    local i before
    before=$(descriptors)
    for ((i = 0; i < $1; i++)); do
        unplug scanner often
        plug scanner often
    done
    expect "no descriptor is lost" "$before" "$(descriptors)"
    parcel
}
