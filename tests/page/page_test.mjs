// Promise: the page shows what the document says, all of it on one screen and in both languages; a
// decision of a hand is sent once and a scanner's typing never is one; what is not known to be true
// is not shown. Checked in the box's own browser, against a server that only repeats documents.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { browserOpen } from './browser.mjs';
import { Stub } from './stub.mjs';

const TOUCH_PX = 80; // a gloved finger
const CONTRAST_AA = 4.5;
const folder = new URL('states/', import.meta.url);
const states = Object.fromEntries(
    readdirSync(folder).map((file) => [
        file.replace('.json', ''),
        JSON.parse(readFileSync(new URL(file, folder), 'utf8')),
    ]),
);
const languages = Object.fromEntries(
    ['en', 'hi'].map((name) => [
        name,
        JSON.parse(
            readFileSync(new URL(`../../firmware/web/lang/${name}.json`, import.meta.url), 'utf8'),
        ),
    ]),
);

let browser, context, stub, page, complaints;

before(async () => {
    browser = await browserOpen();
});

after(() => browser?.close());

beforeEach(async () => {
    stub = await new Stub().open();
    context = await browser.newContext({ viewport: { width: 1024, height: 600 } });
    complaints = [];
    page = await context.newPage();
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on(
        'console',
        (message) =>
            message.type() === 'error' &&
            !/net::ERR|status of 409/.test(message.text()) &&
            complaints.push(message.text()),
    );
    page.on(
        'request',
        (request) =>
            request.url().startsWith(stub.address) || complaints.push(`asked for ${request.url()}`),
    );
    await page.addInitScript(() => {
        window.tones = 0;
        const Tone = window.OscillatorNode;
        window.OscillatorNode = function (...values) {
            window.tones++;
            return new Tone(...values);
        };
    });
    await page.goto(stub.address);
});

afterEach(async () => {
    await context.close();
    stub.close();
    assert.deepEqual(complaints, [], 'the browser complained');
});

let parcels = 100;

// Shows a document and waits until it is drawn.
async function draw(state) {
    stub.show({ ...state, parcels: ++parcels });
    await page.waitForFunction(
        (count) => document.querySelector('#parcels b').textContent === count,
        String(parcels),
    );
}

const awake = () => page.waitForFunction(() => !document.querySelector('#station button:disabled'));

// And until its buttons may be pressed.
async function show(state) {
    await draw(state);
    await awake();
}

// What has appeared takes room from the rest, which is fitted anew with the next frames.
const laidOut = () =>
    page.evaluate(
        () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
    );

const text = (selector) => page.locator(selector).innerText();
const focusOn = (selector) =>
    page.evaluate((name) => document.querySelector(name).focus(), selector);

// Presses arrive in order, so one more that is known shows that nothing else is on its way.
async function pressesUntilNow() {
    await page.evaluate(() => fetch('press', { method: 'POST', body: '{"press":"mark"}' }));
    return stub.presses.splice(0).filter(({ press }) => press !== 'mark');
}

function expected(language, message) {
    const sentence = languages[language].messages[message.id];
    const fill = (template) => template.replace(/\{(\w+)\}/g, (_, name) => message.arguments[name]);
    return { what: fill(sentence.what), do: fill(sentence.do) };
}

