// Promise: what the program serves is the page byte for byte, with the right types, under one
// entity tag that any change of any file changes.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
    cpSync,
    appendFileSync,
    mkdtempSync,
    readFileSync,
    readdirSync,
    rmSync,
    statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const web = fileURLToPath(new URL('../../firmware/web/', import.meta.url));

function embed(folder, files, output) {
    execFileSync('cmake', [
        '-D',
        `FOLDER=${folder}`,
        `-DFILES=${files.join(';')}`,
        '-D',
        `OUTPUT=${output}`,
        '-P',
        join(web, 'embed.cmake'),
    ]);
    const source = readFileSync(output, 'utf8');
    const rows = [
        ...source.matchAll(/\{"(\S+)", "([^"]+)", \{content_(\d+), (\d+)\}, "\\"(\w+)\\""\}/g),
    ];
    return rows.map(([, path, type, number, size, tag]) => {
        const array = source.match(
            new RegExp(`content_${number}\\[(\\d+) \\+ 1\\] = \\{(.*?)0\\};`),
        )[2];
        return {
            path,
            type,
            size: Number(size),
            tag,
            content: Buffer.from(array.replaceAll('0x', '').replaceAll(',', ''), 'hex'),
        };
    });
}

test('the page is embedded whole', () => {
    const place = mkdtempSync(join(tmpdir(), 'packd-embed-'));
    try {
        const copy = join(place, 'web');
        cpSync(web, copy, { recursive: true });
        const files = readdirSync(copy, { recursive: true }).filter(
            (file) =>
                statSync(join(copy, file)).isFile() && /\.(html|css|mjs|json|svg)$/.test(file),
        );
        const assets = embed(copy, files, join(place, 'a.c'));
        assert.deepEqual(
            assets.map(({ path }) => path),
            files.map((file) => `/${file}`),
        );
        for (const { path, size, content } of assets) {
            assert.ok(content.equals(readFileSync(join(web, path))), path);
            assert.equal(size, content.length, path);
        }
        const types = Object.fromEntries(assets.map(({ path, type }) => [path, type]));
        assert.equal(types['/index.html'], 'text/html; charset=utf-8');
        assert.equal(types['/page.mjs'], 'text/javascript; charset=utf-8');
        assert.equal(types['/style.css'], 'text/css; charset=utf-8');
        assert.equal(types['/lang/hi.json'], 'application/json');
        assert.equal(types['/icon.svg'], 'image/svg+xml');
        appendFileSync(join(copy, 'style.css'), '\n');
        const tags = new Set(assets.map(({ tag }) => tag));
        const changed = new Set(embed(copy, files, join(place, 'b.c')).map(({ tag }) => tag));
        assert.equal(tags.size, 1);
        assert.equal(changed.size, 1);
        assert.notDeepEqual(changed, tags);
    } finally {
        rmSync(place, { recursive: true });
    }
});
