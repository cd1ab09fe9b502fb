// box.mjs - the packd under test: started, watched as its page is watched, pressed by packctl, killed.
// That it ends by itself is the worst that can happen and is kept as a finding.
import { execFile, spawn } from "node:child_process";
import { openSync, writeFileSync } from "node:fs";
import http from "node:http";
import net from "node:net";

const portsFrom = 20000, portsTo = 32000; // below those that the kernel gives to clients

function portIsFree(port) {
    return new Promise((resolve) => {
        const server = net.createServer();
        server.on("error", () => resolve(false));
        server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
    });
}

export class Box {
    constructor(bin, dir, outside, variant) {
        Object.assign(this, { bin, dir, outside, variant, seen: null, life: 0, trouble: [], restarts: [] });
        this.places = { devices: "127.0.0.1", keys: outside.dir, data: `${dir}/data`, socket: `${dir}/control.sock`,
            slowness: 1 };
        this.callAgainMs = 3;
        this.heard = () => {}; // called with every state document
    }

    async prepare(chance) {
        do { this.web = chance.between(portsFrom, portsTo); } while (!await portIsFree(this.web));
        writeFileSync(`${this.dir}/packd.conf`, this.settings());
        this.log = openSync(`${this.dir}/packd.log`, "a");
    }

    settings() {
        const { ports, near } = this.outside, { devices, keys, data, socket, slowness } = this.places;
        const carrier = (name, path) => `[carrier "${name}"]
base_url = https://localhost:${near.courier}${path}
credential_file = ${keys}/courier-token
ca_file = ${keys}/ca.pem
client = PACKSIM SURFACE
pickup_location = BLR-WH-1
pickup_postcode = 560001
timeout_ms = ${1000 * slowness}
settle_ms = ${this.variant.settle_ms * slowness}
pool_low = ${this.variant.pool_low}
`;
        const known = { sandbox: "/sandbox/v1", delhivery: "" };
        return `[station]
id = bay-1
mode = training
language = en
automatic = ${this.variant.automatic ? "yes" : "no"}
data_dir = ${data}
[web]
port = ${this.places.page ?? this.web}
[control]
socket = ${socket}
[scale]
address = tcp:${devices}:${ports.scale}
stable_for_ms = 50
[scanner "hand"]
address = tcp:${devices}:${ports.scanner}
[printer]
# Labels are told apart by the words on them, which a picture has not.
draw = printer
address = tcp:${devices}:${ports.printer}
${this.variant.couriers.map((name) => carrier(name, known[name])).join("")}[oms]
base_url = https://localhost:${near.oms}/packd/v1
token_file = ${keys}/token
ca_file = ${keys}/ca.pem
timeout_ms = ${1000 * slowness}
poll_ms = 1000
[rate]
${this.variant.rules.map((rule) => `rule = ${rule}`).join("\n")}
[limits]
order_wait_ms = ${800 * slowness}
booking_wait_ms = ${500 * slowness}
print_wait_ms = 4000
reserve_mib = 16
`;
    }

    command() { return [`${this.bin}/packd`, ["--config", `${this.dir}/packd.conf`]]; }

    start() {
        this.life++;
        this.seen = null;
        this.started = performance.now();
        const child = spawn(...this.command(), { stdio: ["ignore", this.log, this.log] });
        this.child = child;
        this.told = false; // to end
        this.ended = new Promise((resolve) => {
            child.on("exit", (code, signal) => {
                if (!this.told) this.trouble.push(`packd ended by itself: ${signal ?? `exit ${code}`}`);
                resolve({ code, signal });
            });
        });
        this.watch(child);
    }

    get alive() { return this.child !== undefined && this.child.exitCode === null && this.child.signalCode === null; }

    // Before a moment to kill at is waited for: a process is there at once.
    async beforeMoment() {}

    journalFile() { return `${this.dir}/data/journal.db`; }

    complaints() { return []; }

    watch(child) {
        const again = () => {
            if (child === this.child && child.exitCode === null && child.signalCode === null && !this.told)
                setTimeout(() => this.watch(child), this.callAgainMs);
        };
        const request = http.get({ host: "127.0.0.1", port: this.web, path: "/events", agent: false }, (response) => {
            let text = "";
            response.setEncoding("utf8");
            response.on("error", () => {});
            response.on("close", again);
            response.on("data", (piece) => {
                text += piece;
                for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
                    const data = text.slice(0, end).split("\n").filter((line) => line.startsWith("data:"));
                    text = text.slice(end + 2);
                    if (data.length > 0 && child === this.child && !this.told)
                        this.take(JSON.parse(data.map((line) => line.slice(5)).join("\n")));
                }
            });
        });
        request.on("error", again);
    }

    take(state) {
        const recovered = state.state !== "recovering";
        if (recovered && (this.seen === null || this.seen.state === "recovering"))
            this.restarts.push(performance.now() - this.started);
        this.seen = state;
        this.heard(state);
    }

    press(word, text) {
        return new Promise((resolve) => {
            execFile(`${this.bin}/packctl`, ["--socket", this.places.socket, "press", word, ...text ? [text] : []],
                { timeout: 5000 }, (error) => resolve(error === null));
        });
    }

    // As the power would.
    async kill() {
        this.told = this.alive;
        this.child.kill("SIGKILL");
        await this.ended;
        this.seen = null;
    }

    async stop() {
        this.told = this.alive;
        this.child.kill("SIGTERM");
        const { code, signal } = await this.ended;
        if (code !== 0) this.trouble.push(`told to stop, packd ended with ${signal ?? `exit ${code}`}`);
    }
}