// Runs in the page: everything that a person could not see or reach.
function findFaults(touch_px, contrast_min) {
    const faults = [];
    const seen = (node) => node.checkVisibility() && node.getBoundingClientRect().width > 0;
    function name(node) {
        const called = node.id || node.className?.baseVal || node.className;
        return `${node.tagName} ${called} "${node.textContent.trim().slice(0, 30)}"`;
    }
    const root = document.documentElement;
    if (root.scrollHeight > root.clientHeight || root.scrollWidth > root.clientWidth)
        faults.push('the page scrolls');
    const luminance = (colour) =>
        colour
            .match(/[\d.]+/g)
            .slice(0, 3)
            .map((part) => part / 255)
            .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
            .reduce((sum, part, index) => sum + part * [0.2126, 0.7152, 0.0722][index], 0);
    function ground(node) {
        for (let up = node; up; up = up.parentElement) {
            const style = getComputedStyle(up);
            // a picture is the stripes of training, and text stands on their plain part
            if (style.backgroundImage !== 'none') return 'rgb(255, 224, 138)';
            if (!/^rgba\(.*, 0\)$/.test(style.backgroundColor)) return style.backgroundColor;
        }
        return 'rgb(255, 255, 255)';
    }
    for (const node of document.querySelectorAll('#station *')) {
        if (!seen(node)) continue;
        const box = node.getBoundingClientRect();
        if (
            box.left < -1 ||
            box.top < -1 ||
            box.right > innerWidth + 1 ||
            box.bottom > innerHeight + 1
        )
            faults.push(`outside: ${name(node)}`);
        if (node.matches('button') && (box.width < touch_px || box.height < touch_px))
            faults.push(`too small: ${name(node)}`);
        const clips =
            getComputedStyle(node).overflow !== 'visible' ||
            node.matches('button, header, section');
        if (
            clips &&
            (node.scrollWidth > node.clientWidth + 1 || node.scrollHeight > node.clientHeight + 1)
        )
            faults.push(`cut off: ${name(node)}`);
        const ownText = [...node.childNodes].some(
            (child) => child.nodeType === Node.TEXT_NODE && child.data.trim(),
        );
        if (!ownText) continue;
        const [a, b] = [luminance(getComputedStyle(node).color), luminance(ground(node))];
        const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
        if (ratio < contrast_min) faults.push(`contrast ${ratio.toFixed(1)}: ${name(node)}`);
    }
    return faults;
}

for (const [width, height] of [
    [1024, 600],
    [1280, 800],
    [1920, 1080],
]) {
    test(`every state is whole, readable and in both languages at ${width}x${height}`, async () => {
        await page.setViewportSize({ width, height });
        const faults = [];
        for (const [name, state] of Object.entries(states)) {
            for (const language of ['hi', 'en']) {
                const shown = { ...state, language };
                await draw(shown);
                assert.equal(await page.getAttribute('html', 'lang'), language, name);
                const known = shown.message && languages[language].messages[shown.message.id];
                if (known) {
                    const sentences = expected(language, shown.message);
                    assert.equal(await text('#what'), sentences.what, `${name} ${language}`);
                    assert.equal(await text('#do'), sentences.do, `${name} ${language}`);
                }
                const buttons = await page
                    .locator('#presses [data-press]')
                    .evaluateAll((all) => all.map((node) => node.dataset.press));
                assert.deepEqual(
                    buttons,
                    (shown.presses ?? []).filter((press) => press !== 'scan'),
                    name,
                );
                for (const fault of await page.evaluate(
                    `(${findFaults})(${TOUCH_PX}, ${CONTRAST_AA})`,
                ))
                    faults.push(`${name} ${language}: ${fault}`);
            }
        }
        assert.deepEqual(faults, []);
    });
}

test('the facts of order, booking and devices are shown as they are in the document', async () => {
    await show({ ...states.held_label_unknown, language: 'en' });
    const order = await text('#order');
    for (const fact of [
        'WEB-1001',
        '₹1,499',
        'Mug',
        'Mumbai 400001',
        '742 g',
        'Delhivery',
        '28411210000146',
    ])
        assert.ok(order.includes(fact), fact);
    assert.equal(await text('#mass'), '0.742');
    assert.equal(await text('#unit'), 'kg');
    assert.deepEqual(await page.locator('#strip .bad').allInnerTexts(), ['Printer\nNo answer']);
    await show({ ...states.printing_paper_out, language: 'en' });
    assert.deepEqual(await page.locator('#strip .bad').allInnerTexts(), ['Printer\nNo labels']);
    await show({ ...states.held_disk_full, language: 'en' });
    assert.match(
        (await page.locator('#strip').innerText()).replaceAll(/\s+/g, ' '),
        /To send 318 Refused 2 Storage Nearly full/,
    );
});

