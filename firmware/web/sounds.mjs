// Five tones for a loud hall: short, far apart in melody, between 500 and 2,500 Hz where small
// loudspeakers are loudest. A browser may keep quiet until it is touched; soundsQuiet() says so.

// Each note: start and length in milliseconds, frequency in hertz.
const melodies = {
    scan: { shape: 'square', notes: [[0, 70, 2100]] },
    ok: {
        shape: 'square',
        notes: [
            [0, 90, 1050],
            [100, 140, 1575],
        ],
    },
    done: {
        shape: 'square',
        notes: [
            [0, 100, 1050],
            [110, 100, 1320],
            [220, 260, 2100],
        ],
    },
    attention: {
        shape: 'triangle',
        notes: [
            [0, 160, 1400],
            [190, 160, 1050],
            [380, 160, 1400],
            [570, 160, 1050],
        ],
    },
    error: {
        shape: 'sawtooth',
        notes: [
            [0, 260, 520],
            [320, 420, 520],
        ],
    },
};
const LOUDNESS = 0.35;
const EDGE_S = 0.008; // rise and fall of a note, so that it does not click

let audio;

function context() {
    audio ??= new AudioContext();
    return audio;
}

function playNote(device, shape, [start_ms, length_ms, hertz]) {
    const from = device.currentTime + start_ms / 1000;
    const to = from + length_ms / 1000;
    const tone = new OscillatorNode(device, { type: shape, frequency: hertz });
    const gain = new GainNode(device, { gain: 0 });
    gain.gain.setValueAtTime(0, from);
    gain.gain.linearRampToValueAtTime(LOUDNESS, from + EDGE_S);
    gain.gain.setValueAtTime(LOUDNESS, to - EDGE_S);
    gain.gain.linearRampToValueAtTime(0, to);
    tone.connect(gain).connect(device.destination);
    tone.start(from);
    tone.stop(to);
}

// Unknown ids are silent. While the browser keeps quiet a tone is dropped, not saved up.
export function soundsPlay(id) {
    if (!Object.hasOwn(melodies, id) || soundsQuiet()) return;
    for (const note of melodies[id].notes) playNote(context(), melodies[id].shape, note);
}

export const soundsQuiet = () => context().state !== 'running';

// onChange() is called when the browser begins or stops to be quiet.
export function soundsOpen(onChange) {
    context().addEventListener('statechange', onChange);
    document.addEventListener('pointerdown', () => context().resume());
}
