// Buttons, and one POST for each decision of a hand.
//
// Three things go wrong with buttons on a touch screen: a second tap that was not meant, a finger
// that comes down just when another button has appeared under it, and a heavy decision by accident.
// So a button sleeps after a press, is asleep when it appears, and the heavy ones ask first.

import { at, icon, make, put, rebuild } from './dom.mjs';
import { pictureOfChoice, pictureOfPress } from './pictures.mjs';
import { question, word } from './words.mjs';

const AWAKE_AFTER_MS = 300; // of appearing: shorter than a hand takes to read and decide
const ASLEEP_AFTER_PRESS_MS = 800;
const NOTE_MS = 5000;
const NAME_MIN = 2;
const NAME_MAX = 40;
const named = ['label_anyway'];

let language;
let noteTimer;

const isAsking = () => !at('ask').hidden;

function noteShow() {
    clearTimeout(noteTimer);
    put(at('note'), word(language, 'words', 'not_taken'));
    at('note').hidden = false;
    noteTimer = setTimeout(noteHide, NOTE_MS);
}

function noteHide() {
    at('note').hidden = true;
}

function sleep(buttons, ms) {
    for (const button of buttons) button.disabled = true;
    setTimeout(() => {
        for (const button of buttons) button.disabled = false;
    }, ms);
}

export async function pressSend(press, text) {
    noteHide();
    try {
        const response = await fetch('press', {
            method: 'POST',
            headers: { 'Content-Type': 'application/json' },
            body: JSON.stringify({ press, text }),
        });
        if (!response.ok) noteShow();
    } catch {
        noteShow();
    }
}

function decide(press, text) {
    askClose();
    sleep(at('presses').querySelectorAll('button'), ASLEEP_AFTER_PRESS_MS);
    if (!at('training').hidden) at('code').focus(); // where a scanner's typing is welcome
    pressSend(press, text);
}

export function buttonMake(picture, text, attributes, act) {
    const button = make(
        'button',
        { type: 'button', ...attributes },
        icon(picture),
        make('span', {}, text),
    );
    button.addEventListener('click', act);
    sleep([button], AWAKE_AFTER_MS);
    return button;
}

function askShow(shown) {
    at('ask').hidden = !shown;
    document.querySelector('main').inert = shown;
}

export function askClose() {
    at('ask').lastElementChild.replaceChildren();
    askShow(false);
}

// What is asked, what it is about, and what can be chosen; the last choice leads back.
export function askContent(about, text, choices) {
    put(at('question-text'), text);
    at('ask').lastElementChild.replaceChildren(...choices);
    at('ask').dataset.press = about;
    at('ask').lang = language;
    askShow(true);
}

// A name typed by hand; what it is for sleeps until there is one.
export function nameField(language, button) {
    const field = make('input', {
        id: 'who',
        type: 'text',
        maxlength: NAME_MAX,
        autocomplete: 'off',
        spellcheck: 'false',
        placeholder: word(language, 'letters', 'name'),
        'aria-label': word(language, 'letters', 'name'),
    });
    field.addEventListener('input', () => {
        button.disabled = field.value.trim().length < NAME_MIN;
    });
    return field;
}

export function namedButton(picture, text, choice, act) {
    const attributes = { type: 'button', 'data-choice': choice, disabled: '' };
    const button = make('button', attributes, icon(picture), make('span', {}, text));
    button.addEventListener('click', act);
    return button;
}

// What somebody answers for with a name.
function askName(press, asked) {
    const [[choice, text]] = asked.choices;
    const button = namedButton(pictureOfChoice(choice), text, choice, () =>
        decide(press, name.value.trim()),
    );
    const name = nameField(language, button);
    const back = buttonMake('cross', asked.back, { 'data-choice': 'back' }, askClose);
    askContent(press, asked.text, [name, button, back]);
}

function askOpen(press, asked) {
    if (named.includes(press)) {
        askName(press, asked);
        return;
    }
    const choices = asked.choices.map(([reason, text]) =>
        buttonMake(pictureOfChoice(reason), text, { 'data-choice': reason }, () =>
            decide(press, press === 'reprint' ? reason : ''),
        ),
    );
    const back = buttonMake('cross', asked.back, { 'data-choice': 'back' }, askClose);
    askContent(press, asked.text, [...choices, back]);
}

function pressed(press) {
    const asked = question(language, press);
    if (asked) askOpen(press, asked);
    else decide(press, '');
}

// The buttons that the document allows, the main one first. A scan is no button: it has its field.
// What else can be pressed stands before them: `more` names it, `build` makes its buttons.
export function pressesDraw(presses, shownLanguage, more, build) {
    const offered = presses.filter((press) => press !== 'scan');
    const asked = at('ask').dataset.press;
    const ours = isAsking() && Boolean(question(shownLanguage, asked)) && asked !== 'show';
    if (ours && (language !== shownLanguage || !offered.includes(asked))) askClose();
    language = shownLanguage;
    return rebuild(at('presses'), [offered, language, more], () => [
        ...build(),
        ...offered.map((press) =>
            buttonMake(
                pictureOfPress(press),
                word(language, 'presses', press),
                { 'data-press': press },
                () => pressed(press),
            ),
        ),
    ]);
}

// Training mode: what is typed counts as scanned.
export function scanFieldOpen() {
    at('training').addEventListener('submit', (event) => {
        event.preventDefault();
        const code = at('code').value.trim();
        at('code').value = '';
        if (code !== '') pressSend('scan', code);
    });
}
