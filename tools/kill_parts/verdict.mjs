// verdict.mjs - what the other side's books say once everything has drained. packd is not asked.
//
// For each order that was begun: as many live bookings as packages, each with the mass that lay on the
// plate; each number on one whole label, or on as many more as a person asked for; each package known
// to the order system with that very number, as printed.
function findOf(findings, kind, text) { findings.push({ kind, text }); }

function checkBookings(order, live, findings, sums, courierRepeats) {
    const perReference = new Map();
    for (const each of live) perReference.set(each.reference, [...perReference.get(each.reference) ?? [], each]);
    // A courier that books every request, against its word that it knows our key: its own doing, and seen in
    // its books as one reference, one key and one body. Counted apart.
    let own = live.length;
    for (const group of courierRepeats ? perReference.values() : []) {
        const same = group.every((each) => each.key === group[0].key && each.body === group[0].body);
        if (same) {
            sums.courier_repeats += group.length - 1;
            own -= group.length - 1;
        }
    }
    if (own > order.packages) {
        sums.doubled += own - order.packages;
        findOf(findings, "doubled", `${order.scan}: ${order.packages} packages and live bookings ${live.map((each) => each.awb)}`);
    }
    if (own < order.packages) {
        sums.lost += order.packages - own;
        findOf(findings, "lost", `${order.scan}: ${order.packages} packages and live bookings [${live.map((each) => each.awb)}]`);
    }
    for (const each of live) {
        if (each.mass_g !== order.grams)
            findOf(findings, "mass", `${order.scan}: ${each.mass_g} g booked, ${order.grams} g lay on the plate`);
    }
}

function checkLabels(order, live, labelsOf, words, findings, sums) {
    let labelled = 0;
    for (const { awb } of live) {
        const out = labelsOf.get(awb) ?? 0;
        labelled += out > 0 ? 1 : 0;
        const twice = out - 1 - (words.get(awb) ?? 0);
        if (twice > 0) {
            sums.labels_twice += twice;
            findOf(findings, "label twice", `${order.scan}: ${out} labels ${awb}`);
        }
    }
    if (labelled < order.packages) findOf(findings, "lost", `${order.scan}: ${labelled} labels of ${order.packages}`);
    if (labelled < order.packages) sums.lost += order.packages - labelled;
    sums.parcels += Math.min(labelled, order.packages);
}

function checkOrder(order, row, live, labelsOf, findings, sums) {
    const known = new Set(live.map((each) => each.awb));
    for (const [i, parcel] of row.packages.entries()) {
        const good = parcel.stage === "label_printed" && parcel.awbs.length === 1 && known.has(parcel.awbs[0]) &&
            (labelsOf.get(parcel.awbs[0]) ?? 0) > 0 && parcel.labels >= 1 && parcel.weight_g === order.grams;
        if (good) continue;
        sums.events_missing++;
        findOf(findings, "event missing", `${order.scan} package ${i + 1} at the order system: ${JSON.stringify(parcel)}`);
    }
    if (new Set(row.packages.flatMap((each) => each.awbs)).size < row.packages.length && row.packages.every((each) => each.awbs.length > 0))
        findOf(findings, "event missing", `${order.scan}: one number for two packages at the order system`);
}

// What the courier refused must not look packed to the order system.
function checkTakenBack(order, row, findings) {
    for (const parcel of row.packages) {
        if (!["label_printed", "booked"].includes(parcel.stage)) continue;
        findOf(findings, "not taken back", `${order.scan} was refused, at the order system: ${JSON.stringify(parcel)}`);
    }
}

// A number belongs to one parcel, whoever made the label.
function checkNumbers(outside, labels, packer, findings, sums) {
    const owner = new Map();
    for (const label of labels.filter((each) => !each.hold)) {
        const order = packer.made.find((each) => outside.belongs(label, each));
        for (const code of label.codes) {
            if (owner.has(code) && owner.get(code) !== order) {
                sums.doubled++;
                findOf(findings, "doubled", `number ${code} on labels of ${owner.get(code)?.scan} and ${order?.scan}`);
            }
            owner.set(code, order);
        }
    }
    for (const awb of outside.numbersTwice) {
        sums.doubled++;
        findOf(findings, "doubled", `number ${awb} is in the courier's books twice`);
    }
}

export async function judge(outside, packer, variant, journal) {
    const findings = [];
    const sums = { orders: 0, parcels: 0, bookings: 0, labels: 0, hold_labels: 0,
        taken_back: packer.destroyed.size, cancelled: 0, events: 0, doubled: 0, lost: 0, labels_twice: 0,
        events_missing: 0, courier_repeats: 0 };
    const bookings = outside.bookings(), labels = await outside.labels(), rows = await outside.orders();
    const labelsOf = new Map();
    for (const label of labels) {
        if (label.hold) {
            sums.hold_labels++;
            continue;
        }
        for (const code of new Set(label.codes)) {
            if (bookings.some((each) => each.awb === code)) labelsOf.set(code, (labelsOf.get(code) ?? 0) + 1);
        }
        const torn = label.codes.every((code) => packer.destroyed.has(code));
        if (!torn && !label.codes.some((code) => bookings.some((each) => each.awb === code && each.live)))
            findOf(findings, "label of nothing", `${label.file}: no booking of ${label.codes}`);
    }
    checkNumbers(outside, labels, packer, findings, sums);
    sums.labels = labels.length - sums.hold_labels;
    sums.bookings = bookings.filter((each) => each.live).length;
    for (const order of packer.made) {
        const live = bookings.filter((each) => each.live && each.name === order.name);
        if (!order.begun || order.refuse || order.cancelled) {
            if (live.length > 0) findOf(findings, "doubled", `${order.scan} was not begun, refused or cancelled, and is booked`);
            sums.cancelled += order.cancelled ? 1 : 0;
            if (order.begun && order.refuse) checkTakenBack(order, rows.find((each) => each.order_no === order.scan), findings);
            continue;
        }
        sums.orders++;
        checkBookings(order, live, findings, sums, variant.repeat === "duplicate");
        checkLabels(order, live, labelsOf, packer.words, findings, sums);
        checkOrder(order, rows.find((each) => each.order_no === order.scan), live, labelsOf, findings, sums);
    }
    for (const receipt of await outside.receipts()) {
        sums.events += receipt.acked_seq;
        const cancelled = packer.made.some((each) => each.cancelled); // what is told of one is a conflict
        if (receipt.rejected > 0 || (receipt.conflicts > 0 && !cancelled)) findOf(findings, "refused event", JSON.stringify(receipt));
    }
    if (journal.events !== sums.events) {
        sums.events_missing += Math.abs(journal.events - sums.events);
        findOf(findings, "event missing", `${journal.events} events in the journal, ${sums.events} at the order system`);
    }
    if (!journal.good) findOf(findings, "journal", journal.said);
    return { findings, sums };
}
