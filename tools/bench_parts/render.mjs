// render.mjs BIN DIR RUNS TABLE - packd-render beside the programs that usually make labels of documents, in one run:
// how long each takes to dots that a printer can have, and how many barcodes two independent readers find on those
// very dots. Prints two tables for README.md; DIR/render.jsonl has every figure, a line each.
import { execFileSync, spawnSync } from "node:child_process";
import { appendFileSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const [bin, dir, runsText, table] = process.argv.slice(2);
const runs = Number(runsText), root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const documents = dirname(table), judge = join(root, "tools/label_documents_parts/judge.mjs");
const filters = "/usr/lib/cups/filter", cups = `${dir}/cups`;
// Others at work on the machine would count otherwise; where it is not allowed, they do.
const alone = spawnSync("chrt", ["-f", "50", "true"]).status === 0 ? ["chrt", "-f", "50"] : [];

const [heading, ...lines] = readFileSync(table, "utf8").trim().split("\n").map((line) => line.split("\t"));
const rows = lines.map((line) => Object.fromEntries(heading.map((name, at) => [name, line[at] ?? ""])))
    .filter((row) => row.codes !== "" && !row.file.startsWith("broken_"));
const tell = (row) => appendFileSync(`${dir}/render.jsonl`, JSON.stringify(row) + "\n");
const has = (program) => spawnSync("sh", ["-c", `command -v ${program}`]).status === 0;

// A page that is larger than the stock is made as small as the stock by those that cannot look for a label.
const isPdf = (row) => row.file.endsWith(".pdf");
const isSheet = (row) => row.sheet_mm !== "" && Math.max(...row.sheet_mm.split("x").map(Number)) > 153;
const kindOf = (row) => isSheet(row) ? "sheets" : !isPdf(row) ? "PNG, JPEG, GIF" : /jpeg|image/.test(row.file) ? "picture in PDF" : "vector";
const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;
const place = (row) => row.label_mm.split(",").map((mm) => Math.round(Number(mm) * 203 / 25.4));

const cupsOptions = "1 user label 1 'PageSize=w288h432 Resolution=203dpi fit-to-page'";
const cupsWorld = (kind) => `export PPD=${quoted(`${cups}/zebra.ppd`)} CHARSET=utf-8 PRINTER=zebra CONTENT_TYPE=${kind} ` +
    "FINAL_CONTENT_TYPE=application/vnd.cups-raster;";
const cupsLabel = `${quoted(`${cups}/usr/lib/cups/filter/rastertolabel`)} ${cupsOptions}`;
const viaCups = (rasterizer) => (row, from, to) => isPdf(row)
    ? `${cupsWorld("application/pdf")} ${filters}/pdftopdf ${cupsOptions} <${from} | ${filters}/${rasterizer} ${cupsOptions} | ${cupsLabel} >${to}.zpl`
    : `${cupsWorld(`image/${row.file.split(".").pop().replace("jpg", "jpeg")}`)} ${filters}/imagetoraster ${cupsOptions} ${from} | ${cupsLabel} >${to}.zpl`;

// name: what it needs, and its command for a document; null: it cannot open such a thing.
const chains = {
    "pdftoppm -mono": { needs: "pdftoppm", command: (row, from, to) => isPdf(row)
        ? `pdftoppm -mono -l 4 ${isSheet(row) ? "-scale-to-x 812 -scale-to-y -1" : "-r 203"} ${from} ${to}` : null },
    "pdftoppm -gray, threshold": { needs: "pdftoppm", command: (row, from, to) => isPdf(row)
        ? `pdftoppm -gray -f 1 -l 1 -singlefile ${isSheet(row) ? "-scale-to-x 812 -scale-to-y -1" : "-r 203"} ${from} | ${bin}/bench_threshold >${to}.pbm` : null },
    "the same, told where the label lies": { needs: "pdftoppm", command: (row, from, to) => {
        const [x, y, width, height] = place(row);
        return isPdf(row) ? `pdftoppm -gray -f 1 -l 1 -singlefile -r 203 -x ${x} -y ${y} -W ${width} -H ${height} ${from} | ${bin}/bench_threshold >${to}.pbm` : null;
    } },
    "mutool draw, PBM": { needs: "mutool", command: (row, from, to) => `mutool draw -q -r 203 -w 812 -h 1218 -F pbm -o ${to}-%d.pbm ${from} 1` },
    "mutool draw, grey, threshold": { needs: "mutool", command: (row, from, to) =>
        `mutool draw -q -r 203 -w 812 -h 1218 -c gray -F pgm -o - ${from} 1 | ${bin}/bench_threshold >${to}.pbm` },
    "Ghostscript pbmraw": { needs: "gs", command: (row, from, to) => isPdf(row)
        ? `gs -q -dBATCH -dNOPAUSE -dSAFER -sDEVICE=pbmraw -r203 -dLastPage=1 ${isSheet(row) ? "-g812x1218 -dPDFFitPage" : ""} -o ${to}.pbm ${from}` : null },
    // Debian keeps ImageMagick from files that it calls PDF; by their other name it takes them.
    "ImageMagick convert": { needs: "/usr/bin/convert", command: (row, from, to) =>
        `/usr/bin/convert ${isPdf(row) ? "-density 203 epdf:" : ""}${from}'[0]' -auto-orient -background white -alpha remove ` +
        `${isPdf(row) ? (isSheet(row) ? "-resize '812x1218>'" : "") : "-resize 812x1218"} -threshold 50% -depth 1 ${to}.pbm` },
    "CUPS: pdftopdf, gstoraster, rastertolabel": { needs: `${cups}/usr/lib/cups/filter/rastertolabel`, command: viaCups("gstoraster") },
    "CUPS: pdftopdf, pdftoraster, rastertolabel": { needs: `${cups}/usr/lib/cups/filter/rastertolabel`, command: viaCups("pdftoraster") },
};

// The dots of CUPS's ZPL: ~DGR:CUPS.GRF,bytes,bytes a row, then rows of hexadecimal with repeats. H to Z and h to z
// count what follows, a comma fills the row with white, a colon repeats the row before.
function dotsOfZpl(zpl) {
    const pictures = [];
    for (const [, bytes, perRow, body] of zpl.matchAll(/~DGR:CUPS\.GRF,(\d+),(\d+),([^~^]*)/g)) {
        const width = Number(perRow) * 2, rowsWanted = Number(bytes) / Number(perRow), out = [];
        let row = "", count = 0;
        const flush = () => { while (row.length >= width) { out.push(row.slice(0, width)); row = row.slice(width); } };
        for (const sign of body) {
            if (/[G-Y]/.test(sign)) count += sign.charCodeAt(0) - 70;
            else if (/[g-z]/.test(sign)) count += (sign.charCodeAt(0) - 102) * 20;
            else if (sign === ",") { row = row.padEnd(width, "0"); flush(); }
            else if (sign === "!") { row = row.padEnd(width, "F"); flush(); }
            else if (sign === ":") out.push(out[out.length - 1]);
            else if (/[0-9A-F]/i.test(sign)) { row += sign.repeat(Math.max(count, 1)); count = 0; flush(); }
        }
        pictures.push(Buffer.concat([Buffer.from(`P4\n${width * 4} ${rowsWanted}\n`), Buffer.from(out.slice(0, rowsWanted).join(""), "hex")]));
    }
    return pictures;
}

function drawAll(chain, folder) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    for (const row of rows) {
        const command = chain.command(row, quoted(join(documents, row.file)), quoted(join(folder, row.file)));
        if (command !== null) spawnSync("sh", ["-c", command], { stdio: "ignore", timeout: 60000 });
    }
    for (const name of readdirSync(folder).filter((file) => file.endsWith(".zpl")))
        dotsOfZpl(readFileSync(join(folder, name), "latin1")).forEach((dots, at) => writeFileSync(join(folder, `${name.slice(0, -4)}-${at + 1}.pbm`), dots));
}

