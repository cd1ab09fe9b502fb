// Promise: every sentence and word exists in every language we ship, with the same arguments, as
// one sentence without markup; every message of the station has one; amounts keep their digits.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';

const web = new URL('../../firmware/web/', import.meta.url);
const station = new URL('../../firmware/station/', import.meta.url);
const read = (path) => readFileSync(new URL(path, web), 'utf8');
const english = JSON.parse(read('lang/en.json'));
const hindi = JSON.parse(read('lang/hi.json'));

globalThis.fetch = async (path) => ({ ok: true, json: async () => JSON.parse(read(path)) });
const words = await import(new URL('words.mjs', web));
await words.wordsLoad();

// Every text of a language file by its path: "messages.booking.what".
function texts(value, path = '') {
    if (typeof value === 'string') return [[path, value]];
    return Object.entries(value).flatMap(([key, inner]) =>
        texts(inner, path ? `${path}.${key}` : key),
    );
}
const argumentsOf = (text) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort();

test('both languages have the same keys in the same order', () => {
    assert.deepEqual(
        texts(hindi).map(([path]) => path),
        texts(english).map(([path]) => path),
    );
});

test('what and do have the same arguments in both languages', () => {
    const other = new Map(texts(hindi));
    for (const [path, text] of texts(english))
        assert.deepEqual(argumentsOf(other.get(path)), argumentsOf(text), path);
});

test('what and do are one plain sentence each', () => {
    for (const [language, table, end] of [
        ['en', english, /[.?”]$/],
        ['hi', hindi, /[।?”]$/],
    ]) {
        for (const [id, message] of Object.entries(table.messages)) {
            assert.deepEqual(Object.keys(message), ['what', 'do'], `${language} ${id}`);
            for (const text of [message.what, message.do]) {
                assert.match(text, end, `${language} ${id}`);
                assert.doesNotMatch(
                    text,
                    /[<>&\n]|[.।?] \S/,
                    `${language} ${id}: one sentence, no markup`,
                );
            }
        }
    }
});

test('Hindi is written in Devanagari', () => {
    for (const [path, text] of texts(hindi)) {
        if (path !== 'words.awb') assert.match(text, /[\u0900-\u097f]/, path);
    }
});

test('every message of the station has its sentences', () => {
    const source = readFileSync(new URL('packing_message.c', station), 'utf8');
    const ids = [...source.matchAll(/\{"(\w+)", LAMP_/g)].map((match) => match[1]);
    assert.ok(ids.length > 40, 'packing_message.c looks different now: teach this test to read it');
    for (const id of ids) assert.ok(english.messages[id], `${id} has no sentence in lang/en.json`);
});

test('every line of the station for the log has its sentences, of arguments that are given', () => {
    const sources = readdirSync(station).filter((file) => file.endsWith('.c'));
    const text = sources.map((file) => readFileSync(new URL(file, station), 'utf8')).join('\n');
    const calls = [...text.matchAll(/commands_log\([^;{]*?NULL\);/g)].map((match) => match[0]);
    assert.ok(calls.length > 10, 'the calls of commands_log look different now: teach this test');
    for (const call of calls) {
        const literals = [...call.matchAll(/"(\w+)"/g)].map((match) => match[1]);
        const ids = literals.filter((literal) => literal.startsWith('log_'));
        for (const id of ids) {
            assert.ok(english.messages[id], `${id} has no sentence in lang/en.json`);
            const given = literals.filter((literal) => literal !== id);
            for (const name of argumentsOf(english.messages[id].what)) {
                assert.ok(given.includes(name), `${id} says {${name}}, which is not given`);
            }
        }
    }
});

test('every note about a label has its word on the page and its sentences in the log', () => {
    const source = readFileSync(new URL('label_notes.c', station), 'utf8');
    const rows = [...source.matchAll(/"(\w+)", "(log_label_\w+)"/g)];
    assert.ok(rows.length > 5, 'label_notes.c looks different now: teach this test to read it');
    const given = ['order_no', 'courier', 'percent'];
    for (const [, note, id] of rows) {
        assert.ok(english.label_notes[note], `${note} has no word`);
        assert.ok(english.messages[id], `${id} has no sentence`);
        for (const name of argumentsOf(english.messages[id].what)) assert.ok(given.includes(name), id);
    }
    assert.equal(Object.keys(english.label_notes).length, rows.length, 'and no word is left over');
});

test('every picture that is named is drawn', async () => {
    const pictures = await import(new URL('pictures.mjs', web));
    const symbols = [...read('index.html').matchAll(/<symbol id="([\w-]+)"/g)].map(
        (match) => match[1],
    );
    const messages = Object.keys(english.messages).map((id) =>
        pictures.pictureOfMessage(id, 'red'),
    );
    const presses = Object.keys(english.presses).map(pictures.pictureOfPress);
    const choices = Object.keys(english.ask.reprint).map(pictures.pictureOfChoice);
    const hints = Object.keys(english.hints).map(pictures.pictureOfHint);
    const steps = Object.keys(english.steps).map(pictures.pictureOfStep);
    for (const picture of [...messages, ...presses, ...choices, ...hints, ...steps]) {
        assert.ok(symbols.includes(picture), `${picture} is no symbol of index.html`);
    }
});

test('money is shown with the decimals of its currency and Indian groups', () => {
    for (const [minor, currency, text] of [
        [149900, 'INR', '₹1,499'],
        [149950, 'INR', '₹1,499.50'],
        [5, 'INR', '₹0.05'],
        [0, 'INR', '₹0'],
        [123456789, 'INR', '₹12,34,567.89'],
        [1499, 'JPY', 'JP¥1,499'],
        [9007199254740991, 'INR', '₹9,00,71,99,25,47,409.91'],
    ])
        assert.equal(words.moneyText(minor, currency), text, `${minor} ${currency}`);
});

test('grams lose zeros that say nothing and no digit that does', () => {
    for (const [grams, text] of [
        ['742.000', '742'],
        ['742.500', '742.5'],
        ['0.001', '0.001'],
        ['12742.050', '12742.05'],
        ['700', '700'],
        ['0.000', '0'],
    ])
        assert.equal(words.gramsText(grams), text, grams);
});

test('a sentence is filled with what there is', () => {
    const say = (language, id, values) => words.sentences(language, { id, arguments: values });
    assert.equal(say('en', 'put_parcel', { order_no: 'WEB-1' }).what, 'Order WEB-1 is found.');
    assert.equal(
        say('en', 'put_parcel', { order_no: '$&{scan}' }).what,
        'Order $&{scan} is found.',
        'arguments are not looked into',
    );
    assert.equal(
        say('en', 'already_packed', { scan: '890', awb: 'A1' }).what,
        'Order 890 is packed already, AWB A1.',
        'the scan names an order',
    );
    assert.equal(
        say('en', 'finding', undefined).what,
        'Looking for order –.',
        'a missing argument',
    );
    assert.equal(
        say('hi', 'constructor', {}).what,
        'स्टेशन का संदेश: constructor।',
        'an id that every object has',
    );
    assert.equal(
        say('en', 'moon_is_full', {}).what,
        'The station reports: moon is full.',
        'an unknown id',
    );
});
