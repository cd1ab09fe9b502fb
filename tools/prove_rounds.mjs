// prove_rounds.mjs ROOT BIN SHORT MINUTES SEED - the rounds of tools/prove. Each part is a program of its
// own that says its totals as the last line of JSON; here they are only added up. A part that says
// anything was lost or doubled, or ends badly, ends the whole.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";

const [root, bin, shortWord, minutesText, seedText] = process.argv.slice(2);
const short = shortWord === "yes", began = Date.now(), until = began + Number(minutesText) * 60000;

// A round takes what its share of the time is; those of half an hour and more are alike.
const share = short ? 0.1 : Math.min(1, Number(minutesText) / 30);
const onceFrom = 30; // minutes from which on there is time for what is done once
const sized = (whole, least) => Math.max(least, Math.round(whole * share));

const columns = ["cuts", "kills", "answers", "parcels", "bookings", "labels", "facts", "lost", "doubled"];
const sources = {
    "simulation, quiet": "ledgers of the models of courier, printer and order system",
    "simulation, mixed": "the same",
    "simulation, hell": "the same",
    "journal, power cuts": "acknowledged batches against what is left on the disk's log",
    "packd, SIGKILL": "packsim: courier's ledger, paper of the printer, order system's parcels",
    "its computer, SIGKILL": "the same, with packd in a virtual machine",
    "spoilt answers": "what each contract allows",
    "deliberate mistakes": "each has to break a rule of the simulation",
};
const rows = Object.fromEntries(Object.keys(sources).map((name) => [name, { runs: 0 }]));
const skipped = new Set();
let violation = null;

// The last line of JSON on standard output, and what it complained of. A part that does not end is ended:
// that is a finding too.
function run(program, words, minutesMax) {
    return new Promise((resolve) => {
        const late = setTimeout(() => {
            errors += `it did not end within ${minutesMax} minutes`;
            child.kill("SIGTERM");
        }, minutesMax * 60000);
        const child = spawn(program, words.map(String), { stdio: ["ignore", "pipe", "pipe"] });
        let out = "", errors = "";
        child.stdout.on("data", (piece) => { out += piece; });
        child.stderr.on("data", (piece) => { errors += piece; });
        child.on("error", (error) => resolve({ code: -1, said: null, errors: error.message }));
        child.on("close", (code, signal) => {
            clearTimeout(late);
            const line = out.trim().split("\n").reverse().find((each) => each.startsWith("{"));
            let said = null;
            try { said = line === undefined ? null : JSON.parse(line); } catch { /* then it said nothing */ }
            resolve({ code: signal ?? code, said, errors, out });
        });
    });
}

function add(name, figures) {
    rows[name].runs++;
    for (const column of columns) {
        if (figures[column] !== undefined) rows[name][column] = (rows[name][column] ?? 0) + figures[column];
    }
}

function end(name, command, answer) {
    violation ??= { name, command, text: answer.errors.trim().split("\n").slice(0, 12).join("\n    ") || `it ended with ${answer.code}` };
}

// A broken rule that says "at most one" or "no second" is something doubled; any other counts as lost.
function doubledIn(errors) {
    return errors.split("\n").filter((line) => /breaks a rule: I[24]/.test(line)).length;
}

async function simulation(faults, seed, seeds, parcels) {
    const name = `simulation, ${faults}`, words = ["sim", "--seed", seed, "--seeds", seeds, "--parcels", parcels, "--faults", faults];
    const answer = await run(`${bin}/packtool`, words, short ? 2 : 15);
    const said = answer.said ?? { violations: 1 }, doubled = Math.min(doubledIn(answer.errors), said.violations);
    add(name, { cuts: said.cuts, parcels: said.parcels, bookings: said.bookings, labels: said.labels, facts: said.events,
        lost: said.violations - doubled, doubled });
    if (answer.code !== 0 || said.violations > 0)
        end(name, `packtool sim --seed S --parcels ${parcels} --faults ${faults}   with the seed named above (this run: ${words.join(" ")})`, answer);
}

async function crash(seed, cuts) {
    const name = "journal, power cuts", program = `${root}/tools/crash`;
    if (!existsSync(program)) {
        skipped.add(`${name} (tools/crash is not there)`);
        return;
    }
    const answer = await run(program, [cuts, seed], short ? 10 : 60);
    const said = answer.said ?? { acknowledged_lost: 1 };
    const lost = ["acknowledged_lost", "torn", "damaged", "stuck", "copies_lost"].reduce((sum, each) => sum + (said[each] ?? 0), 0);
    add(name, { cuts: said.cuts, lost, doubled: 0 });
    if (answer.code !== 0 || lost > 0) end(name, `tools/crash ${cuts} ${seed}`, answer);
}

