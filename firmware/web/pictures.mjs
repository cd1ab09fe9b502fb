// Which picture stands for which message, press, choice, hint and step: symbols of index.html.
// What has no picture of its own gets the one of its lamp, so an unknown id still shows something.

const messages = {
    recovering: 'wait',
    scan_order: 'scan',
    finding: 'find',
    put_parcel: 'put',
    wait_stable: 'hands',
    plate_zero: 'put',
    too_light: 'put',
    overload: 'heavy',
    underload: 'empty',
    unusable: 'scale',
    not_emptied: 'empty',
    press_print: 'printer',
    booking: 'truck',
    booking_long: 'wait',
    printing: 'printer',
    printer_paper_out: 'paper',
    printer_ribbon_out: 'ribbon',
    printer_head_open: 'open',
    printer_paused: 'pause',
    printer_gone: 'unplugged',
    printer_silent: 'silent',
    printer_hot: 'hot',
    lift_parcel: 'lift',
    scan_label: 'label',
    wrong_label: 'stop',
    unknown_scan: 'find',
    many_orders: 'orders',
    bad_scan: 'scan',
    already_packed: 'stop',
    not_ready: 'stop',
    cancelled: 'stop',
    order_unclear: 'silent',
    order_system_down: 'unplugged',
    no_carrier: 'truck',
    refused_bad_pincode: 'pin',
    refused_not_serviceable: 'pin',
    refused_cod: 'money',
    refused_account: 'money',
    refused_credentials: 'shield',
    refused_config: 'gear',
    refused_address: 'pin',
    refused_weight: 'heavy',
    refused_other: 'stop',
    carrier_unclear: 'shelf',
    carrier_not_json: 'silent',
    untrusted: 'shield',
    no_clock: 'clock',
    label_unknown: 'question',
    label_broken: 'label',
    disk_full: 'disk',
    disk_low: 'disk',
    scale_gone: 'unplugged',
    scale_silent: 'silent',
    scale_wrong_line: 'gear',
    scanner_gone: 'unplugged',
    set_aside: 'shelf',
    booked_later: 'shelf',
    gave_up: 'empty',
    needs_person: 'person',
    config_changed: 'gear',
    config_wrong: 'gear',
    too_many_open: 'shelf',
    busy_scan: 'wait',
    training: 'training-hat',
};
const lamps = { green: 'done', yellow: 'warning', red: 'stop', blue: 'wait' };
const presses = {
    print: 'printer',
    give_up: 'cross',
    try_again: 'again',
    set_aside: 'shelf',
    label_ok: 'tick',
    label_missing: 'again',
    reprint: 'printer',
    not_booked: 'person',
    scan: 'scan',
};
const choices = { damaged: 'label', unreadable: 'scan', lost: 'find', confirmed: 'person' };
const steps = { scan: 'scan', weigh: 'scale', book: 'truck', print: 'printer', take: 'lift' };
const hints = {
    stable: 'tick',
    moving: 'hands',
    zero: 'scale',
    not_emptied: 'empty',
    overload: 'heavy',
    old: 'silent',
};

const own = (table, key) => (Object.hasOwn(table, key) ? table[key] : undefined);

export const pictureOfMessage = (id, lamp) => own(messages, id) ?? own(lamps, lamp) ?? 'warning';
export const pictureOfPress = (press) => own(presses, press) ?? 'box';
export const pictureOfChoice = (choice) => own(choices, choice) ?? 'box';
export const pictureOfHint = (hint) => own(hints, hint) ?? 'warning';
export const pictureOfStep = (step) => steps[step];
