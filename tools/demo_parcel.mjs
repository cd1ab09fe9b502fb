// demo_parcel.mjs DIR WEB_PORT PACKSIM LABEL_VIEW - packs one parcel at the running desk and tells each
// step with its time, as the packer's page sees it (server-sent events). Exit 0 only when the label's
// bar code reads back as the booked AWB and the order system has it.
import { execFile, execFileSync } from "node:child_process";
import { readdirSync, writeFileSync } from "node:fs";
import http from "node:http";

const [dir, webPort, packsim, labelView] = process.argv.slice(2);
const order = "WEB-1001", grams = 742, patience = 30000;
let began = 0;

function ctl(...words) {
    return execFileSync(packsim, ["ctl", "--dir", `${dir}/sim`, ...words], { encoding: "utf8" })
        .split("\n").filter(Boolean).map((line) => JSON.parse(line));
}

function tell(text) {
    const at = began === 0 ? "        " : `+${((performance.now() - began) / 1000).toFixed(3).padStart(6)} s`;
    console.log(`${at}  ${text}`);
}

function fail(text) {
    console.error(`demo: ${text}`);
    process.exit(1);
}

// Calls back with every state document; the first comes at once.
function watch(onState) {
    http.get({ host: "127.0.0.1", port: webPort, path: "/events" }, (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (piece) => {
            text += piece;
            for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
                const data = text.slice(0, end).split("\n").filter((line) => line.startsWith("data:"));
                text = text.slice(end + 2);
                if (data.length > 0) onState(JSON.parse(data.map((line) => line.slice(5)).join("\n")));
            }
        });
    }).on("error", (error) => fail(`the page cannot be reached: ${error.message}`));
}

const says = {
    finding: () => `scanned ${order}`,
    weighing: (state) => `order ${state.order.order_no} found: ${state.order.contents}, to ${state.order.city} ${state.order.postcode}`,
    booking: (state) => `weight ${state.taken?.mass_g} g taken; booking at ${state.booking?.carrier} over TLS`,
    printing: (state) => `booked: AWB ${state.booking?.awb}; printing the label`,
    idle: (state) => `closed: ${state.last?.order_no} ${state.last?.awb} ${state.last?.mass_g} g`,
};

// Drives the packer's hands from what the station says, and resolves with the closed parcel.
function packOne() {
    return new Promise((resolve) => {
        let before = "", placed = false;
        setTimeout(() => fail(`no parcel after ${patience / 1000} s; see ${dir}/packd.log`), patience).unref();
        watch((state) => {
            const ready = state.devices.scanner !== "gone" && state.devices.scale.state === "ready" &&
                state.devices.printer.state === "ready" && state.devices.scanners[0].state === "ready";
            if (began === 0 && state.state === "idle" && ready) {
                tell("scale, scanner and printer are ready");
                began = performance.now();
                execFile(packsim, ["ctl", "--dir", `${dir}/sim`, "scan", order], () => {});
            }
            if (began === 0 || state.state === before) return;
            before = state.state;
            if (state.state === "held") fail(`held: ${state.reason}`);
            if (state.state === "idle" && state.last?.order_no !== order) return;
            if (says[state.state]) tell(says[state.state](state));
            if (state.state === "weighing" && !placed) {
                placed = true;
                execFile(packsim, ["ctl", "--dir", `${dir}/sim`, "put", `${grams}g`], () => {});
            }
            if (state.state === "idle") resolve(state);
        });
    });
}

function readLabel() {
    const file = readdirSync(`${dir}/sim/labels`).filter((name) => name.endsWith(".zpl")).sort().pop();
    if (!file) fail("no label came out of the printer");
    const zpl = `${dir}/sim/labels/${file}`, png = `${dir}/label.png`;
    const seen = JSON.parse(execFileSync(process.execPath, [labelView, zpl, "--png", png], { encoding: "utf8" }));
    return { png, barcodes: seen.barcodes };
}

async function orderSystemHas(awb) {
    for (let i = 0; i < 200; i++) {
        const parcels = ctl("orders").filter((each) => each.order_no === order).flatMap((each) => each.packages);
        if (parcels.some((parcel) => parcel.stage === "label_printed" && parcel.awbs.includes(awb))) return true;
        await new Promise((done) => setTimeout(done, 50));
    }
    return false;
}

const state = await packOne();
const awb = state.last.awb;
ctl("lift");
const label = readLabel();
tell(`the label as a picture: ${label.png}`);
if (!label.barcodes.some((barcode) => barcode.text === awb)) fail(`no bar code on the label reads ${awb}`);
tell(`its bar code, read back: ${awb}`);
if (!(await orderSystemHas(awb))) fail("the order system has not heard of the label");
tell("the order system has it");
const books = ctl("check");
if (books.some((line) => line.ok === false)) fail(`the books do not agree: ${JSON.stringify(books)}`);
const booked = ctl("ledger").map((each) => `${each.reference}: ${each.live} booking, ${each.bookings[0].mass_g} g`);
tell(`the courier's books: ${booked.join(", ")}`);
writeFileSync(`${dir}/parcel.json`, JSON.stringify(state.stopwatch_ms));
tell(`stopwatch, in milliseconds: ${JSON.stringify(state.stopwatch_ms)}`);
process.exit(0);
