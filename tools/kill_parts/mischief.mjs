// mischief.mjs - what goes wrong outside while packd is being killed, drawn from a seed: answers of
// courier and order system, plugs, paper, a certificate. Each trouble ends by itself after a while.
const upMs = [800, 6000], downMs = [1500, 9000];
const pauseMs = [250, 1400], lateMs = [50, 700], armedMax = 12, handsMs = 1200;

// [weight, kind]; a kind that leaves the parcel unbooked is marked, for a courier that must then be
// asked twice, half a minute apart, can be given few of them.
const answers = [
    [3, "drop-before"], [4, "drop-after"], [3, "late"], [3, "delay"], [2, "status 500"], [2, "status 500 effect"],
    [2, "status 503 retry-after=1"], [2, "status 429 retry-after=1"], [2, "html"], [2, "html effect"],
    [2, "truncated"], [2, "garbage"], [2, "slow 2"], [2, "empty"], [2, "reset"], [1, "duplicate"],
];
const notBooked = new Set(["drop-before", "status 500", "status 503 retry-after=1", "status 429 retry-after=1", "html"]);
const operations = {
    courier: [[8, "book"], [3, "lookup"], [2, "label"], [1, "pool"], [1, "*"]],
    oms: [[6, "events"], [3, "lookup"], [2, "feed"], [1, "state"], [1, "*"]],
};
const lines = [[2, "reset"], [1, "stall 400"]];
const devices = [
    [4, ["printer unplug $"]], [4, ["printer disconnect-at #"]], [3, ["printer paper-out", "printer paper-in"]],
    [3, ["printer paper-out %", "printer paper-in"]], [2, ["printer power-cycle $"]],
    [2, ["printer head-open", "printer head-close"]], [1, ["printer pause", "printer resume"]], [1, ["printer garbage"]],
    [1, ["printer stall on", "printer stall off"]], [3, ["scale unplug $"]], [2, ["scale garbage 40"]],
    [1, ["scale bad-sums 5"]], [1, ["scale silence on", "scale silence off"]], [3, ["scanner unplug $"]],
    [1, ["scanner partial WEB-"]],
];
const certificates = ["expired", "other-ca", "wrong-host", "self-signed"];

export class Mischief {
    // slowness: of the box that it happens to; it comes that much more rarely.
    constructor(outside, chance, variant, slowness, note) {
        Object.assign(this, { outside, chance, variant, slowness, note, done: 0, kinds: {}, timers: new Set(), rare: variant.rareLeft });
    }

    async run() {
        while (!this.over) {
            await this.one();
            await new Promise((resolve) => {
                this.release = resolve;
                this.later(this.chance.between(...pauseMs) * this.slowness, resolve);
            });
        }
    }

    // Down, up, down: for both servers, or for the courier alone.
    async runLine() {
        while (this.variant.line && !this.over) {
            await this.pause(...upMs);
            if (this.over || this.lineHeld) continue;
            const names = this.chance.of([["courier", "oms"], ["courier"]]), kind = this.chance.of(["refused", "refused", "silent"]);
            this.note(`line down: ${names} ${kind}`);
            this.done++;
            this.count(`line ${kind}`);
            this.outside.cutLines(names, kind);
            await this.pause(...downMs);
            this.mendLine();
        }
    }

    mendLine() {
        this.outside.mendLines();
        this.note("line up");
    }

    // The line is up and stays so, or comes and goes again.
    holdLine(held) {
        this.lineHeld = held;
        if (held) this.mendLine();
    }

    pause(low, high) {
        return new Promise((resolve) => {
            this.releaseLine = resolve;
            this.later(this.chance.between(low, high) * this.slowness, resolve);
        });
    }

    later(ms, work) {
        const timer = setTimeout(() => { this.timers.delete(timer); work(); }, ms);
        this.timers.add(timer);
    }

    async one() {
        await this.chance.weighted([[50, this.courier], [22, this.orderSystem], [22, this.device], [3, this.line],
            [3, this.certificate]]).call(this);
    }

    async say(command) {
        this.note(command);
        this.done++;
        await this.outside.tell(command);
    }

    count(kind) { this.kinds[kind] = (this.kinds[kind] ?? 0) + 1; }

    async answer(service) {
        const [{ faults }] = await this.outside.must("faults");
        if (faults.length >= armedMax) await this.outside.must("fault clear");
        const operation = this.chance.weighted(operations[service]);
        let kind = this.chance.weighted(answers);
        if (service === "courier" && this.variant.rareLeft !== undefined && notBooked.has(kind) && this.rare-- <= 0)
            kind = "drop-after";
        this.count(`${service} ${kind}`);
        if (kind === "late" || kind === "delay") kind += ` ${this.chance.between(...lateMs)}`;
        await this.say(`fault ${service} ${operation} ${kind}`);
    }

    courier() { return this.answer("courier"); }
    orderSystem() { return this.answer("oms"); }

    async line() {
        const kind = this.chance.weighted(lines);
        this.count(`connect ${kind}`);
        await this.say(`fault ${this.chance.of(["courier", "oms"])} connect ${kind} count=${this.chance.between(1, 4)}`);
    }

    async device() {
        const [now, then] = this.chance.weighted(devices).map((text) => text
            .replace("$", this.chance.between(150, 1200)).replace("#", this.chance.between(1, 2500))
            .replace("%", this.chance.between(1, 100)));
        this.count(now.replace(/ \d+$/, ""));
        await this.say(now);
        if (then === undefined) return;
        const mended_ms = this.chance.between(200, 1500);
        if (/paper|head/.test(now)) this.mendLater(then, mended_ms);
        else this.later(mended_ms, () => this.quietly(then));
    }

    // Nobody changes paper within a second, and a printer that was out for less than one question takes
    // has not told anybody. The trouble may also lie in the next label.
    mendLater(then, pause_ms) {
        this.later(pause_ms, async () => {
            const { printer } = await this.outside.status().catch(() => ({ printer: {} }));
            if (this.over) return;
            if (printer.paper_out || printer.head_open) this.later(handsMs, () => this.quietly(then));
            else this.mendLater(then, 200);
        });
    }

    async certificate() {
        const kind = this.chance.of(certificates);
        this.count(`certificate ${kind}`);
        await this.say(`certificate ${kind}`);
        this.later(this.chance.between(300, 1500), () => this.quietly("certificate good"));
    }

    async quietly(command) {
        try {
            await this.outside.tell(command);
        } catch { /* the run is over */ }
    }

    // Everything is well from here on.
    async stop() {
        this.over = true;
        for (const timer of this.timers) clearTimeout(timer);
        this.release?.();
        this.releaseLine?.();
        this.mendLine();
        for (const command of ["fault clear", "certificate good", "printer plug", "printer paper-in", "printer head-close",
            "printer resume", "printer stall off", "scale plug", "scale silence off", "scanner plug"])
            await this.outside.must(command);
    }
}
