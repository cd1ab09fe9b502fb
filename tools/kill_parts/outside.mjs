// outside.mjs - the other side: a packsim of our own, what may be told it, and its books. Everything the
// verdict says is read here and nowhere in packd.
import { spawn } from "node:child_process";
import { existsSync, openSync, readFileSync } from "node:fs";
import http from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { Line } from "./line.mjs";

const readyWithinMs = 20000;
const holdCode = /^bay-1-[0-9a-f]{8}-\d+-\d+$/; // our own reference: on a hold label, and on no other as a barcode

export class Outside {
    constructor(bin, dir, seed) {
        Object.assign(this, { bin, dir, seed, papers: new Map(), agent: new http.Agent({ keepAlive: true, maxSockets: 8 }) });
    }

    async start() {
        const errors = openSync(`${this.dir}.errors`, "a");
        this.process = spawn(`${this.bin}/packsim`, ["--dir", this.dir, "--port-base", "0", "--station", "bay-1",
            "--seed", String(this.seed)], { stdio: ["ignore", "ignore", errors] });
        this.ended = new Promise((resolve) => { this.process.on("exit", resolve); });
        for (const until = Date.now() + readyWithinMs; !existsSync(`${this.dir}/ready.json`); await sleep(10)) {
            if (Date.now() > until || this.process.exitCode !== null) throw new Error("packsim did not start");
        }
        while (this.ports === undefined) {
            try {
                this.ports = JSON.parse(readFileSync(`${this.dir}/ready.json`, "utf8"));
            } catch {
                await sleep(5); // it is being written
            }
        }
        this.lines = { courier: new Line(this.ports.courier), oms: new Line(this.ports.oms) };
        this.near = { courier: await this.lines.courier.open(), oms: await this.lines.oms.open() };
    }

    // The command's lines as objects; null when packsim says no.
    tell(command) {
        return new Promise((resolve, reject) => {
            const request = http.request({ host: "127.0.0.1", port: this.ports.control, path: "/ctl",
                method: "POST", agent: this.agent }, (response) => {
                let text = "";
                response.setEncoding("utf8");
                response.on("data", (piece) => { text += piece; });
                response.on("end", () => resolve(response.statusCode === 200
                    ? text.split("\n").filter(Boolean).map((line) => JSON.parse(line)) : null));
                response.on("error", reject);
            });
            request.on("error", reject);
            request.end(command);
        });
    }

    async must(command) {
        const lines = await this.tell(command);
        if (lines === null) throw new Error(`packsim does not understand: ${command}`);
        return lines;
    }

    file(name) {
        const text = readFileSync(`${this.dir}/${name}`, "utf8");
        return text.slice(0, text.lastIndexOf("\n") + 1).split("\n").filter(Boolean).map((line) => JSON.parse(line));
    }

    // The courier's books as they stand on its disk. Orders are told apart by the name on the parcel.
    bookings() {
        const rows = new Map();
        this.numbersTwice = [];
        for (const line of this.file("ledger.jsonl")) {
            if (line.what === "booking") {
                if (rows.has(line.booking.awb)) this.numbersTwice.push(line.booking.awb);
                rows.set(line.booking.awb, { ...line.booking, name: line.name, body: line.body_hash, live: true });
            } else if (line.what === "status" && line.status === "cancelled") {
                rows.get(line.awb).live = false;
            }
        }
        return [...rows.values()];
    }

    // Whole labels that came out of the printer; hold: one for the shelf, which sends nothing anywhere.
    async labels() {
        return (await this.must("labels")).filter((each) => each.percent >= 100)
            .map((each) => ({ ...each, hold: each.codes.some((code) => holdCode.test(code)) }));
    }

    // What is written on it.
    paper(label) {
        if (!this.papers.has(label.file)) this.papers.set(label.file, readFileSync(`${this.dir}/${label.file}`, "utf8"));
        return this.papers.get(label.file);
    }

    // A hold label names the order, any other label the receiver; either is of one order only.
    belongs(label, order) { return this.paper(label).includes(`^FD${label.hold ? order.scan : order.name}^FS`); }

    async orders() { return this.must("orders"); }
    async receipts() { return this.must("events"); }
    async status() { return (await this.must("status"))[0]; }

    cutLines(names, kind) { for (const name of names) this.lines[name].cut(kind); }
    mendLines() { for (const line of Object.values(this.lines)) line.mend(); }

    async stop() {
        this.agent.destroy();
        for (const line of Object.values(this.lines ?? {})) line.close();
        this.process?.kill("SIGTERM");
        await this.ended;
    }
}
