// The packer's page: documents in, picture and tones out, presses back.
//
// It holds no state of the station. What it does hold is its own: the latest document, to draw it
// again in the other language, and that language until the station names a new one.

import { at } from './dom.mjs';
import { draw, fitAll } from './draw.mjs';
import { keysGuard } from './keys.mjs';
import { scanFieldOpen } from './press.mjs';
import { soundsOpen, soundsPlay, soundsQuiet } from './sounds.mjs';
import { streamOpen } from './stream.mjs';
import { isLanguage, languages, wordsLoad } from './words.mjs';

const RETRY_MS = 1000;

let state; // undefined: nothing true is known
let spoken; // the station's language, as last heard
let chosen; // the packer's own language, undefined: the station's
let tones; // number of the last sound played or passed over
let version;

const languageNow = () => chosen ?? spoken;

function drawNow() {
    if (state) draw(state, languageNow(), soundsQuiet());
}

// Every file of the page has the same entity tag: that of the build.
async function versionNow() {
    const response = await fetch('./', { cache: 'no-store' });
    return response.ok ? response.headers.get('ETag') : null;
}

// After an update of the station the page is old as well. Only a station that answers is worth a
// reload: a browser that finds nobody would be left with an error page.
async function followUpdate() {
    const found = await versionNow().catch(() => null);
    if (found && version && found !== version) location.reload();
    version ??= found;
}

function soundDraw(sound, first) {
    if (!sound || sound.number === tones) return;
    tones = sound.number;
    if (!first) soundsPlay(sound.id);
}

function onState(next, first) {
    const language = isLanguage(next.language) ? next.language : languages[0];
    if (language !== spoken) chosen = undefined;
    spoken = language;
    state = next;
    at('station').hidden = false;
    drawNow();
    at('lost').hidden = true;
    soundDraw(next.sound, first);
    if (first) followUpdate();
}

function onLost() {
    state = undefined;
    at('lost').hidden = false;
    at('station').hidden = true;
}

async function start() {
    try {
        await wordsLoad();
    } catch (error) {
        console.error('the language files cannot be read:', error);
        setTimeout(start, RETRY_MS);
        return;
    }
    streamOpen(onState, onLost);
}

keysGuard((target) => target === at('code') || target === at('who'));
scanFieldOpen();
soundsOpen(drawNow);
at('tongue').addEventListener('click', () => {
    chosen = languages.find((other) => other !== languageNow());
    drawNow();
});
const sizes = new ResizeObserver(() => state && fitAll());
sizes.observe(at('sentences'));
sizes.observe(at('order'));
start();
