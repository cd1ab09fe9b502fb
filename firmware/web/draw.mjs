// A state document to the picture of it. The same document and language give the same picture;
// nothing here remembers, waits or decides. What a document leaves out is not shown.

import { at, icon, make, put, rebuild } from './dom.mjs';
import { fit } from './fit.mjs';
import { lettersBuild, lettersFollow } from './letters.mjs';
import { pictureOfHint, pictureOfMessage, pictureOfStep } from './pictures.mjs';
import { pressesDraw } from './press.mjs';
import { showNumbers } from './showing.mjs';
import { stripDraw } from './strip.mjs';
import {
    gramsText,
    languageName,
    languages,
    moneyText,
    nameText,
    sentences,
    word,
} from './words.mjs';

const steps = ['scan', 'weigh', 'book', 'print', 'take'];
const stepOfState = {
    idle: 0,
    finding: 0,
    weighing: 1,
    rating: 2,
    booking: 2,
    printing: 3,
    closing: 4,
};
const stepOfMessage = { lift_parcel: 4 }; // idle for the station, not yet for the hands
const NO_WEIGHT = '– – –';

function headerDraw(state, language) {
    put(at('name'), state.station ?? '');
    put(at('tongue'), languageName(languages.find((other) => other !== language)));
    at('parcels').hidden = state.parcels === undefined;
    put(at('parcels').firstElementChild, String(state.parcels ?? ''));
    put(at('parcels').lastElementChild, word(language, 'words', 'parcels'));
    const now = stepOfMessage[state.message?.id] ?? stepOfState[state.state];
    rebuild(at('steps'), [now, language], () =>
        steps.map((step, index) => {
            const place = now === undefined || index > now ? 'later' : index < now ? 'past' : 'now';
            const item = make(
                'li',
                { class: place },
                icon(place === 'past' ? 'tick' : pictureOfStep(step)),
                make('span', {}, word(language, 'steps', step)),
            );
            if (place === 'now') item.setAttribute('aria-current', 'step');
            return item;
        }),
    );
}

function trainingDraw(state, language) {
    const training = state.mode === 'training';
    const before = at('training').hidden;
    at('training').hidden = !training;
    put(at('training-name'), word(language, 'words', 'training'));
    put(at('training-note'), word(language, 'words', 'training_note'));
    put(at('training').lastElementChild, word(language, 'presses', 'scan'));
    at('code').placeholder = word(language, 'words', 'scan_field');
    at('code').setAttribute('aria-label', word(language, 'words', 'scan_field'));
    if (training && before) at('code').focus();
    return training === before;
}

// True when the text has changed and must be fitted again.
function messageDraw(state, language) {
    const message = state.message ?? { id: state.reason ?? state.state ?? '' };
    const texts = sentences(language, message);
    const picture = pictureOfMessage(message.id, state.lamp);
    at('picture').firstElementChild.setAttribute('href', `#${picture}`);
    const what = put(at('what'), texts.what);
    const todo = put(at('do'), texts.do);
    return what || todo;
}

function weightDraw(state, language) {
    const weight = state.weight ?? {};
    const live = weight.fresh === true && weight.shown !== undefined;
    const hint = live ? (weight.hint ?? (weight.stable ? 'stable' : 'moving')) : 'old';
    const shown = live ? weight.shown : NO_WEIGHT;
    at('weight').dataset.hint = hint;
    at('weight').dataset.length = Math.min(8, Math.max(5, shown.length));
    put(at('mass'), shown);
    put(at('unit'), live ? (weight.unit ?? '') : '');
    rebuild(at('hint'), [hint, language], () => [
        icon(pictureOfHint(hint)),
        word(language, 'hints', hint),
    ]);
}

const joined = (...parts) => parts.filter(Boolean).join(' ');

// One line of facts, or none where there is nothing to say.
function row(label, text) {
    return text ? [make('p', {}, make('span', {}, label), make('b', {}, text))] : [];
}

function line(kind, ...content) {
    return [make('p', { class: kind }, ...content)];
}

// The very dots that go to the printer; the address tells one label from the next.
function labelPicture(printing, language) {
    if (!printing?.picture) return [];
    const source = `label.png?${encodeURIComponent(printing.picture)}`;
    return [make('img', { class: 'label', src: source, alt: word(language, 'words', 'label') })];
}

// What is less than good about it: the packer looks before it is stuck on.
function labelNotes(printing, language) {
    const notes = printing?.notes ?? [];
    return notes.flatMap((note) => line('odd', word(language, 'label_notes', note)));
}