// What is read of the pictures in a folder, by kind of document.
function judged(name, folder) {
    const seen = execFileSync("node", [judge, table, folder], { encoding: "utf8", maxBuffer: 1 << 26 }).split("\n").filter((line) => line !== "").map((line) => JSON.parse(line));
    const byFile = new Map(seen.map((each) => [each.file, each]));
    const counts = {};
    for (const row of rows) {
        const count = counts[kindOf(row)] ??= { made: 0, awb: 0, read: 0 };
        const of = byFile.get(row.file);
        count.made += of === undefined ? 0 : 1;
        count.awb += of?.want ? 1 : 0;
        count.read += (of?.codes ?? []).filter((code) => code.zbar || code.zxing).length;
        tell({ part: "read", chain: name, file: row.file, kind: kindOf(row), awb: of?.want ?? false, codes: of?.codes ?? [] });
    }
    return counts;
}

const inputs = [["4 x 6 in, vector", "cairo_4x6.pdf"], ["150 dpi JPEG in PDF", "reportlab_jpeg_150.pdf"], ["200 dpi", "reportlab_jpeg_200.pdf"],
    ["300 dpi", "reportlab_jpeg_300.pdf"], ["PNG, 203 dpi", "png_1bit_203.png"], ["A4 with label and invoice", "cairo_a4_invoice.pdf"]]
    .map(([title, file]) => ({ title, row: rows.find((row) => row.file === file) }));