test('words that this page does not know are shown plainly and look like trouble', async () => {
    await show({ ...states.unknown_ids, language: 'en' });
    assert.equal(await text('#what'), 'The station reports: moon is full.');
    assert.equal(await text('#do'), 'Tell the supervisor.');
    assert.equal(await text('#presses button:first-child'), 'dance');
    assert.equal(await page.locator('#strip .bad').count(), 3);
    await show({ ...states.unknown_ids, language: 'xx' });
    assert.equal(await page.getAttribute('html', 'lang'), 'hi', 'a language nobody knows is Hindi');
});

test('an old weight is not shown as a weight', async () => {
    await show(states.scale_gone);
    assert.equal(await text('#mass'), '– – –');
    assert.equal(await text('#unit'), '');
});

test('a double tap is one press, with exactly the agreed body', async () => {
    await show(states.rating_press);
    await page.dblclick('[data-press="print"]');
    assert.deepEqual(await pressesUntilNow(), [{ press: 'print', text: '' }]);
    await awake();
    await page.click('[data-press="give_up"]');
    assert.deepEqual(
        await pressesUntilNow(),
        [{ press: 'give_up', text: '' }],
        'the buttons wake up again',
    );
});

test('a button that has just appeared does not act, one that stays is left alone', async () => {
    await show(states.idle_first);
    await page.evaluate(() => {
        new MutationObserver(() => {
            for (const button of document.querySelectorAll('#presses button')) button.click();
        }).observe(document.getElementById('presses'), { childList: true });
    });
    await show(states.rating_press);
    assert.deepEqual(await pressesUntilNow(), []);
    await page.evaluate(() =>
        document.querySelector('[data-press="print"]').setAttribute('data-same', ''),
    );
    await show({
        ...states.rating_press,
        weight: { ...states.rating_press.weight, shown: '0.743' },
    });
    assert.equal(await page.locator('[data-press="print"][data-same]').count(), 1);
});

test('a reprint asks for its reason, and a way back sends nothing', async () => {
    await show({ ...states.idle, language: 'en' });
    await page.click('[data-press="reprint"]');
    assert.equal(await text('#question-text'), 'Why is the label needed again?');
    assert.deepEqual(
        await page
            .evaluate(`(${findFaults})(${TOUCH_PX}, ${CONTRAST_AA})`)
            .then((all) => all.filter((fault) => /ask|question/.test(fault))),
        [],
    );
    await page.click('[data-choice="back"]');
    assert.equal(await page.isVisible('#ask'), false);
    await page.click('[data-press="reprint"]');
    await page.click('[data-choice="unreadable"]');
    assert.deepEqual(await pressesUntilNow(), [{ press: 'reprint', text: 'unreadable' }]);
});

test('a refused event is sent again, or dropped with a name; Enter does neither', async () => {
    await show({ ...states.idle_letters, language: 'en' });
    await awake();
    await page.click('#see-letters');
    assert.match(await text('#question-text'), /WEB-1001.*booked.*unknown shipment/);
    await laidOut();
    assert.deepEqual(
        await page
            .evaluate(`(${findFaults})(${TOUCH_PX}, ${CONTRAST_AA})`)
            .then((all) => all.filter((fault) => /ask|question/.test(fault))),
        [],
    );
    assert.equal(await page.isDisabled('[data-choice="drop"]'), true);
    await page.focus('#who');
    await page.keyboard.type('L');
    await page.keyboard.press('Enter');
    assert.equal(await page.isDisabled('[data-choice="drop"]'), true);
    await page.keyboard.type('ead 2');
    await page.keyboard.press('Enter');
    assert.deepEqual(await pressesUntilNow(), []);
    await page.click('[data-choice="drop"]');
    assert.deepEqual(await pressesUntilNow(), [{ press: 'letter_drop', text: '4710 Lead 2' }]);
    await awake();
    await page.click('#see-letters');
    await page.click('[data-choice="again"]');
    assert.deepEqual((await pressesUntilNow()).at(-1), { press: 'letter_again', text: '4710' });
    await awake();
    await page.click('#see-letters');
    await show({ ...states.idle, language: 'en' });
    assert.equal(await page.isVisible('#ask'), false);
});

