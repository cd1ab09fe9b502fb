// leg.mjs - one leg of the campaign: a world and a box of its own, kills and faults until it is enough,
// then peace, and the verdict. A leg is short, so that whatever is found has a short history.
import { execFileSync } from "node:child_process";
import { appendFileSync, mkdirSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { Box } from "./box.mjs";
import { Guest } from "./guest.mjs";
import { Chance } from "./chance.mjs";
import { Mischief } from "./mischief.mjs";
import { Moments, reached } from "./moments.mjs";
import { Outside } from "./outside.mjs";
import { Packer } from "./packer.mjs";
import { judge } from "./verdict.mjs";

const ordersAhead = 4, shelfMax = 5, lullMaxMs = 75000, drainMs = 150000, toldMs = 60000;

export class Leg {
    // machine: the folder of a virtual machine to run packd in; undefined: it is a process.
    constructor(bin, dir, seed, variant, share, machine) {
        Object.assign(this, { bin, dir, seed, variant, share, machine, kills: 0, withBacklog: 0, states: {}, openBookings: 0, lastState: "nothing", began: performance.now() });
        mkdirSync(dir, { recursive: true });
        this.chance = new Chance(seed);
        this.note = (text) => appendFileSync(`${dir}/leg.log`, `${((performance.now() - this.began) / 1000).toFixed(3)} ${text}\n`);
    }

    async open() {
        this.outside = new Outside(this.bin, `${this.dir}/sim`, this.seed);
        await this.outside.start();
        for (const command of ["scale rate 50", "scale rest 100", "printer speed 12", ...this.variant.commands])
            await this.outside.must(command);
        this.box = this.machine === undefined ? new Box(this.bin, this.dir, this.outside, this.variant)
            : new Guest(this.bin, this.dir, this.outside, this.variant, this.machine);
        await this.box.prepare(this.chance.fork());
        this.packer = new Packer(this.outside, this.box, this.chance.fork(), this.variant, this.note);
        this.mischief = new Mischief(this.outside, this.chance.fork(), this.variant, this.box.places.slowness, this.note);
        this.moments = new Moments(this.chance.fork(), this.variant.automatic);
        let before = "";
        this.box.usualHeard = (state) => {
            this.moments.note(state.state, performance.now());
            this.findClosed(state.state);
            const now = `${state.state} ${state.reason ?? ""} ${state.order?.order_no ?? ""} ${state.booking?.awb ?? ""}`;
            if (now !== before) this.note(`  ${now}`);
            if (state.state !== before.split(" ")[0]) this.packer.nudge();
            before = now;
        };
        this.box.heard = this.box.usualHeard;
    }

    get broken() { return this.box.trouble.length + this.packer.trouble.length > 0; }

    // What was true just before the kill: the page's state, and what the other side already had.
    async tally() {
        const seen = this.box.seen, awb = seen?.booking?.awb;
        if ((seen?.open_bookings ?? 0) > 0) this.withBacklog++;
        let state = seen?.state ?? `starting again after ${this.lastState}`;
        if (seen !== null && state !== "recovering") this.lastState = state;
        if (state === "held") state = `held ${seen.reason}`;
        if (state === "booking" && this.packer.hand !== null) {
            const booked = this.outside.bookings().filter((each) => each.name === this.packer.hand.name).length;
            if (booked > 0) state = "booking, the courier has it";
        }
        if (state === "printing" && seen.message?.id === "hold_label") state = "printing a hold label";
        if (state === "printing" && !this.outside.bookings().some((each) => each.awb === awb)) state = "printing ahead";
        this.wasOut = state.startsWith("printing") && (await this.outside.labels()).some((label) => label.codes.includes(awb));
        if (this.wasOut) state += ", the label is out";
        this.outState = state;
        this.states[state] = (this.states[state] ?? 0) + 1;
        this.note(`kill ${++this.kills} at ${state}`);
    }

    // The label was out, and the next life asks nothing: the kill came after the closing batch was durable
    // and before the page could say so.
    findClosed(state) {
        if (this.wasOut && state === "idle") {
            if (--this.states[this.outState] === 0) delete this.states[this.outState];
            this.states.closing = (this.states.closing ?? 0) + 1;
        }
        if (state !== "recovering") this.wasOut = false;
    }

    async killOnce() {
        const moment = this.moments.draw();
        this.box.start();
        await this.box.beforeMoment(moment, this.chance);
        if (moment.state === "finding" && this.chance.percent(50))
            await this.outside.must(`fault oms lookup delay ${this.chance.between(5, 300)}`);
        if (moment.state === "booking" && this.chance.percent(50))
            await this.outside.must(`fault courier book delay ${this.chance.between(30, 600)}`);
        await reached(this.box, moment);
        if (!this.box.alive) return;
        const seen = this.box.seen;
        this.openBookings = seen?.open_bookings ?? this.openBookings;
        const counted = this.box.kill(); // first the kill, then the books: they do not change by being read
        this.box.seen = seen;
        await this.tally();
        await counted;
    }

    // Bookings that must be asked for twice, a look-up lag apart, need that long without a kill.
    async lull() {
        this.note("lull");
        this.mischief.holdLine(true);
        this.box.start();
        for (const until = performance.now() + lullMaxMs; performance.now() < until && this.box.alive; await sleep(100)) {
            const seen = this.box.seen;
            if (seen !== null && seen.state !== "recovering" && (seen.open_bookings ?? 0) <= 1 && this.packer.shelf.length <= 1) break;
        }
        this.openBookings = 0;
        this.mischief.holdLine(false);
        if (this.box.alive) await this.box.kill();
    }

    async killing(stopAt) {
        const working = [this.packer.run(), this.mischief.run(), this.mischief.runLine()];
        while (this.kills < this.share.kills && performance.now() < stopAt && !this.broken &&
            this.packer.finished < this.share.parcels) {
            if (this.packer.waiting.length < ordersAhead) await this.packer.addOrders(ordersAhead);
            if (this.openBookings >= this.variant.openMax || this.packer.shelf.length >= shelfMax) await this.lull();
            else await this.killOnce();
        }
        await this.mischief.stop();
        this.packer.draining = true;
        return working;
    }

    // Peace: every parcel that was begun comes to its end, and the order system hears of it.
    async drain() {
        this.note("drain");
        this.box.start();
        let at = "";
        for (const until = performance.now() + drainMs; !this.broken; await sleep(50)) {
            at = JSON.stringify(this.box.seen);
            const rests = this.box.seen?.state === "idle" && this.packer.atRest && this.packer.hand === null &&
                this.packer.shelf.length === 0 && (this.box.seen.open_bookings ?? 0) === 0 &&
                (this.box.seen.recalls?.count ?? 0) === 0;
            if (rests) break;
            if (performance.now() > until) {
                this.box.trouble.push(`it did not come to rest: ${at}`);
                return;
            }
        }
        await this.undone();
        const begun = new Set(this.packer.made.filter((each) => each.begun && !each.refuse && !each.cancelled).map((each) => each.scan));
        for (const until = performance.now() + toldMs; performance.now() < until && !this.broken; await sleep(50)) {
            const rows = (await this.outside.orders()).filter((each) => begun.has(each.order_no));
            const told = (this.box.seen?.events?.waiting ?? 0) === 0;
            if (told && rows.every((row) => row.packages.every((each) => each.stage === "label_printed"))) break;
        }
    }

    // What was cancelled is void at the courier, and its labels are torn up.
    async undone() {
        await this.packer.cancelling;
        const orders = this.packer.made.filter((each) => each.cancelled);
        for (const until = performance.now() + drainMs; performance.now() < until && !this.broken; await sleep(100)) {
            const names = new Set(this.outside.bookings().filter((each) => each.live).map((each) => each.name));
            const out = await Promise.all(orders.map((each) => this.packer.labelled(each)));
            if (orders.every((each, i) => !names.has(each.name) && out[i].size === 0) && this.box.seen?.state === "idle") break;
        }
    }

    journal() {
        const file = this.box.journalFile(), options = { encoding: "utf8", maxBuffer: 1 << 28 };
        try {
            const said = execFileSync(`${this.bin}/packtool`, ["journal", "check", file], options);
            const facts = execFileSync(`${this.bin}/packtool`, ["journal", "export", file], options);
            const events = facts.split("\n").filter(Boolean).filter((line) => JSON.parse(line).kind === "event").length;
            return { good: JSON.parse(said).ok === true, said, events };
        } catch (error) {
            return { good: false, said: String(error.stderr ?? error.message), events: -1 };
        }
    }

    async run(stopAt) {
        await this.open();
        const working = await this.killing(stopAt);
        if (!this.broken) await this.drain();
        this.packer.over = true;
        this.packer.nudge();
        await Promise.all(working);
        if (this.box.alive) await this.box.stop();
        const { findings, sums } = await judge(this.outside, this.packer, this.variant, this.journal());
        for (const text of [...this.box.trouble, ...this.packer.trouble, ...this.box.complaints()]) findings.push({ kind: "trouble", text });
        await this.outside.stop();
        return { findings, sums: { kills: this.kills, kills_with_backlog: this.withBacklog, faults: this.mischief.done, questions: this.packer.questions, ...sums },
            states: this.states, kinds: this.mischief.kinds, restarts: this.box.restarts };
    }

    // Nothing of it goes on.
    abandon() {
        for (const worker of [this.packer, this.mischief]) if (worker !== undefined) worker.over = true;
        if (this.box !== undefined) this.box.told = true;
        for (const process of [this.box?.child, this.outside?.process]) process?.kill("SIGKILL");
    }
}