function timesOf(name, chain) {
    return inputs.map(({ row }) => {
        const command = chain.command(row, quoted(join(documents, row.file)), quoted(`${dir}/timed`));
        if (command === null) return null;
        const [program, ...words] = [...alone, `${bin}/bench_spawns`, String(runs), "sh", "-c", command];
        const seen = JSON.parse(spawnSync(program, words, { encoding: "utf8" }).stdout);
        tell({ part: "time", chain: name, file: row.file, ...seen });
        return seen.failed === undefined ? seen : null;
    });
}

function ours(list, count, folder) {
    mkdirSync(folder, { recursive: true });
    const input = list.map((row) => `${join(documents, row.file)}\t${row.want}\t${row.file}\n`).join("");
    const [program, ...words] = [...(count > 1 ? alone : []), `${bin}/bench_render`, `${bin}/packd-render`, String(count), folder];
    const out = execFileSync(program, words, { input, encoding: "utf8", maxBuffer: 1 << 26, stdio: ["pipe", "pipe", "inherit"] });
    return out.trim().split("\n").map((line) => JSON.parse(line));
}

const line = (cells) => console.log(`| ${cells.join(" | ")} |`);
const ms = (value) => value.toFixed(1);

rmSync(`${dir}/render.jsonl`, { force: true });
const there = Object.entries(chains).filter(([name, chain]) => has(chain.needs) || console.error(`${name} is left out: there is no ${chain.needs}`));

console.log(`Milliseconds from document to dots that a printer can have, median of ${runs} runs:\n`);
line(["", ...inputs.map(({ title }) => title), "resident"]);
line(["---", ...inputs.map(() => "---:"), "---:"]);
const own = ours(inputs.map(({ row }) => row), runs, `${dir}/ours`);
own.forEach((seen) => tell({ part: "time", chain: "packd-render", ...seen }));
line(["**packd-render, to the last byte of ZPL**", ...own.map((seen) => `**${ms((seen.found_us ?? seen.whole_us) / 1000)}**`), `${(Math.max(...own.map((seen) => seen.resident_kib)) / 1024).toFixed(0)} MiB`]);
line(["the same, where the label lies is known", ...own.map((seen) => seen.found_us === undefined ? "" : ms(seen.whole_us / 1000)), ""]);
line(["of it drawing; dots; ZPL", ...own.map((seen) => [seen.draw_us, seen.bits_us, seen.zpl_us].map((us) => ms(us / 1000)).join("; ")), ""]);
line(["and reading every barcode back", ...own.map((seen) => ms(seen.read_us / 1000)), ""]);
for (const [name, chain] of there) {
    const times = timesOf(name, chain);
    line([name, ...times.map((seen) => seen === null ? "" : ms(seen.median_ms)), `${(Math.max(...times.map((seen) => seen?.rss_kib ?? 0)) / 1024).toFixed(0)} MiB`]);
}

console.log("\nDocuments whose AWB an independent reader still reads on the dots, and barcodes in all:\n");
const kinds = ["vector", "picture in PDF", "PNG, JPEG, GIF", "sheets"], numbers = Object.fromEntries(kinds.map((kind) => [kind, rows.filter((row) => kindOf(row) === kind).length]));
const codesInAll = rows.reduce((sum, row) => sum + row.codes.split(" | ").length, 0);
line(["", ...kinds.map((kind) => `${kind} (${numbers[kind]})`), `all (${rows.length})`, `barcodes (${codesInAll})`]);
line(["---", ...kinds.map(() => "---:"), "---:", "---:"]);
function tellCounts(name, counts) {
    const sum = (member) => kinds.reduce((total, kind) => total + counts[kind][member], 0);
    line([name, ...kinds.map((kind) => counts[kind].made === 0 ? "" : counts[kind].awb), sum("awb"), sum("read")]);
}
rmSync(`${dir}/ours`, { recursive: true, force: true });
const answers = ours(rows, 1, `${dir}/ours`);
answers.forEach((answer) => tell({ part: "answer", ...answer }));
tellCounts("**packd-render**", judged("packd-render", `${dir}/ours`));
for (const [name, chain] of there) {
    drawAll(chain, `${dir}/peer`);
    tellCounts(name, judged(name, `${dir}/peer`));
}
const unread = answers.filter((answer) => answer.result !== "done" || (answer.warnings & 64) !== 0);
console.log(`\npackd-render itself refuses or warns of ${unread.length} of these ${rows.length} documents${unread.length > 0 ? ": " + unread.map((answer) => answer.file).join(", ") : ""}.`);
if (!existsSync(cups)) console.log("CUPS could not be had here.");
