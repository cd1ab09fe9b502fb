// The strip at the bottom: every device and connection with a picture and a word, in one of three
// tones. A word that is not known here is shown as it is and looks like trouble, never like health.

import { at, icon, make, rebuild } from './dom.mjs';
import { showAsk } from './showing.mjs';
import { nameText, word } from './words.mjs';

const tones = { ready: 'good', ok: 'good', opening: 'wait', starting: 'wait', finding: 'wait' };
const marks = { good: 'tick', wait: 'wait', bad: 'warning' };
const OLD_ORDERS_MS = 4 * 3600 * 1000; // half a shift: what was cancelled since is packed all the same
const harmlessFlags = ['busy', 'label_waiting', 'buffer_full'];

const toneOf = (id) => (Object.hasOwn(tones, id) ? tones[id] : 'bad');

// A device that works, and not well, says how often it has failed since the start.
function deviceText(device, language) {
    const state = word(language, 'device_states', device.state);
    if (toneOf(device.state) !== 'good') return state;
    const counts = [
        ['lost', device.lost],
        ['garbled', device.refused],
    ];
    const said = counts
        .filter(([, count]) => count > 0)
        .map(([id, count]) => `${count} ${word(language, 'words', id)}`);
    return [state, ...said].join(' · ');
}

function deviceCells(state, language) {
    const { scale, scanners = [], printer } = state.devices ?? {};
    const cells = [];
    const idle = state.state === 'idle' && !state.showing;
    const cell = (symbol, name, device) => ({
        symbol,
        name,
        tone: toneOf(device.state),
        text: deviceText(device, language),
        show: idle ? device.show : undefined, // the place that another device may be shown for
        device: device.name,
    });
    if (scale) cells.push(cell('scale', word(language, 'devices', 'scale'), scale));
    scanners.forEach((scanner, index) => {
        const number = scanners.length > 1 ? ` ${index + 1}` : '';
        cells.push(cell('scanner', word(language, 'devices', 'scanner') + number, scanner));
    });
    if (printer) {
        const plain = cell('printer', word(language, 'devices', 'printer'), printer);
        cells.push(printerCell(printer, plain, language));
    }
    return cells;
}

// A flag says more than "not ready"; a busy printer is at work, not broken.
function printerCell(printer, cell, language) {
    const flag =
        (printer.flags ?? []).find((id) => !harmlessFlags.includes(id)) ?? printer.flags?.[0];
    if (!flag) return cell;
    return {
        ...cell,
        tone: harmlessFlags.includes(flag) ? 'wait' : 'bad',
        text: word(language, 'flags', flag),
    };
}

function networkCells(state, language) {
    const { oms, carriers = {} } = state.network ?? {};
    const cells = [];
    const cell = (symbol, name, id) => ({
        symbol,
        name,
        tone: toneOf(id),
        text: word(language, 'networks', id),
    });
    if (oms) cells.push(cell('orders', word(language, 'devices', 'oms'), oms));
    for (const [name, id] of Object.entries(carriers))
        cells.push(cell('truck', nameText(name), id));
    return cells;
}

// The hour of this box: what people at the bench call the time.
function clockText(ms) {
    const at = new Date(ms);
    return [at.getHours(), at.getMinutes()].map((each) => String(each).padStart(2, '0')).join(':');
}

function countCells(state, language, quiet) {
    const say = (id) => word(language, 'words', id);
    const cells = [];
    const { waiting = 0, refused = 0 } = state.events ?? {};
    if (waiting > 0)
        cells.push({ symbol: 'up', name: say('to_send'), tone: 'wait', text: String(waiting) });
    if (refused > 0)
        cells.push({
            symbol: 'stop',
            name: say('refused_events'),
            tone: 'bad',
            text: String(refused),
        });
    if (state.recalls?.count > 0)
        cells.push({
            symbol: 'stop',
            name: say('recalls'),
            tone: 'bad',
            text: String(state.recalls.count),
        });
    if (state.orders_as_of_ms > 0)
        cells.push({
            symbol: 'orders',
            name: say('orders_as_of'),
            tone: Date.now() - state.orders_as_of_ms > OLD_ORDERS_MS ? 'bad' : 'wait',
            text: clockText(state.orders_as_of_ms),
        });
    if (state.untold?.by_ms > 0)
        cells.push({
            symbol: 'clock',
            name: say('tell_by'),
            tone: state.untold.by_ms < Date.now() ? 'bad' : 'wait',
            text: clockText(state.untold.by_ms),
        });
    if (state.open_bookings > 0)
        cells.push({
            symbol: 'shelf',
            name: say('shelf'),
            tone: 'wait',
            text: String(state.open_bookings),
        });
    if (state.disk === 'low')
        cells.push({ symbol: 'disk', name: say('disk'), tone: 'bad', text: say('disk_low') });
    if (state.disk === 'slow')
        cells.push({ symbol: 'disk', name: say('disk'), tone: 'bad', text: say('disk_slow') });
    if (quiet)
        cells.push({ symbol: 'quiet', name: say('sound'), tone: 'wait', text: say('sound_off') });
    return cells;
}

function cellMake({ symbol, name, tone, text, show, device }, language) {
    const node = make(
        'div',
        { class: tone },
        icon(symbol),
        make('p', {}, make('span', {}, name), make('b', {}, icon(marks[tone]), text)),
    );
    if (!show) return node;
    node.setAttribute('role', 'button');
    node.setAttribute('tabindex', '0');
    node.dataset.show = show;
    node.addEventListener('click', () => showAsk(show, device, name, language));
    return node;
}

const ONE_ROW = 7;

export function stripDraw(state, language, quiet) {
    const cells = [
        ...deviceCells(state, language),
        ...networkCells(state, language),
        ...countCells(state, language, quiet),
    ];
    at('strip').classList.toggle('crowded', cells.length > ONE_ROW);
    return rebuild(at('strip'), [cells, language], () =>
        cells.map((cell) => cellMake(cell, language)),
    );
}
