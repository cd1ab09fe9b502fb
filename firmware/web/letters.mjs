// Events that the order system has refused: a list in the place of the last parcel, and for the first
// of them the question what is to become of it. To drop it takes a name, typed by hand; Enter there does
// nothing, because a scanner types Enter too.

import { at, make } from './dom.mjs';
import { askClose, askContent, buttonMake, nameField, namedButton, pressSend } from './press.mjs';
import { fillText, word } from './words.mjs';

const SHOWN = 2;

function send(press, text) {
    askClose();
    pressSend(press, text);
}

function letterAsk(letter, language) {
    const say = (id) => word(language, 'letters', id);
    const drop = namedButton('cross', say('drop'), 'drop', () =>
        send('letter_drop', `${letter.number} ${name.value.trim()}`),
    );
    const name = nameField(language, drop);
    const again = buttonMake('again', say('again'), { 'data-choice': 'again' }, () =>
        send('letter_again', String(letter.number)),
    );
    const back = buttonMake('cross', say('back'), { 'data-choice': 'back' }, askClose);
    const what = { order_no: letter.order_no, type: letter.type, code: letter.code };
    askContent(`letter ${letter.number}`, fillText(say('question'), what), [
        again,
        name,
        drop,
        back,
    ]);
}

export function lettersBuild(letters, language) {
    const shown = letters.first.slice(0, SHOWN); // the button needs room for a finger
    const rest = letters.count - shown.length;
    const rows = shown.map(({ order_no, code }) =>
        make('p', {}, make('span', {}, order_no), make('b', {}, code.replaceAll('_', ' '))),
    );
    const see = buttonMake('orders', word(language, 'letters', 'see'), { id: 'see-letters' }, () =>
        letterAsk(letters.first[0], language),
    );
    const more = rest > 0 ? [make('p', { class: 'contents' }, `+ ${rest}`)] : [];
    return [make('p', { class: 'contents' }, word(language, 'letters', 'title')), ...rows, ...more, see];
}

// The question goes when its letter is gone, or its language.
export function lettersFollow(letters, language) {
    const asked = at('ask').dataset.press ?? '';
    if (at('ask').hidden || !asked.startsWith('letter ')) return;
    const here = letters?.first?.some(({ number }) => asked === `letter ${number}`);
    if (!here || at('ask').lang !== language) askClose();
}
