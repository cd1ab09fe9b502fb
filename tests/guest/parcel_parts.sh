# parcel_parts.sh - a parcel over USB, looked at closely; sourced.

keyboards() {
    bench unplug keyboard # of the round before
    must device keyboard keyboard 3
    must plug keyboard
    keyboard_is_heard "a person's keyboard is not swallowed"
}

whole_parcel() {
    must counts scale
    expect "the scale was given the line of the settings" "4800 7E1" \
        "$(sed -n 's/.* line=\(.*\) pins=.*/\1/p' <<<"$answer")"
    must forget
    must capture printer -
    must stall printer 0x02 1
    scan_new_order
    ctl put 742g >/dev/null
    comes_to_an_end
    must capture printer /out/label.zpl
    expect_has "the label over the wire has the booked AWB" "$(awb_of "$order")" "$(tr -d '\0' </out/label.zpl)"
    expect_has "and the order system has the mass" '"mass_g":742' "$(ctl ledger | grep "\"order_no\":\"$order\"")"
    must counts printer
    expect "the printer was never reset" 1 "$(figure configured)"
    nobody_heard "what the scanner typed reached neither the console nor an input device"
}

scanner_leaves_in_weighing() {
    scan_new_order
    unplug scanner weighing
    plug scanner weighing
    ctl put 500g >/dev/null
    comes_to_an_end
}