test('a label that cannot be scanned is printed only with a name', async () => {
    await show({ ...states.held_label_unread, language: 'en' });
    await awake();
    await page.click('[data-press="label_anyway"]');
    assert.match(await text('#question-text'), /although it cannot be scanned/);
    assert.equal(await page.isDisabled('[data-choice="confirmed"]'), true);
    await page.focus('#who');
    await page.keyboard.type('Meera');
    await page.keyboard.press('Enter'); // a scanner types Enter too
    assert.deepEqual(await pressesUntilNow(), []);
    await page.click('[data-choice="confirmed"]');
    assert.deepEqual(await pressesUntilNow(), [{ press: 'label_anyway', text: 'Meera' }]);
});

test('which device is whose is asked from the strip and chosen by its number', async () => {
    await show({ ...states.scale_several, language: 'en' });
    await page.click('#strip [data-show="scale"]');
    assert.match(await text('#question-text'), /Scale: none/);
    await awake();
    await page.click('[data-choice="start"]');
    assert.deepEqual(await pressesUntilNow(), [{ press: 'show', text: 'scale' }]);
    await show({ ...states.showing_printer, language: 'en' });
    assert.equal(await page.locator('#strip [data-show]').count(), 0, 'one showing at a time');
    await awake();
    await page.click('[data-number="2"]');
    assert.deepEqual((await pressesUntilNow()).at(-1), { press: 'show_this', text: '2' });
    await show({ ...states.booking, language: 'en' });
    assert.equal(await page.locator('#strip [data-show]').count(), 0, 'not while packing');
});

test('"not booked" is asked twice, and a question goes when its press goes', async () => {
    await show(states.held_needs_person);
    await page.click('[data-press="not_booked"]');
    await page.click('[data-choice="confirmed"]');
    assert.deepEqual(await pressesUntilNow(), [{ press: 'not_booked', text: '' }]);
    await awake();
    await page.click('[data-press="not_booked"]');
    await show(states.booking);
    assert.equal(await page.isVisible('#ask'), false);
});

test('a press that was not taken is said', async () => {
    await show({ ...states.rating_press, language: 'en' });
    stub.pressStatus = 409;
    await page.click('[data-press="print"]');
    await page.waitForSelector('#note:not([hidden])');
    assert.match(await text('#note'), /not taken/);
    await laidOut();
    assert.deepEqual(await page.evaluate(`(${findFaults})(${TOUCH_PX}, 0)`), []);
});

test('what a scanner types into the page presses nothing; a key that is held does', async () => {
    await show(states.rating_press);
    const address = page.url();
    for (const selector of ['[data-press="print"]', '#tongue', 'body']) {
        await focusOn(selector);
        await page.keyboard.type("WEB-1001 /'a8");
        for (const key of [
            'Enter',
            'Space',
            'Tab',
            'Enter',
            'Space',
            'F5',
            'Backspace',
            'Control+j',
            'Control+p',
            'Alt+ArrowLeft',
            'Escape',
        ])
            await page.keyboard.press(key);
    }
    assert.deepEqual(await pressesUntilNow(), []);
    assert.equal(page.url(), address);
    assert.equal(await page.getAttribute('html', 'lang'), 'hi', 'not even the language');
    await focusOn('[data-press="print"]');
    await page.keyboard.down('Enter');
    await page.keyboard.down('Enter'); // the keyboard repeats
    await page.keyboard.down('Enter');
    await page.keyboard.up('Enter');
    assert.deepEqual(await pressesUntilNow(), [{ press: 'print', text: '' }]);
});

