// run.mjs BIN DIR [--parcels N] [--kills N] [--minutes M] [--seed S] [--jobs 1|2] [--worlds A,B]
//        [--leg-kills N] [--machine DIR] [--quiet] - legs one after the other, or two at a time, until one of
// the limits is reached. One line of totals at the end; exit 0 only when every leg's books agree. The
// folder of a leg that does not is kept. With --machine, packd runs in a virtual machine of that folder.
import { rmSync } from "node:fs";
import { parseArgs } from "node:util";
import { Leg } from "./leg.mjs";
import { variants } from "./variants.mjs";

const number = { type: "string" };
const { values, positionals: [bin, dir] } = parseArgs({ allowPositionals: true, options: {
    parcels: number, kills: number, minutes: number, seed: number, jobs: number, worlds: number, "leg-kills": number, machine: number,
    quiet: { type: "boolean", default: false } } });
const worlds = values.worlds?.split(",") ?? Object.keys(variants);
const seed = Number(values.seed ?? Date.now() % 1000000000), jobs = Number(values.jobs ?? 1);
const began = performance.now();
const limits = { kills: Number(values.kills ?? Infinity), parcels: Number(values.parcels ?? Infinity),
    until: values.minutes === undefined ? Infinity : began + Number(values.minutes) * 60000 };
if (values.kills === undefined && values.parcels === undefined && values.minutes === undefined) limits.kills = 600;
const legKills = Number(values["leg-kills"] ?? 150), legParcels = 80;

const totals = { kills: 0, kills_with_backlog: 0, faults: 0, questions: 0, orders: 0, parcels: 0, bookings: 0, labels: 0, hold_labels: 0, taken_back: 0, cancelled: 0, events: 0, doubled: 0,
    lost: 0, labels_twice: 0, events_missing: 0, courier_repeats: 0 };
const states = {}, restarts = [], findings = [];
const planned = { legs: 0, kills: 0, parcels: 0 };
const running = new Set();
for (const signal of ["SIGINT", "SIGTERM"]) {
    process.on(signal, () => {
        for (const leg of running) leg.abandon();
        process.exit(130);
    });
}

process.on("uncaughtException", (error) => { // the disk is full, the folder is gone
    for (const leg of running) leg.abandon();
    console.error(error.stack);
    process.exit(1);
});

function add(to, from) {
    for (const [key, value] of Object.entries(from)) to[key] = (to[key] ?? 0) + value;
}

const say = (text) => { if (!values.quiet) console.log(text); };

async function oneLeg(index) {
    const name = worlds[index % worlds.length], legSeed = seed + index, legDir = `${dir}/leg-${index + 1}`;
    const share = { kills: Math.min(legKills, limits.kills - planned.kills), parcels: Math.min(legParcels, limits.parcels - planned.parcels) };
    planned.kills += share.kills;
    planned.parcels += share.parcels;
    const leg = new Leg(bin, legDir, legSeed, variants[name], share, values.machine);
    let found = [];
    running.add(leg);
    try {
        const result = await leg.run(limits.until);
        planned.kills += result.sums.kills - share.kills;
        planned.parcels += result.sums.parcels - share.parcels;
        add(totals, result.sums);
        add(states, result.states);
        restarts.push(...result.restarts);
        found = result.findings;
        say(`leg ${index + 1} ${name}: ${result.sums.kills} kills, ${result.sums.parcels} parcels, ${result.sums.faults} faults, ` +
            `${((performance.now() - leg.began) / 1000).toFixed(0)} s, ${found.length === 0 ? "the books agree" : `${found.length} findings`}`);
    } catch (error) {
        found = [{ kind: "campaign", text: error.stack }];
    } finally {
        leg.abandon();
        running.delete(leg);
    }
    for (const { kind, text } of found) {
        findings.push(kind);
        console.error(`${kind}: ${text}`);
    }
    if (found.length > 0) console.error(`leg ${index + 1} is kept in ${legDir}: leg.log, packd.log, data, sim; again with: ` +
        `tools/${values.machine === undefined ? "kill" : "kill_guest"} --seed ${legSeed} --worlds ${name} --kills ${legKills}`);
    else rmSync(legDir, { recursive: true, force: true });
}

const enough = () => planned.kills >= limits.kills || planned.parcels >= limits.parcels || performance.now() >= limits.until ||
    findings.length > 0;

async function worker() {
    while (!enough()) await oneLeg(planned.legs++);
}

await Promise.all(Array.from({ length: jobs }, worker));
const rank = (share) => Number([...restarts].sort((a, b) => a - b)[Math.floor((restarts.length - 1) * share)]?.toFixed(0) ?? 0);
const minutes = (performance.now() - began) / 60000;
console.log(JSON.stringify({ seed, legs: planned.legs, ...totals, journals: findings.includes("journal") ? "broken" : "good",
    findings: findings.length, minutes: Number(minutes.toFixed(2)), kills_per_minute: Math.round(totals.kills / minutes),
    recovered_ms: { median: rank(0.5), worst: rank(1) },
    kills_by_state: Object.fromEntries(Object.entries(states).sort(([, a], [, b]) => b - a)) }));
process.exit(findings.length === 0 ? 0 : 1);
