// Which device belongs to this bench: the question that a touch on the strip asks, and the numbers to
// choose from when it is a printer. Scanner and scale are shown by using them.

import { askClose, askContent, buttonMake, pressSend } from './press.mjs';
import { fillText, question, word } from './words.mjs';

// A device that the settings leave open, named as the station names its place ("scanner 2").
export function showAsk(place, name, deviceText, language) {
    const asked = question(language, 'show');
    const say = Object.fromEntries(asked.choices);
    const text = fillText(asked.text, { device: deviceText, name: name || say.none });
    const start = buttonMake('find', say.start, { 'data-choice': 'start' }, () => {
        askClose();
        pressSend('show', place);
    });
    const back = buttonMake('cross', asked.back, { 'data-choice': 'back' }, askClose);
    askContent('show', text, [start, back]);
}

// The numbers that the printers have printed; nothing for what is shown by using it.
export function showNumbers(showing, language) {
    if (showing?.device !== 'printer') return [];
    return showing.candidates.map(({ number, name }) =>
        buttonMake(
            'printer',
            `${number} · ${name || word(language, 'devices', 'printer')}`,
            { 'data-number': String(number) },
            () => pressSend('show_this', String(number)),
        ),
    );
}
