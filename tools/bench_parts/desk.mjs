// desk.mjs - a packd on a desk for measuring: scale and scanner are ours, so that we know to the
// millisecond when a code or a weight was sent; courier, order system and printer are packsim's, the
// courier and the printer behind a relay that notes when bytes passed.
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import http from "node:http";
import net from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

const frameEveryMs = 100;

function listening(onSocket) {
    return new Promise((resolve) => {
        const server = net.createServer({ noDelay: true }, onSocket);
        server.listen(0, "127.0.0.1", () => resolve(server));
    });
}

// Bytes both ways to a port of packsim; note(fromPackd, bytes) sees them first.
function relay(port, note, taken = () => {}) {
    return listening((near) => {
        if (taken(near) === false) {
            near.on("error", () => {});
            near.resetAndDestroy();
            return;
        }
        const far = net.connect({ port, host: "127.0.0.1", noDelay: true });
        near.on("data", (bytes) => { note(true, bytes); far.write(bytes); });
        far.on("data", (bytes) => { note(false, bytes); near.write(bytes); });
        for (const [one, other] of [[near, far], [far, near]]) {
            one.on("close", () => other.destroy());
            one.on("error", () => other.destroy());
        }
    });
}

// Toledo continuous: STX, three status bytes, six digits of grams, six of tare, CR, sum.
function frameOf(grams) {
    const frame = Buffer.from(`\x02\x2d\x30\x20${String(grams).padStart(6, "0")}000000\r\0`, "latin1");
    const sum = frame.subarray(0, 17).reduce((all, byte) => all + (byte & 0x7f), 0);
    frame[17] = (0x80 - (sum & 0x7f)) & 0x7f;
    return frame;
}

export class Desk {
    // pool: so many AWB numbers lie on the box, at least; 0: none.
    constructor(bin, dir, pool = 0) {
        Object.assign(this, { bin, dir, pool, grams: 0, silent: false, state: null, waiting: [] });
        this.labelEndMs = 0;
        this.exchange = { askedMs: 0, spans: [] };
        this.lines = new Set(); // what passes between packd and the servers
        this.down = false;
    }

    // With so many orders ready to pack; orders() gives their numbers.
    async open(orders) {
        mkdirSync(this.dir, { recursive: true });
        const sim = `${this.dir}/sim`;
        this.packsim = spawn(`${this.bin}/packsim`,
            ["--dir", sim, "--port-base", "0", "--station", "bay-1"], { stdio: "ignore" });
        while (!existsSync(`${sim}/ready.json`)) await sleep(20);
        await sleep(100);
        this.sim = JSON.parse(readFileSync(`${sim}/ready.json`, "utf8"));
        this.ctl("printer", "speed", "12");
        this.ctl("order", "bulk", String(orders), "pin=560001");
        this.scale = await listening((socket) => { this.scaleSocket = socket; socket.on("error", () => {}); });
        this.scanner = await listening((socket) => { this.scannerSocket = socket; socket.on("error", () => {}); });
        this.printer = await relay(this.sim.printer, (fromPackd, bytes) => {
            if (fromPackd && bytes.includes("^XZ")) this.labelEndMs = performance.now();
        });
        const taken = (near) => this.passes(near);
        this.courier = await relay(this.sim.courier, (fromPackd) => this.noteExchange(fromPackd), taken);
        this.oms = await relay(this.sim.oms, () => {}, taken);
        this.web = await new Promise((resolve) => listening(() => {}).then((server) => {
            const { port } = server.address();
            server.close(() => resolve(port));
        }));
        this.ticking = setInterval(() => this.sendFrame(), frameEveryMs);
        this.config = `${this.dir}/packd.conf`;
        writeFileSync(this.config, this.settings());
        await this.startPackd();
    }

    async startPackd() {
        this.packd = spawn(`${this.bin}/packd`, ["--config", this.config], { stdio: "ignore" });
        this.ended = new Promise((resolve) => { this.packd.on("exit", resolve); });
        await this.ready();
    }

    // False: the line is down, whoever calls is turned away.
    passes(near) {
        if (this.down) return false;
        this.lines.add(near);
        near.on("close", () => this.lines.delete(near));
        return true;
    }

    cutLine() {
        this.down = true;
        for (const near of this.lines) near.resetAndDestroy();
    }

    mendLine() { this.down = false; }

    // Own share of an exchange is what is left of it: from the last bytes asked to the first answered.
    noteExchange(fromPackd) {
        const now = performance.now(), exchange = this.exchange;
        if (fromPackd) {
            exchange.askedMs = now;
        } else if (exchange.askedMs > 0) {
            exchange.spans.push(now - exchange.askedMs);
            exchange.askedMs = 0;
        }
    }

