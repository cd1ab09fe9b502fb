// zpl_compare.mjs - draws pairs of ZPL files with a renderer that is not ours and reads the bars of the second:
//   zpl_compare.mjs MODULES BEFORE.zpl AFTER.zpl ...      one line a pair: "NAME WRONG-DOTS TYPE:TEXT ..."
import { webcrypto } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename } from "node:path";

globalThis.crypto ??= webcrypto; // node 18 of Debian 12 has it under another name only

const [modules, ...files] = process.argv.slice(2);
const packages = createRequire(modules + "/x");
const { api } = await packages("zpl-renderer-js").ready;
const { prepareZXingModule, readBarcodes } = packages("zxing-wasm/reader");
const wasmBinary = readFileSync(packages.resolve("zxing-wasm/reader/zxing_reader.wasm"));
await prepareZXingModule({ overrides: { wasmBinary }, fireImmediately: true });

async function draw(file, width, height) {
    const zpl = readFileSync(file, "utf8");
    return Buffer.from(await api.zplToBase64Async(zpl, width / 8, height / 8, 8), "base64");
}

function wrongDots(before, after) {
    if (before.width !== after.width || before.height !== after.height) return "another size";
    let wrong = 0;
    for (let i = 0; i < before.data.length; i += 4) wrong += before.data[i] < 128 !== after.data[i] < 128;
    return wrong;
}

for (let i = 0; i < files.length; i += 2) {
    // The picture must be exactly as wide as the label says, or all would shift.
    const said = [...readFileSync(files[i + 1], "utf8").matchAll(/\^PW(\d+)/g)].map((match) => Number(match[1])).pop();
    const [before, after] = [await draw(files[i], said, 1219), await draw(files[i + 1], said, 1219)];
    const read = (png) => packages("pngjs").PNG.sync.read(png);
    const codes = await readBarcodes(after, { tryHarder: true, maxNumberOfSymbols: 20 });
    const texts = codes.filter((code) => code.isValid).map((code) => `${code.format}:${code.text.slice(0, 30)}`).sort();
    console.log([basename(files[i], ".zpl"), wrongDots(read(before), read(after)), ...texts].join(" "));
}
process.exit(0); // the renderer's runtime would keep us waiting
