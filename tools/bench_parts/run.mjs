// run.mjs BIN DIR PARCELS IDLE_S PART... - measures each part and prints one line a figure: what it is,
// the figure, the target where there is one. What a machine makes of a figure is its own matter, so each
// stands beside the bare cost of the same work in the same run where there is such a thing.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { Desk } from "./desk.mjs";
import { weekMeasure } from "./week.mjs";

const [bin, dir, parcelsText, idleText, ...wanted] = process.argv.slice(2);
const parcels = Number(parcelsText), idleS = Number(idleText), startRuns = 30, weekParcels = 20000;

function tell(what, figure, target = "") {
    console.log(`${what.padEnd(46)} ${figure.padEnd(42)} ${target}`.trimEnd());
}

function lines(program, ...words) {
    return execFileSync(`${bin}/${program}`, words, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim().split("\n").map((line) => JSON.parse(line));
}

const rank = (values, share) => [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))];
const ms = (value) => value.toFixed(1);

// What the kernel counts of a process: bytes caused to be written to the disk, waits, memory.
function kernel(pid) {
    const number = (file, name) => Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(readFileSync(`/proc/${pid}/${file}`, "utf8"))[1]);
    return {
        written: number("io", "write_bytes"),
        waits: number("status", "voluntary_ctxt_switches"),
        rss: number("smaps_rollup", "Rss"),
        own: number("smaps_rollup", "Private_Clean") + number("smaps_rollup", "Private_Dirty"),
        dirty: number("smaps_rollup", "Private_Dirty"),
    };
}

// What a disk that holds nothing but packd's data has taken: sectors of 512 bytes, flushes.
function disk(folder) {
    const [device, mounted] = execFileSync("findmnt", ["-no", "MAJ:MIN,TARGET", "--target", folder], { encoding: "utf8" }).trim().split(/\s+/);
    if (mounted !== folder) return null;
    execFileSync("sync", ["-f", folder]);
    const counts = readFileSync(`/sys/dev/block/${device}/stat`, "utf8").trim().split(/\s+/).map(Number);
    return { written: counts[6] * 512, flushes: counts[15] };
}

async function withDesk(name, orders, work, pool = 0) {
    const desk = new Desk(bin, `${dir}/${name}`, pool);
    try {
        await desk.open(orders);
        await work(desk);
    } finally {
        await desk.close();
    }
}

const parts = {
    frame() {
        const [seen] = lines("bench_frame");
        tell("frame to published weight, in the station", `${seen.median_us} us median, ${seen.p99_us} us p99`, "<= 100 us");
        const ways = lines("bench_reading");
        for (const way of ways) {
            const ours = ways.find((one) => one.pace === way.pace);
            const when = way.known === 0 ? "never" : `${(way.median_us / 1000).toFixed(2)} ms median`;
            const ratio = way === ours || way.known === 0 || way.median_us < 0 ? "" : `ratio ${(way.median_us / ours.median_us).toFixed(0)}`;
            tell(way === ours ? `last byte to weight, ${way.pace}` : `  the same, read ${way.way}`, `${when}, ${way.known} of ${way.frames}, ${way.cpu_us} us of CPU`, ratio);
        }
    },
    facts() {
        for (const seen of lines("bench_facts", dir)) {
            tell(`durable facts a second, ${seen.facts_per_batch} in a batch`,
                `${seen.journal_per_s} of ${seen.bare_per_s} bare (append + fdatasync)`, `ratio ${seen.ratio}`);
        }
    },
    million() {
        const [seen] = lines("bench_million", dir);
        tell(`one fact made durable among ${seen.facts}`, `${seen.full_median_us} us median, ${seen.full_p99_us} us p99; empty: ${seen.empty_median_us}, ${seen.empty_p99_us}`,
            `p99 ratio ${seen.ratio_p99}, <= 1.5`);
    },
    async start() {
        await withDesk("start", 0, async (desk) => {
            await desk.stopPackd();
            const [seen] = lines("bench_start", String(startRuns), `${bin}/packd`, "--config", desk.config);
            tell("start to ready", `${ms(seen.median_ms)} ms median, ${ms(seen.max_ms)} ms worst of ${seen.runs}`, "<= 100 ms");
        });
    },
    async parcels() {
        await withDesk("parcels", parcels + 1, async (desk) => {
            desk.watch();
            const orders = desk.orders();
            await desk.pack(orders[0], 500); // TLS sessions and caches are warm after the first
            await desk.allTold();
            const before = kernel(desk.packdPid), first = desk.ask("status"), empty = disk(`${desk.dir}/data`);
            const packed = [];
            for (let i = 1; i <= parcels; i++) packed.push(await desk.pack(orders[i], 400 + i));
            await desk.allTold();
            const after = kernel(desk.packdPid), last = desk.ask("status");
            const of = (name) => packed.map((each) => each[name]);
            tell("scan to last label byte, courier at 0 ms", `${ms(rank(of("total"), 0.5))} ms median, ${ms(rank(of("total"), 0.99))} ms p99 of ${parcels}`);
            tell("  of it waiting for the courier's answer", `${ms(rank(of("courier"), 0.5))} ms median`);
            tell("  of it ours", `${ms(rank(of("own"), 0.5))} ms median, ${ms(rank(of("own"), 0.99))} ms p99`);
            tell("frame to published weight, whole packd", `${last.published.mean_us} us mean, ${last.published.max_us} us worst`, "<= 100 us");
            tell("batches made durable a parcel", ((last.flushes - first.flushes) / parcels).toFixed(1), "<= 8");
            tell("pages of 4 KiB written a parcel, in KiB", ((after.written - before.written) / 1024 / parcels).toFixed(1), "<= 75 KiB");
            if (empty !== null) {
                const full = disk(`${desk.dir}/data`);
                tell("reaching the disk a parcel (ext4, a loop device)", `${((full.written - empty.written) / 1024 / parcels).toFixed(1)} KiB, ${((full.flushes - empty.flushes) / parcels).toFixed(1)} flushes`, "<= 75 KiB, <= 8");
            }
            desk.unwatch();
        });
    },
    async week() {
        await withDesk("week", weekParcels + 200, (desk) => weekMeasure(desk, bin, weekParcels, tell), 50);
    },
    async idle() {
        await withDesk("idle", 0, async (desk) => {
            desk.silent = true; // a scale that speaks ten times a second is ten wake-ups
            await sleep(10000);
            const before = kernel(desk.packdPid), first = desk.ask("status");
            await sleep(idleS * 1000);
            const last = desk.ask("status"), after = kernel(desk.packdPid);
            const seconds = (last.uptime_ms - first.uptime_ms) / 1000;
            tell("wake-ups a second, idle", `${((last.wakeups - first.wakeups) / seconds).toFixed(2)} of the loop, ${((after.waits - before.waits) / seconds).toFixed(2)} of the process`, "<= 2");
            tell("resident, idle", `${(after.rss / 1024).toFixed(1)} MiB, ${(after.own / 1024).toFixed(1)} MiB of them not shared, ${(after.dirty / 1024).toFixed(1)} MiB written`, "<= 8 MiB");
        });
    },
};

for (const name of wanted) await parts[name]();
