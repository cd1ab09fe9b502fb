// picture_compare.mjs - dots that differ between NAME.pbm and what others make of the same picture:
//   picture_compare.mjs MODULES FOLDER NAME:DOTS-PER-MM ...     one line each: "NAME zpl 0 png 0 pbm 0 tspl 0 ... BARS"
// ZPL is drawn by zebrash, PNG read by pngjs, bars by zxing-cpp; PBM is a head and the dots.
import { webcrypto } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

globalThis.crypto ??= webcrypto; // node 18 of Debian 12 has it under another name only

const [modules, folder, ...names] = process.argv.slice(2);
const packages = createRequire(modules + "/x");
const { api } = await packages("zpl-renderer-js").ready;
const { PNG } = packages("pngjs");
const { prepareZXingModule, readBarcodes } = packages("zxing-wasm/reader");
const wasmBinary = readFileSync(packages.resolve("zxing-wasm/reader/zxing_reader.wasm"));
await prepareZXingModule({ overrides: { wasmBinary }, fireImmediately: true });

function readPbm(file) {
    const bytes = readFileSync(`${folder}/${file}.pbm`);
    const head = /^P4\n(\d+) (\d+)\n/.exec(bytes.subarray(0, 40).toString("latin1"));
    const [width, height, at] = [Number(head[1]), Number(head[2]), head[0].length];
    const row = (width + 7) >> 3;
    const black = new Uint8Array(width * height);
    for (let y = 0; y < height; y++)
        for (let x = 0; x < width; x++)
            black[y * width + x] = (bytes[at + y * row + (x >> 3)] >> (7 - (x & 7))) & 1;
    return { width, height, black, more: bytes.length - at - row * height };
}

function readPng(bytes) {
    const { width, height, data } = PNG.sync.read(bytes);
    const black = new Uint8Array(width * height);
    for (let i = 0; i < black.length; i++) black[i] = data[4 * i] < 128 ? 1 : 0;
    return { width, height, black, more: 0 };
}

function wrongDots(wanted, got) {
    if (wanted.width !== got.width || wanted.height !== got.height || got.more !== 0) return "another-size";
    let wrong = 0;
    for (let i = 0; i < wanted.black.length; i++) wrong += wanted.black[i] !== got.black[i];
    return wrong;
}

async function drawZpl(name, size, dpmm) {
    // A label narrower than the paper would be drawn in its middle: say the picture's own width.
    const zpl = readFileSync(`${folder}/${name}.zpl`, "utf8").replace(/\^PW\d+/, `^PW${size.width}`);
    if (!zpl.includes("^GF")) return { ...size, black: new Uint8Array(size.black.length), more: 0 };
    return readPng(Buffer.from(await api.zplToBase64Async(zpl, size.width / dpmm, size.height / dpmm, dpmm), "base64"));
}

for (const each of names) {
    const [name, dpmm] = each.split(":");
    const wanted = readPbm(name);
    const zpl = await drawZpl(name, wanted, Number(dpmm));
    const png = readFileSync(`${folder}/${name}-png.png`);
    const line = [name, "zpl", wrongDots(wanted, zpl), "png", wrongDots(wanted, readPng(png))];
    for (const other of ["pbm", "tspl", "epl", "escpos"]) line.push(other, wrongDots(wanted, readPbm(`${name}-${other}`)));
    const codes = await readBarcodes(png, { tryHarder: true });
    line.push(...codes.filter((code) => code.isValid).map((code) => code.text));
    console.log(line.join(" "));
}
process.exit(0); // the renderer's runtime would keep us waiting