    settings() {
        const port = (server) => server.address().port;
        return `[station]
id = bay-1
mode = training
language = en
automatic = yes
data_dir = ${this.dir}/data
[web]
port = ${this.web}
[control]
socket = ${this.dir}/control.sock
[scale "bench"]
address = tcp:127.0.0.1:${port(this.scale)}
driver = toledo-continuous
stable_for_ms = 0
[scanner "hand"]
address = tcp:127.0.0.1:${port(this.scanner)}
driver = line
[printer "label"]
address = tcp:127.0.0.1:${port(this.printer)}
driver = zpl
[carrier "sandbox"]
base_url = https://localhost:${port(this.courier)}/sandbox/v1
credential_file = ${this.dir}/sim/courier-token
ca_file = ${this.sim.ca}
pickup_location = BLR-WH-1
pickup_postcode = 560001
${this.pool > 0 ? `pool_low = ${this.pool}\npool_level = ${this.pool * 2}\n` : ""}[oms]
kind = custom
base_url = https://localhost:${port(this.oms)}/packd/v1
token_file = ${this.dir}/sim/token
ca_file = ${this.sim.ca}
`;
    }

    ctl(...words) {
        return execFileSync(`${this.bin}/packsim`, ["ctl", "--dir", `${this.dir}/sim`, ...words],
            { encoding: "utf8", maxBuffer: 1 << 28 });
    }

    orders() { return this.bulk().map(({ order_no }) => order_no); }

    // Those of "order bulk": nothing is special about them.
    bulk() {
        return this.ctl("orders").trim().split("\n").map((line) => JSON.parse(line))
            .filter(({ order_no }) => /^WEB-1\d{5}$/.test(order_no));
    }

    ask(...words) {
        return JSON.parse(execFileSync(`${this.bin}/packctl`,
            ["--socket", `${this.dir}/control.sock`, ...words], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }));
    }

    async ready() {
        for (let i = 0; i < 200; i++) {
            await sleep(100);
            try {
                const { state, devices } = this.ask("screen");
                if (state === "idle" && devices.scale.state === "ready" && devices.printer.state === "ready" &&
                    devices.scanners[0].state === "ready") return;
            } catch { /* it is still starting */ }
        }
        throw new Error("packd and its devices did not get ready");
    }

    sendFrame() {
        if (!this.silent && this.scaleSocket?.writable) this.scaleSocket.write(frameOf(this.grams));
    }

    // Watches the page's events until unwatch(); until(condition) waits for a state.
    watch() {
        this.page = http.get({ host: "127.0.0.1", port: this.web, path: "/events" }, (response) => {
            let text = "";
            response.setEncoding("utf8");
            response.on("error", () => {});
            response.on("data", (piece) => {
                text += piece;
                for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
                    const data = text.slice(0, end).split("\n").filter((line) => line.startsWith("data:"));
                    text = text.slice(end + 2);
                    if (data.length > 0) this.take(JSON.parse(data.map((line) => line.slice(5)).join("\n")));
                }
            });
        });
        this.page.on("error", () => {});
    }

    unwatch() { this.page.destroy(); }

    take(state) {
        this.state = state;
        this.waiting = this.waiting.filter((each) => !each(state));
    }

    until(what, condition) {
        return new Promise((resolve, reject) => {
            const late = setTimeout(() => reject(new Error(
                `not ${what} after 20 s, but ${JSON.stringify(this.state)}`)), 20000);
            const look = (state) => {
                if (state === null || !condition(state)) return false;
                clearTimeout(late);
                resolve(performance.now());
                return true;
            };
            if (!look(this.state)) this.waiting.push(look);
        });
    }

    // One parcel; the plate is empty before and after. Milliseconds from scan to last label byte.
    async pack(order, grams) {
        const before = this.state?.parcels ?? 0;
        const started = performance.now();
        this.exchange.spans = [];
        this.scannerSocket.write(`${order}\r\n`);
        const weighing = await this.until("weighing", (state) => state.state === "weighing");
        await sleep(5); // no hand is so quick; a weight of the scan's own millisecond does not count
        this.grams = grams;
        const put = performance.now();
        this.sendFrame();
        await this.until("closed", (state) => state.state === "idle" && state.parcels === before + 1);
        this.grams = 0;
        this.sendFrame();
        await this.until("empty", (state) => state.weight?.zero === true);
        const total = (weighing - started) + (this.labelEndMs - put);
        const courier = this.exchange.spans.reduce((all, each) => all + each, 0);
        return { total, courier, own: total - courier };
    }

    get packdPid() { return this.packd.pid; }

    // The order system has heard of everything that was packed.
    async allTold() {
        for (let i = 0; i < 200; i++) {
            if (this.ask("status").events.waiting === 0) return;
            await sleep(50);
        }
        throw new Error("the order system has not heard of everything after 10 s");
    }

    async stopPackd() {
        this.packd.kill("SIGTERM");
        await this.ended;
    }

    async close() {
        clearInterval(this.ticking);
        if (this.packd?.exitCode === null) await this.stopPackd();
        this.packsim.kill("SIGTERM");
        this.scaleSocket?.destroy();
        this.scannerSocket?.destroy();
        for (const server of [this.scale, this.scanner, this.printer, this.courier, this.oms]) server.close();
    }
}