function paymentBadge(order, language) {
    if (!order.payment) return [];
    const due = order.collect_minor > 0 && order.currency;
    const amount = due ? moneyText(order.collect_minor, order.currency) : '';
    const text = joined(word(language, 'payments', order.payment), amount);
    return [make('em', { class: order.payment }, text)];
}

function orderBuild({ order, booking, printing, taken }, language) {
    const say = (id) => word(language, 'words', id);
    const several = order.packages_total > 1 && `${order.package_no} / ${order.packages_total}`;
    const items = order.items && `${order.contents ? '· ' : ''}${order.items} ${say('items')}`;
    const courier = booking?.carrier && nameText(booking.carrier);
    const odd = labelNotes(printing, language); // what is in the parcel matters no more
    return [
        make('h2', {}, order.order_no ?? '', ...paymentBadge(order, language)),
        ...(odd.length > 0 ? odd : line('contents', joined(order.contents, items))),
        ...row(say('package'), several),
        ...row(say('to'), joined(order.city, order.postcode)),
        ...row(say('taken'), taken && `${gramsText(taken.mass_g)} g`),
        ...row(say('courier'), joined(courier, booking?.service && `· ${booking.service}`)),
        ...row(say('awb'), booking?.awb),
        ...row(say('copy'), printing?.copy > 1 && String(printing.copy)),
        ...labelPicture(printing, language),
    ];
}

// Parcels that somebody must see to, by name; text says what else is known of each.
function listBuild(list, title, text) {
    const rest = list.count - list.first.length;
    return [
        ...line('contents', title),
        ...list.first.flatMap((parcel) => row(parcel.order_no, text(parcel))),
        ...(rest > 0 ? line('contents', `+ ${rest}`) : []),
    ];
}

function shelfText({ why }, language) {
    return word(language, 'words', why === 'booked' ? 'fetch_label' : 'fetch_refused');
}

function lastBuild({ last, stopwatch_ms: stopwatch, recalls, shelf, letters }, language) {
    const say = (id) => word(language, 'words', id);
    if (recalls?.first?.length > 0) return listBuild(recalls, say('recalls'), ({ awb }) => awb);
    if (shelf?.first?.length > 0)
        return listBuild(shelf, say('fetch'), (parcel) => shelfText(parcel, language));
    if (letters?.first?.length > 0) return lettersBuild(letters, language);
    if (!last) return line('contents', say('no_order'));
    const took = Number.isInteger(stopwatch?.whole) && `· ${secondsText(stopwatch.whole)}`;
    const result = joined(word(language, 'results', last.result), took, took && say('seconds'));
    return [
        ...line('contents', say('last')),
        make('h2', {}, last.order_no ?? ''),
        ...row(say('awb'), last.awb),
        ...row(say('taken'), last.mass_g && `${gramsText(last.mass_g)} g`),
        ...line('result', icon(last.result === 'closed' ? 'done' : 'shelf'), result),
    ];
}

// 2400 to "2.4": tenths are enough, and integers stay integers.
function secondsText(ms) {
    const tenths = Math.trunc(ms / 100);
    return `${Math.trunc(tenths / 10)}.${tenths % 10}`;
}

function orderDraw(state, language) {
    const { order, booking, printing, taken, last, stopwatch_ms, recalls, shelf, letters } = state;
    const lists = [recalls, shelf, letters];
    const data = [language, order, booking, printing, taken, last, stopwatch_ms, ...lists];
    lettersFollow(letters, language);
    const build = order ? orderBuild : lastBuild;
    return rebuild(at('order'), data, () => build(state, language));
}

export function fitAll() {
    fit(at('order'));
    fit(at('sentences'));
}

// quiet: the browser plays no tones until it is touched.
export function draw(state, language, quiet) {
    document.documentElement.lang = language;
    document.body.dataset.lamp = state.lamp ?? 'yellow';
    document.body.dataset.state = state.state ?? '';
    document.body.dataset.mode = state.mode ?? '';
    headerDraw(state, language);
    weightDraw(state, language);
    const changed = [
        trainingDraw(state, language),
        pressesDraw(state.presses ?? [], language, state.showing, () =>
            showNumbers(state.showing, language),
        ),
        stripDraw(state, language, quiet),
        messageDraw(state, language),
        orderDraw(state, language),
    ];
    if (changed.includes(true)) fitAll();
}
