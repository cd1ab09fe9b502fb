// packer.mjs - the hands at the bench. They know what a packer knows: what the page says, what lies on
// the plate, which labels have come out of the printer, what stands on the shelf. They answer each question
// after looking, and never say anything twice that was heard.
const turnEveryMs = 25, scanPauseMs = 320, pressPauseMs = 150, restPatienceMs = 3000;

export class Packer {
    constructor(outside, box, chance, variant, note) {
        Object.assign(this, { outside, box, chance, variant, note });
        this.made = [];          // every order so far
        this.waiting = [];       // orders not begun
        this.shelf = [];         // orders set aside
        this.hand = null;        // the order being packed
        this.plate_g = 0;
        this.draining = false;
        this.destroyed = new Set(); // AWBs whose label was torn up, because the page said so
        this.words = new Map();  // AWB: how often a person asked for one more label
        this.questions = 0;
        this.quietUntil = 0;     // the packer waits to see what comes of what was done
        this.scanAfter = 0;      // twice within 0.3 s is once
        this.finished = 0;       // orders
        this.limit = Infinity;   // orders that are begun at most
        this.trouble = [];
    }

    async addOrders(count) {
        for (let i = 0; i < count; i++) {
            const number = 2001 + this.made.length;
            const packages = this.chance.percent(this.variant.twoPackages) ? 2 : 1;
            const order = { number, scan: `WEB-${number}`, name: `Parcel-${number}`, packages, grams: 0, begun: false };
            order.grams = this.variant.grams[0] + this.chance.below(this.variant.grams[1] - this.variant.grams[0]);
            const cod = this.chance.percent(20) ? " cod=149900" : "";
            order.refuse = this.chance.percent(this.variant.refusable); // no courier goes there
            order.words = `order add ${number} pin=${order.refuse ? 799999 : 560001} packages=${packages} name=${order.name}${cod}`;
            order.late = this.chance.percent(35); // it comes when its paper is scanned: packd has to ask for it
            if (!order.late) await this.outside.must(order.words);
            this.made.push(order);
            this.waiting.push(order);
        }
    }

    async run() {
        while (!this.over) {
            try {
                await this.turn();
            } catch (error) {
                this.trouble.push(`the packer cannot go on: ${error.message}`);
                return;
            }
            await new Promise((resolve) => {
                const timer = setTimeout(resolve, turnEveryMs);
                this.wake = () => { clearTimeout(timer); resolve(); };
            });
        }
    }

    nudge() { this.wake?.(); }

    // The numbers on this order's labels, as they lie there: hold labels and those torn up do not count.
    async labelled(order) {
        const seen = new Set();
        for (const label of await this.outside.labels()) {
            if (label.hold || !this.outside.belongs(label, order)) continue;
            for (const code of label.codes) if (!this.destroyed.has(code)) seen.add(code);
        }
        return seen;
    }

    // What is scanned to fetch a parcel from the shelf: its hold label, when it has one.
    async codeOf(order) {
        const holds = (await this.outside.labels()).filter((label) => label.hold && this.outside.belongs(label, order));
        return holds.length > 0 && this.chance.percent(60) ? holds.at(-1).codes[0] : order.scan;
    }

    async turn() {
        const seen = this.box.seen;
        if (seen === null || performance.now() < this.quietUntil) return;
        if (this.hand !== null && ["booking", "printing", "held"].includes(seen.state)) this.hand.aside = false;
        const act = this[seen.state];
        if (act !== undefined) await act.call(this, seen);
    }

    quiet(ms) { this.quietUntil = performance.now() + ms; }

    async press(word, text) {
        this.note(`press ${word}`);
        const heard = await this.box.press(word, text);
        if (heard && this.box.seen !== null) this.quiet(pressPauseMs);
        return heard;
    }

    async put(grams) {
        this.plate_g = grams;
        await this.outside.must(grams > 0 ? `put ${grams}g` : "lift");
    }

    async scan(text) {
        if (performance.now() < this.scanAfter) return;
        this.note(`scan ${text}`);
        if (await this.outside.tell(`scan ${text}`) !== null) this.scanAfter = performance.now() + scanPauseMs;
    }

    async idle(seen) {
        if (this.hand !== null && await this.handIsDone()) return;
        if (this.hand === null && await this.takeBack(seen)) return;
        if (this.hand === null) this.take();
        if (this.hand === null) {
            this.atRest = true;
            return;
        }
        this.atRest = false;
        if (this.plate_g > 0) {
            await this.put(0);
            return;
        }
        if (seen.weight?.zero && seen.weight.stable) {
            if (this.hand.late && !this.hand.begun) await this.outside.must(this.hand.words);
            this.hand.begun = true;
            await this.scan(await this.codeOf(this.hand));
        }
    }

    // The page says that a parcel must not leave: its label is scanned.
    async takeBack(seen) {
        const recall = seen.recalls?.first[0];
        if (recall === undefined) return false;
        await this.scan(this.chance.percent(50) ? recall.awb : recall.order_no);
        return true;
    }

    // What lies in the hand while the page asks for a scan: labelled, on its way to the shelf, or not begun.
    async handIsDone() {
        const labels = (await this.labelled(this.hand)).size;
        if (labels >= this.hand.packages) {
            this.note(`done ${this.hand.scan}`);
            this.finished++;
            if (this.chance.percent(this.variant.cancels)) this.cancelLater(this.hand);
            this.hand = null;
            if (this.plate_g > 0) await this.put(0);
            return true;
        }
        if (this.hand.aside) {
            this.note(`shelf ${this.hand.scan}`);
            this.toShelf();
            return true;
        }
        return false;
    }

