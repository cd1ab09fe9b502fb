// browser.mjs - Debian's Chromium through playwright-core, both as tools/deps installs them.
// What is missing is said in a sentence; nothing is skipped.

import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const deps = fileURLToPath(new URL('../../tools/deps', import.meta.url));
const chromium = process.env.PACKD_CHROMIUM ?? '/usr/bin/chromium';

function modules() {
    return (
        process.env.PACKD_NODE_MODULES ??
        `${execFileSync(deps, ['--print-dir'], { encoding: 'utf8' }).trim()}/npm/node_modules`
    );
}

export async function browserOpen() {
    const folder = modules();
    if (!existsSync(`${folder}/playwright-core`))
        throw new Error(`playwright-core is not in ${folder}: run tools/deps.`);
    if (!existsSync(chromium))
        throw new Error(`the browser ${chromium} is not installed: run tools/deps.`);
    const { chromium: driver } = createRequire(`${folder}/`)('playwright-core');
    const asRoot = process.getuid() === 0 ? ['--no-sandbox'] : [];
    return driver.launch({
        executablePath: chromium,
        args: [
            ...asRoot,
            '--autoplay-policy=no-user-gesture-required',
            '--disable-gpu',
            '--mute-audio',
        ],
    });
}
