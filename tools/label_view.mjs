#!/usr/bin/env node
// label_view.mjs - draws a ZPL label and reads its bar codes back, with programs that are not ours.
//
//   label_view.mjs FILE.zpl [--png OUT.png] [--dpmm 8] [--size WIDTHxHEIGHT in dots]
//   {"width":812,"height":1218,"barcodes":[{"type":"Code128","text":"SBX100000017","aim":"]C0"}]}
//
// The renderer is zebrash, the reader zxing-cpp, both as WebAssembly from the folder that tools/deps
// filled (PACKD_NODE_MODULES says another). Nothing is fetched. Exit 0 done, 1 not a label, 2 usage.
import { execFileSync } from "node:child_process";
import { webcrypto } from "node:crypto";
import { readFileSync, writeFileSync, existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

globalThis.crypto ??= webcrypto; // node 18 of Debian 12 has it under another name only

const here = dirname(fileURLToPath(import.meta.url));

function modulesDir() {
    if (process.env.PACKD_NODE_MODULES) return process.env.PACKD_NODE_MODULES;
    const cache = execFileSync(join(here, "deps"), ["--print-dir"], { encoding: "utf8" }).trim();
    return join(cache, "npm", "node_modules");
}

function usage() {
    process.stderr.write("usage: label_view.mjs FILE.zpl [--png OUT.png] [--dpmm 8] [--size 812x1218]\n");
    process.exit(2);
}

function options(words) {
    const read = { dpmm: 8, width: 812, height: 1218 };
    for (let i = 0; i < words.length; i++) {
        if (words[i] === "--png") read.png = words[++i];
        else if (words[i] === "--dpmm") read.dpmm = Number(words[++i]);
        else if (words[i] === "--size") [read.width, read.height] = (words[++i] ?? "").split("x").map(Number);
        else if (read.file === undefined && !words[i].startsWith("--")) read.file = words[i];
        else usage();
    }
    const sound = read.file !== undefined && read.dpmm > 0 && read.width > 0 && read.height > 0;
    return sound ? read : usage();
}

// A job may say its own size; the picture must be exactly as wide, or everything would shift.
function sizeOf(zpl, read) {
    const said = (command) => [...zpl.matchAll(command)].map((match) => Number(match[1])).pop();
    return { width: said(/\^PW(\d+)/g) ?? read.width, height: said(/\^LL(\d+)/g) ?? read.height };
}

async function draw(packages, zpl, read) {
    const { ready } = packages("zpl-renderer-js");
    const { api } = await ready;
    const size = sizeOf(zpl, read);
    const base64 = await api.zplToBase64Async(zpl, size.width / read.dpmm, size.height / read.dpmm, read.dpmm);
    return Buffer.from(base64, "base64");
}

async function barcodesOf(packages, picture) {
    const { prepareZXingModule, readBarcodes } = packages("zxing-wasm/reader");
    // Its own file, else the module would ask the network for it.
    const wasmBinary = readFileSync(packages.resolve("zxing-wasm/reader/zxing_reader.wasm"));
    await prepareZXingModule({ overrides: { wasmBinary }, fireImmediately: true });
    const found = await readBarcodes(picture, { tryHarder: true, maxNumberOfSymbols: 20 });
    return found.filter((code) => code.isValid).map((code) => ({
        type: code.format, text: code.text, aim: code.symbologyIdentifier,
    }));
}

const read = options(process.argv.slice(2));
const dir = modulesDir();
if (!existsSync(dir)) {
    process.stderr.write(`label_view: no packages in ${dir}: run tools/deps\n`);
    process.exit(1);
}
const packages = createRequire(join(dirname(dir), "package.json"));
try {
    const picture = await draw(packages, readFileSync(read.file, "utf8"), read);
    const { width, height } = packages("pngjs").PNG.sync.read(picture);
    if (read.png !== undefined) writeFileSync(read.png, picture);
    const barcodes = await barcodesOf(packages, picture);
    process.stdout.write(JSON.stringify({ width, height, barcodes }) + "\n");
    process.exit(0); // the renderer's runtime would keep us waiting
} catch (error) {
    process.stderr.write(`label_view: ${read.file}: ${error.message}\n`);
    process.exit(1);
}
