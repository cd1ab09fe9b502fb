#!/usr/bin/env node
// judge.mjs TABLE FOLDER - what two independent readers, zbar and zxing-cpp, read on FOLDER's pictures of the
// documents of TABLE (documents.tsv): FILE.pbm or FILE.pgm, or several FILE-N.pgm for its pages. One JSON
// line a document that has a picture:
//   {"file":..,"expect":..,"want":true,"all":true,"codes":[{"code":"CODE128 284..","zbar":true,"zxing":true}]}
// want: one of the readers read the AWB; all: each code was read by one of them.
import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const [table, folder] = process.argv.slice(2);
const reader = fileURLToPath(new URL("read_codes.mjs", import.meta.url));
const zbarTypes = { "CODE-128": "CODE128", "CODE-39": "CODE39", "I2/5": "ITF", "EAN-13": "EAN13", "QR-Code": "QR" };

const [heading, ...lines] = readFileSync(table, "utf8").trim().split("\n").map((line) => line.split("\t"));
const rows = lines.map((line) => Object.fromEntries(heading.map((name, at) => [name, line[at] ?? ""])));
const present = readdirSync(folder);
const picturesOf = (row) => present.filter((name) => name.startsWith(row.file) && /^(-\d+)?\.p[bg]m$/.test(name.slice(row.file.length)))
    .map((name) => join(folder, name));

function run(program, words, input) {
    return new Promise((resolve) => {
        const child = spawn(program, words, { stdio: ["pipe", "pipe", "ignore"] });
        let out = "";
        child.stdout.on("data", (data) => { out += data; });
        child.on("error", () => resolve(""));
        child.on("close", () => resolve(out));
        child.stdin.on("error", () => {});
        child.stdin.end(input);
    });
}

// GS1-128 is a Code 128 to one reader and has brackets or separators to another; the data is the same.
const plain = (type, text) => `${type === "GS1-128" ? "CODE128" : type} ${text.replace(/[\x1d()]/g, "")}`;

async function zbar(files) {
    const seen = new Map();
    const xml = files.length === 0 ? "" : await run("zbarimg", ["-q", "--nodbus", "--xml", "-Sdatabar.disable", "-Sdatabar-exp.disable", ...files], "");
    for (const [, file, body] of xml.matchAll(/<source href='([^']*)'>([\s\S]*?)<\/source>/g))
        seen.set(file, [...body.matchAll(/<symbol type='([^']*)'[^>]*><data[^>]*><!\[CDATA\[([\s\S]*?)\]\]>/g)].map(([, type, text]) => plain(zbarTypes[type] ?? type, text)));
    return seen;
}

async function zxing(files) {
    const seen = new Map();
    for (const line of (await run(process.execPath, [reader], files.join("\n"))).split("\n").filter((text) => text !== "")) {
        const { file, codes } = JSON.parse(line);
        seen.set(file, codes.map((code) => plain(code.type, code.text)));
    }
    return seen;
}

const judged = rows.filter((row) => row.codes !== "" && picturesOf(row).length > 0);
const files = judged.flatMap(picturesOf);
const [byZbar, byZxing] = await Promise.all([zbar(files), zxing(files)]);
for (const row of judged) {
    const pictures = picturesOf(row);
    const codes = row.codes.split(" | ").map((code) => {
        const [type, ...text] = code.split(" ");
        const wanted = plain(type, text.join(" "));
        const by = (seen) => pictures.some((file) => (seen.get(file) ?? []).includes(wanted));
        return { code, zbar: by(byZbar), zxing: by(byZxing) };
    });
    const read = (code) => code.zbar || code.zxing;
    const want = codes.some((code) => code.code.endsWith(" " + row.want) && read(code));
    console.log(JSON.stringify({ file: row.file, expect: row.expect, want, all: codes.every(read), codes }));
}
process.exit(0);
