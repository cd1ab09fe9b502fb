// Words for people: the language files, sentences with their arguments, and amounts from integers.
//
// Nothing here fails: an id without a sentence is shown as its own words, a missing argument as a
// dash. Amounts never pass through a floating number: their digits are moved as text.

export const languages = ['hi', 'en'];
const tables = {};

// Loads every language or throws; the caller tries again.
export async function wordsLoad() {
    for (const language of languages) {
        const response = await fetch(`lang/${language}.json`);
        if (!response.ok) throw new Error(`lang/${language}.json: ${response.status}`);
        tables[language] = await response.json();
    }
}

const own = (table, key) => (table && Object.hasOwn(table, key) ? table[key] : undefined);
const plain = (id) => String(id ?? '').replaceAll('_', ' ');
const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

export const languageName = (language) => tables[language].language;
export const isLanguage = (language) => languages.includes(language);

// One word of a group: word('hi', 'hints', 'moving').
export const word = (language, group, id) => own(tables[language][group], id) ?? plain(id);

export const nameText = (name) => capital(plain(name));

// "742.000" to "742", "742.500" to "742.5": what the scale did not show is not added.
export function gramsText(grams) {
    const text = String(grams);
    return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

// 149900 and "INR" to "₹1,499"; the number of decimals is the currency's own.
export function moneyText(minor, currency) {
    const money = { style: 'currency', currency };
    const decimals = new Intl.NumberFormat('en-IN', money).resolvedOptions().maximumFractionDigits;
    const digits = BigInt(minor)
        .toString()
        .padStart(decimals + 1, '0');
    const whole = digits.slice(0, digits.length - decimals);
    const fraction = digits.slice(whole.length);
    // The whole part alone goes through the browser: an older one would make a double of the rest.
    const rounding = { minimumFractionDigits: 0, maximumFractionDigits: 0 };
    const text = new Intl.NumberFormat('en-IN', { ...money, ...rounding }).format(BigInt(whole));
    return /[1-9]/.test(fraction) ? `${text}.${fraction}` : text;
}

function argumentText(language, name, value) {
    if (name === 'mass') return gramsText(value);
    if (name === 'carrier') return nameText(value);
    if (name === 'reason') return word(language, 'reasons', value);
    return String(value);
}

// Where an order has no number yet, what was scanned names it.
const standIns = { order_no: 'scan', scan: 'order_no' };

function fill(language, template, values) {
    return template.replace(/\{(\w+)\}/g, (_, name) => {
        const value = own(values, name) || own(values, standIns[name]);
        return value ? argumentText(language, name, value) : '–';
    });
}

// A text with its arguments, for texts that are no messages.
export function fillText(text, values) {
    return text.replace(/\{(\w+)\}/g, (_, name) => plain(own(values, name) || '–'));
}

// {what, do} of a message of the document.
export function sentences(language, message) {
    const known = own(tables[language].messages, message.id);
    const texts = known ?? tables[language].messages.unknown_message;
    const values = known ? message.arguments : { id: plain(message.id) };
    return { what: fill(language, texts.what, values), do: fill(language, texts.do, values) };
}

// The question before a press that must not happen by accident, or undefined:
// {text, choices: [[id, text]], back}.
export function question(language, press) {
    const entry = own(tables[language].ask, press);
    if (!entry?.question) return undefined;
    const choices = Object.entries(entry).filter(([id]) => id !== 'question');
    return { text: entry.question, choices, back: tables[language].ask.back };
}
