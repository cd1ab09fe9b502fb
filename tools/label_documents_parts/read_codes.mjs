#!/usr/bin/env node
// read_codes.mjs [FILE...] - every barcode of pictures, read by zxing-cpp as WebAssembly: one JSON line a
// file, {"file":..,"codes":[{"type":"CODE128","text":".."}]}. Files are PBM, PGM or PNG; without arguments
// their names come from standard input, one a line. The reader is found where tools/deps put it
// (PACKD_NODE_MODULES says another place); nothing is fetched.
import { webcrypto } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

globalThis.crypto ??= webcrypto;
const here = dirname(fileURLToPath(import.meta.url));
const modules = process.env.PACKD_NODE_MODULES
    || join(execFileSync(join(here, "../deps"), ["--print-dir"], { encoding: "utf8" }).trim(), "npm", "node_modules");
const packages = createRequire(join(dirname(modules), "package.json"));
const { prepareZXingModule, readBarcodes } = packages("zxing-wasm/reader");
const wasmBinary = readFileSync(packages.resolve("zxing-wasm/reader/zxing_reader.wasm"));
await prepareZXingModule({ overrides: { wasmBinary }, fireImmediately: true });

const names = { Code128: "CODE128", Code39: "CODE39", ITF: "ITF", "EAN-13": "EAN13", EAN13: "EAN13", QRCode: "QR", DataMatrix: "DATAMATRIX",
    PDF417: "PDF417", Aztec: "AZTEC", MaxiCode: "MAXICODE" };

// Width and height of a PBM or PGM, and where its dots begin.
function head(data) {
    const [whole, kind, width, height] = /^P([45])\s+(?:#[^\n]*\s+)?(\d+)\s+(\d+)\s(?:255\s)?/.exec(data.subarray(0, 200).toString("latin1"));
    return { kind, width: Number(width), height: Number(height), at: whole.length };
}

function greyOf(data) {
    const { kind, width, height, at } = head(data);
    if (kind === "5") return { width, height, grey: data.subarray(at) };
    const grey = new Uint8Array(width * height), row = (width + 7) >> 3;
    for (let y = 0; y < height; y++)
        for (let x = 0; x < width; x++) grey[y * width + x] = (data[at + y * row + (x >> 3)] >> (7 - (x & 7))) & 1 ? 0 : 255;
    return { width, height, grey };
}

function imageOf(data) {
    const { width, height, grey } = greyOf(data);
    const rgba = new Uint8ClampedArray(width * height * 4).fill(255);
    for (let i = 0; i < grey.length; i++) rgba[4 * i] = rgba[4 * i + 1] = rgba[4 * i + 2] = grey[i];
    return { data: rgba, width, height, colorSpace: "srgb" };
}

async function read(file) {
    const data = readFileSync(file);
    const picture = data[0] === 0x50 ? imageOf(data) : new Blob([data]);
    const found = await readBarcodes(picture, { tryHarder: true, tryRotate: true, tryInvert: false, maxNumberOfSymbols: 20, textMode: "Plain",
        formats: ["Code128", "Code39", "ITF", "EAN13", "QRCode", "DataMatrix", "PDF417", "Aztec", "MaxiCode"] });
    return found.filter((code) => code.isValid).map((code) => ({
        type: code.symbologyIdentifier === "]C1" ? "GS1-128" : names[code.format] ?? code.format, text: code.text,
        x: code.position.topLeft.x, y: code.position.topLeft.y }));
}

const listed = process.argv.slice(2);
const files = listed.length > 0 ? listed : readFileSync(0, "utf8").split("\n").filter((line) => line !== "");
for (const file of files) {
    try {
        console.log(JSON.stringify({ file, codes: await read(file) }));
    } catch (error) {
        console.log(JSON.stringify({ file, codes: [], error: error.message }));
    }
}
process.exit(0);
