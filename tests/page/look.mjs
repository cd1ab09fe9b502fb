// look.mjs FOLDER [WIDTH HEIGHT] - a picture of every state in both languages, for a person.

import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { browserOpen } from './browser.mjs';
import { Stub } from './stub.mjs';

const [folder = 'pictures', width = '1024', height = '600'] = process.argv.slice(2);
const states = new URL('states/', import.meta.url);
const browser = await browserOpen();
const stub = await new Stub().open();
const page = await browser.newPage({ viewport: { width: Number(width), height: Number(height) } });
page.on('console', (message) => console.error(message.text()));
page.on('pageerror', (error) => console.error(error));
mkdirSync(folder, { recursive: true });
await page.goto(stub.address);
await page.screenshot({ path: `${folder}/lost.png` });
let parcels = 0;
for (const file of readdirSync(states).sort()) {
    const state = JSON.parse(readFileSync(new URL(file, states)));
    for (const language of ['hi', 'en']) {
        stub.show({
            ...state,
            language: state.language === 'xx' ? 'xx' : language,
            parcels: ++parcels,
        });
        await page.waitForFunction(
            (count) => document.querySelector('#parcels b').textContent === count,
            String(parcels),
        );
        await page.waitForFunction(() => !document.querySelector('#presses button:disabled'));
        await page.screenshot({
            path: `${folder}/${file.replace('.json', '')}-${language}.png`,
            animations: 'disabled',
        });
    }
}
await browser.close();
stub.close();
