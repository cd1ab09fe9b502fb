# states_parts.sh - devices that are pulled out and put in again, idle, weighing, booking and printing; sourced.
idle() {
    local device
    for device in scanner scale printer; do
        unplug "$device" idle
        plug "$device" idle
    done
}

weighing() {
    local device
    for device in scanner scale printer; do
        scan_new_order
        unplug "$device" weighing
        ctl put 500g >/dev/null
        if [ "$device" = scale ]; then
            must until $patience_ms '"id":"scale_gone"'
            expect "nothing is booked without a scale" 0 "$(live_bookings "$order")"
        fi
        plug "$device" weighing
        comes_to_an_end
    done
}

booking() {
    local device
    for device in scanner scale printer; do
        scan_new_order
        ctl fault courier book delay 1500 >/dev/null
        ctl put 500g >/dev/null
        state_is booking
        unplug "$device" booking
        plug "$device" booking
        comes_to_an_end
    done
}

# The printer lets the label wait, so that there is time to pull the others.
printing() {
    local device
    scan_new_order
    must hold printer 0x02
    ctl put 500g >/dev/null
    state_is printing
    for device in scanner scale; do
        unplug "$device" printing
        plug "$device" printing
    done
    must let-go printer 0x02
    comes_to_an_end
}

# It leaves after so many bytes of the label's own; whether there is a label is asked of a person, who looks.
in_mid_label() { # BYTES
    scan_new_order
    must unplug-at printer "$1"
    ctl put 500g >/dev/null
    must await printer gone 1 60000
    is_gone printer label
    plug printer label
    asked_comes_to_an_end
}

hub() {
    local device
    must hub off
    for device in scanner scale printer; do must since $patience_ms "$(gone_of "$device")"; done
    must hub on
    must until 60000 "$all_ready"
}

hub_with_an_order() {
    scan_new_order
    hub
    ctl put 500g >/dev/null
    comes_to_an_end
}