async function kills(name, program, seed, words) {
    const answer = await run(`${root}/tools/${program}`, ["--seed", seed, "--jobs", 2, ...words], 20);
    if (answer.code === 77) {
        skipped.add(`${name} (${answer.errors.trim()})`);
        return;
    }
    const said = answer.said ?? { lost: 1, doubled: 0, labels_twice: 0, events_missing: 0 };
    add(name, { kills: said.kills, parcels: said.parcels, bookings: said.bookings, labels: said.labels, facts: said.events,
        lost: said.lost + said.events_missing, doubled: said.doubled + said.labels_twice });
    if (answer.code !== 0) end(name, `tools/${program} --seed ${seed} --jobs 2 ${words.join(" ")}   (alike, not the same: its legs name theirs)`, answer);
}

// What has no seed is done once. Nothing in it can be lost or doubled by itself: it is good or it ends the whole.
async function once(name, program, counted, minutesMax) {
    if (!existsSync(`${root}/tools/${program}`)) {
        skipped.add(`${name} (tools/${program} is not there)`);
        return;
    }
    const answer = await run(`${root}/tools/${program}`, [], minutesMax);
    const counts = [...answer.out.matchAll(/(\d+) spoilt answers/g)].map(([, count]) => Number(count));
    add(name, counted ? { answers: counts.reduce((sum, each) => sum + each, 0) } : {});
    if (answer.code !== 0) end(name, `tools/${program}`, { ...answer, errors: answer.errors + answer.out });
}

// Two cores: the hellish worlds beside the others; then the journal, then the whole packd.
async function round(seed) {
    const [quiet, mixed, hell] = [sized(100, 10), sized(200, 20), sized(300, 30)];
    const calm = async () => {
        await simulation("quiet", seed, quiet, 200);
        await simulation("mixed", seed, mixed, 200);
    };
    await Promise.all([calm(), simulation("hell", seed, hell, 100)]);
    if (violation === null) await crash(seed, sized(100000, 20000));
    if (violation === null) await kills("packd, SIGKILL", "kill", seed, short ? ["--kills", 60, "--leg-kills", 30] : ["--minutes", sized(4, 1), "--leg-kills", sized(120, 40)]);
    if (violation === null) await kills("its computer, SIGKILL", "kill_guest", seed, ["--kills", sized(24, 8), "--leg-kills", sized(12, 4)]);
}

async function onceOnly() {
    if (short || Number(minutesText) < onceFrom) return;
    await once("spoilt answers", "hostile", true, 60);
    if (violation === null) await once("deliberate mistakes", "mutants", false, 120);
}

function total(column) {
    return Object.values(rows).reduce((sum, row) => sum + (row[column] ?? 0), 0);
}

function table() {
    const head = ["part", ...columns, "whose books"], line = (name, row) => [name, ...columns.map((each) => String(row[each] ?? "-")), sources[name] ?? ""];
    const lines = [head, ...Object.keys(rows).filter((name) => rows[name].runs > 0).map((name) => line(name, rows[name])),
        line("all", Object.fromEntries(columns.map((each) => [each, total(each)])))];
    const widths = head.map((_, i) => Math.max(...lines.map((each) => each[i].length)));
    for (const each of lines) {
        console.log(each.map((cell, i) => i === 0 || i === head.length - 1 ? cell.padEnd(widths[i]) : cell.padStart(widths[i])).join("  ").trimEnd());
    }
}

// A round is begun when more than half of it fits.
const timeFor = (rounds) => !short && Date.now() + (Date.now() - began) / rounds / 2 < until;

for (let n = 1, seed = Number(seedText); violation === null && (n === 1 || timeFor(n - 1)); n++, seed += 1000) {
    await round(seed);
    console.log(`round ${n} from seed ${seed}: ${((Date.now() - began) / 60000).toFixed(1)} min, ` +
        columns.map((each) => `${total(each)} ${each}`).join(", "));
    if (n === 1 && violation === null) await onceOnly();
}

console.log("\nfacts: events that the order system has taken. -: the part has no such books.\n");
table();
for (const each of skipped) console.log(`skipped: ${each}`);
if (violation !== null) console.log(`\nviolation in "${violation.name}":\n    ${violation.text}\nagain with: ${violation.command}`);
if (skipped.size > 0 && !short) console.log("what is skipped here is not proved");
const good = violation === null && total("lost") + total("doubled") === 0 && (short || skipped.size === 0);
console.log(good ? "\nnothing lost, nothing doubled" : violation === null && skipped.size > 0 ? "\nnothing lost, nothing doubled, but not all of it ran" : "\nNOT proved");
process.exit(good ? 0 : 1);
