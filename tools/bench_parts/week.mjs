// week.mjs - what 20,000 parcels that the courier does not know yet cost the bench: its start, a scan, the
// next parcel, and how fast they are told once the line is back, live parcels in between.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import https from "node:https";
import { setTimeout as sleep } from "node:timers/promises";

const live = 20, drainS = 20;
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
const ms = (value) => `${value.toFixed(1)} ms`;

function ask(desk, path, body) {
    const token = readFileSync(`${desk.dir}/sim/courier-token`, "utf8").trim();
    return new Promise((resolve, reject) => {
        const request = https.request({ host: "localhost", port: desk.sim.courier, path: `/sandbox/v1${path}`, method: "POST",
            ca: readFileSync(desk.sim.ca), headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" } }, (response) => {
            let text = "";
            response.on("data", (piece) => { text += piece; });
            response.on("end", () => resolve(JSON.parse(text)));
        });
        request.on("error", reject);
        request.end(JSON.stringify(body));
    });
}

async function numbers(desk, count) {
    const all = [];
    while (all.length < count) all.push(...(await ask(desk, "/waybills", { count: 100 })).awbs);
    return all;
}

// From the scan to the order on the screen; the parcel is given up again.
async function scans(desk, orders) {
    const spans = [];
    for (const order of orders) {
        const began = performance.now();
        desk.scannerSocket.write(`${order}\r\n`);
        spans.push(await desk.until("weighing", (state) => state.state === "weighing") - began);
        desk.ask("press", "give_up");
        await desk.until("idle", (state) => state.state === "idle");
        await sleep(20);
    }
    return median(spans);
}

async function parcels(desk, orders) {
    const packed = [];
    for (const order of orders) packed.push((await desk.pack(order, 500)).total);
    return median(packed);
}

async function cached(desk, order) {
    for (let i = 0; i < 600; i++) {
        desk.scannerSocket.write(`${order}\r\n`);
        await sleep(200);
        if (desk.state?.state === "weighing") break;
    }
    desk.ask("press", "give_up");
    await desk.until("idle", (state) => state.state === "idle");
}

export async function weekMeasure(desk, bin, count, tell) {
    desk.watch();
    const all = desk.bulk(), fresh = all.slice(count).map(({ order_no }) => order_no);
    await cached(desk, fresh.at(-1)); // the feed has brought all orders
    await desk.pack(fresh.shift(), 500);
    const scanEmpty = await scans(desk, fresh.slice(100, 100 + live));
    const parcelEmpty = await parcels(desk, fresh.splice(0, live));
    await desk.allTold();
    desk.cutLine();
    const seed = all[0];
    await desk.pack(seed.order_no, 500);
    await desk.stopPackd();
    desk.unwatch();
    const awbs = await numbers(desk, count - 1);
    const lines = all.slice(1, count).map(({ id, order_no }, i) => `${id} ${order_no} ${awbs[i]}`).join("\n");
    execFileSync(`${bin}/bench_week`, [`${desk.dir}/data/journal.db`, seed.id], { input: lines });
    const began = performance.now();
    await desk.startPackd();
    desk.watch();
    const waited = performance.now() - began;
    await desk.until("counted", (state) => state.open_bookings >= count);
    const { rss } = { rss: desk.ask("status").resident_kib };
    const scanFull = await scans(desk, fresh.slice(100, 100 + live));
    tell(`${count} parcels untold: start until idle, devices open`, ms(waited), "(asked ten times a second)");
    tell("  scan to order, on an empty box", `${ms(scanFull)}, ${ms(scanEmpty)}`, "the same");
    tell("  resident", `${(rss / 1024).toFixed(1)} MiB`);
    const before = desk.state.open_bookings;
    desk.mendLine();
    const mended = performance.now();
    const parcelFull = await parcels(desk, fresh.splice(0, live));
    while (performance.now() - mended < drainS * 1000) await sleep(100);
    const told = before - desk.state.open_bookings, seconds = (performance.now() - mended) / 1000;
    tell("  scan to last label byte while they are told, on an empty box", `${ms(parcelFull)}, ${ms(parcelEmpty)}`);
    tell("  told a second, live parcels in between", (told / seconds).toFixed(1));
    desk.unwatch();
}
