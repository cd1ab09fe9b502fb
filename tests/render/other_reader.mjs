// other_reader.mjs - reads the barcodes of PBM files (P4) with zxing-wasm: another generation of the
// library than the one packd-render is built on, with its own way of finding several at once.
//
//   node other_reader.mjs FILE.pbm...      a line for each code: FILE-NUMBER TYPE TEXT-AS-JSON
//
// The module is that of tools/npm; PACKD_NODE_MODULES says where. Nothing is fetched.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { webcrypto } from "node:crypto";
import { join, dirname } from "node:path";

globalThis.crypto ??= webcrypto; // node 18 of Debian 12 has it under another name only

const packages = createRequire(join(dirname(process.env.PACKD_NODE_MODULES), "package.json"));
const { prepareZXingModule, readBarcodes } = packages("zxing-wasm/reader");
const wasmBinary = readFileSync(packages.resolve("zxing-wasm/reader/zxing_reader.wasm"));
await prepareZXingModule({ overrides: { wasmBinary }, fireImmediately: true });

function pictureOf(file) {
    const bytes = readFileSync(file);
    const head = /^P4\n(\d+) (\d+)\n/.exec(bytes.subarray(0, 40).toString("latin1"));
    const width = Number(head[1]), height = Number(head[2]);
    const rowBytes = Math.ceil(width / 8), data = new Uint8ClampedArray(width * height * 4).fill(255);
    for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++) {
            if (!(bytes[head[0].length + y * rowBytes + (x >> 3)] & (0x80 >> (x & 7)))) continue;
            data.fill(0, (y * width + x) * 4, (y * width + x) * 4 + 3);
        }
    }
    return { width, height, data, colorSpace: "srgb" };
}

for (const [number, file] of process.argv.slice(2).entries()) {
    const found = await readBarcodes(pictureOf(file), { tryHarder: true, maxNumberOfSymbols: 40,
        textMode: "Plain" });
    for (const code of found.filter((each) => each.isValid))
        console.log(number, code.format, code.symbologyIdentifier, JSON.stringify(code.text));
}