    // Somebody in the office cancels what has just been packed.
    cancelLater(order) {
        order.cancelled = true;
        this.cancelling = (this.cancelling ?? Promise.resolve()).then(() => new Promise((resolve) => {
            setTimeout(() => {
                this.note(`cancelled ${order.scan}`);
                this.outside.tell(`order cancel ${order.scan}`).then(resolve, resolve);
            }, this.chance.below(2000));
        }));
    }

    toShelf() {
        this.hand.aside = false;
        this.hand.since = performance.now();
        this.shelf.push(this.hand);
        this.hand = null;
    }

    take() {
        const rested = this.shelf.findIndex((each) => performance.now() - each.since > 1500);
        const fresh = this.draining || this.made.length - this.waiting.length >= this.limit ? undefined : this.waiting[0];
        if (rested >= 0 && (fresh === undefined || this.chance.percent(35))) {
            [this.hand] = this.shelf.splice(rested, 1);
        } else if (fresh !== undefined) {
            this.hand = this.waiting.shift();
        }
    }

    async weighing(seen) {
        if (this.hand === null || seen.order?.order_no !== this.hand.scan) {
            await this.press("give_up");
        } else if (this.plate_g > 0 && seen.weight?.hint === "not_emptied") {
            await this.put(0);
        } else if (this.plate_g === 0 && seen.weight?.zero && seen.weight.stable) {
            await this.put(this.hand.grams);
        } else if (this.plate_g > 0 && seen.weight?.zero && seen.weight.stable) {
            await this.put(this.hand.grams); // it was put while the scale was away
        }
    }

    async rating() {
        await this.press("print");
    }

    async booking(seen) {
        if (!seen.presses.includes("set_aside")) return;
        const what = this.chance.weighted([[45, "set_aside"], [25, "try_again"], [30, ""]]);
        if (what === "") {
            this.quiet(400);
        } else if (await this.press(what) && what === "set_aside" && this.hand !== null) {
            this.hand.aside = true;
        }
    }

    // Nothing was sent to the printer yet and it cannot take it: mend it, or put the parcel on the shelf.
    async printing(seen) {
        if (!seen.presses.includes("set_aside")) return;
        if (await this.mendPrinter()) return;
        if (!this.chance.percent(10)) {
            this.quiet(300);
        } else if (await this.press("set_aside") && this.hand !== null) {
            this.hand.aside = true;
        }
    }

    async mendPrinter() {
        const { printer } = await this.outside.status();
        const wrong = printer.paper_out || printer.head_open || printer.paused;
        if (printer.paper_out) await this.outside.must("printer paper-in");
        if (printer.head_open) await this.outside.must("printer head-close");
        if (printer.paused) await this.outside.must("printer resume");
        return wrong;
    }

    async held(seen) {
        if (this[seen.reason] !== undefined) await this[seen.reason](seen);
        else if (seen.presses.includes("give_up")) await this.press("give_up");
        else await this.press(seen.presses[0]);
    }

    // Is there a label? The packer waits until the printer has come to rest, looks, and says so.
    async label_unknown(seen) {
        this.asked ??= performance.now();
        await this.mendPrinter();
        const { printer } = await this.outside.status();
        const rests = printer.queued === 0 && (!printer.partial || performance.now() - this.asked > restPatienceMs);
        if (!rests) return;
        const awb = seen.booking?.awb;
        const out = (await this.outside.labels()).some((label) => label.codes.includes(awb));
        if (this.box.seen?.reason !== "label_unknown" || this.box.seen.booking?.awb !== awb) return;
        this.asked = undefined;
        this.questions++;
        if (!out) await this.press("label_missing");
        else if (this.chance.percent(50)) await this.press("label_ok");
        else await this.scan(awb);
    }

    async label_broken(seen) {
        await this.press(this.chance.percent(70) || !seen.presses.includes("set_aside") ? "try_again" : "set_aside");
    }

    // Closed, says packd: then the label must be there; the next turn at IDLE looks.
    async already_packed(seen) {
        if (this.hand?.refuse) {
            this.hand = null; // "packed" is what the order system heard before the courier's no
        } else if (this.hand !== null && (await this.labelled(this.hand)).size < this.hand.packages) {
            this.hand.refusals = (this.hand.refusals ?? 0) + 1;
            if (this.hand.refusals === 5) {
                this.trouble.push(`${this.hand.scan} counts as packed and has no label`);
                this.hand = null;
            }
        }
        await this.press(seen.presses[0]);
    }

    async too_many_open() {
        if (await this.press("give_up") && this.hand !== null) this.toShelf();
    }

    async not_booked_yet() {
        await this.too_many_open();
    }

    // The label is torn up before it is said; who is not heard says so again.
    async recalled(seen) {
        const { awb } = seen.message.arguments;
        this.destroyed.add(awb);
        const order = this.made.find((each) => each.scan === seen.message.arguments.order_no);
        if (!order?.refuse && !order?.cancelled) this.trouble.push(`${order?.scan} is called back, and nobody said no`);
        if (await this.press("taken_back") && this.hand === order) this.hand = null;
    }

    async refused() {
        const hopeless = this.hand?.refuse === true;
        await this.press(hopeless || this.chance.percent(50) ? "give_up" : "try_again");
        if (hopeless) this.hand = null; // somebody in the office has to look at it
    }
}