test('in training, and only there, typed text counts as scanned', async () => {
    await show(states.idle_first);
    assert.equal(await page.isVisible('#code'), false);
    await show(states.training);
    assert.equal(await page.evaluate(() => document.activeElement.id), 'code');
    assert.ok(await page.isVisible('#training-words'));
    await page.keyboard.type('WEB-1001');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Enter');
    await page.fill('#code', '  8901234567894 ');
    await page.dblclick('#training button');
    assert.deepEqual(await pressesUntilNow(), [
        { press: 'scan', text: 'WEB-1001' },
        { press: 'scan', text: '8901234567894' },
    ]);
});

test('the packer chooses a language until the station names another', async () => {
    await show(states.idle);
    await page.click('#tongue');
    assert.equal(await text('#do'), languages.en.messages.scan_order.do);
    await show(states.finding);
    assert.equal(await text('#do'), languages.en.messages.finding.do, 'the choice stays');
    assert.deepEqual(await pressesUntilNow(), [], "and is nobody else's business");
    await show({ ...states.finding, language: 'en' });
    await show({ ...states.finding, language: 'hi' });
    assert.equal(await text('#do'), languages.hi.messages.finding.do);
});

test('a sound is played once for its number, and never for what was before', async () => {
    const tones = () => page.evaluate(() => window.tones);
    await show(states.idle);
    assert.equal(await tones(), 0, 'the first document');
    await show({ ...states.finding, sound: { id: 'scan', number: 17 } });
    assert.equal(await tones(), 1);
    await show({ ...states.weighing, sound: { id: 'scan', number: 17 } });
    assert.equal(await tones(), 1, 'the same number');
    await show({ ...states.weighing, sound: { id: 'song', number: 18 } });
    assert.equal(await tones(), 1, 'an unknown sound');
    await show({ ...states.weighing, sound: { id: 'done', number: 19 } });
    assert.equal(await tones(), 4);
});

test('a new weight does not make a screen reader repeat the sentence', async () => {
    await show(states.weighing);
    await page.evaluate(() => {
        window.changes = 0;
        new MutationObserver((all) => {
            window.changes += all.length;
        }).observe(document.getElementById('sentences'), {
            childList: true,
            characterData: true,
            subtree: true,
        });
    });
    await show({ ...states.weighing, weight: { ...states.weighing.weight, shown: '0.001' } });
    assert.equal(await text('#mass'), '0.001');
    assert.equal(await page.evaluate(() => window.changes), 0);
    assert.equal(await page.getAttribute('#sentences', 'aria-live'), 'assertive');
});

const isLost = () => page.waitForFunction(() => document.getElementById('lost').checkVisibility());
const isBack = () => page.waitForFunction(() => !document.getElementById('lost').checkVisibility());

test('before the first document and after the last one nothing is shown as true', async () => {
    await isLost();
    await show(states.rating_press);
    await isBack();
    stub.goDown();
    await isLost();
    assert.equal(await page.isVisible('#mass'), false);
    assert.equal(await page.isVisible('#presses button'), false);
    const text_shown = await text('#lost');
    assert.match(text_shown, /No contact/);
    assert.match(text_shown, /संपर्क नहीं/);
    stub.comeBack();
    stub.show(states.finding);
    await isBack();
    assert.equal(await text('#do'), languages.hi.messages.finding.do);
});

test('a station that hangs with its connections open is noticed', async () => {
    await show(states.idle);
    stub.goDeaf();
    await isLost();
    stub.comeBack();
    await isBack();
});

test('a document that is broken is not half drawn', async () => {
    await show(states.idle);
    stub.show({ ...states.idle, presses: 7 });
    await isLost();
    stub.show(states.idle);
    await isBack();
    assert.equal(complaints.splice(0).length > 0, true, 'and the log says so');
});

test('after an update of the station the page is loaded anew, once it answers', async () => {
    await show(states.idle);
    await page.evaluate(() => {
        window.old = true;
    });
    stub.goDown();
    await isLost();
    stub.comeBack();
    await isBack();
    assert.equal(await page.evaluate(() => window.old), true, 'the same build stays');
    stub.goDown();
    await isLost();
    stub.version = '"build-2"';
    stub.comeBack();
    await page.waitForFunction(() => window.old === undefined);
    await isBack();
});
