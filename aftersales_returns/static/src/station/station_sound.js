/**
 * What a scan sounds like, for people who look at the goods and not at the screen. Tones: [hertz, milliseconds];
 * 0 hertz is a pause. Good news is high and short; each kind of refusal has a rhythm of its own.
 */
export const SOUNDS = {
    opened: [
        [660, 70],
        [990, 90],
    ],
    counted: [[1320, 60]],
    step: [[880, 50]],
    repeated: [[440, 40]],
    // down, short: put away as asked, nothing is wrong
    aside: [
        [880, 50],
        [660, 70],
    ],
    incomplete: [
        [520, 120],
        [440, 160],
    ],
    // twice the same
    double: [
        [620, 80],
        [0, 60],
        [620, 80],
    ],
    // one, two, three: too many
    too_many: [
        [500, 70],
        [0, 40],
        [500, 70],
        [0, 40],
        [500, 70],
    ],
    needs_serial: [
        [740, 80],
        [0, 40],
        [940, 120],
    ],
    // long and low: the piece is the wrong one
    wrong_serial: [[150, 650]],
    // down and up again: it belongs elsewhere
    foreign_return: [
        [420, 140],
        [210, 140],
        [420, 140],
    ],
    not_expected: [
        [300, 140],
        [200, 240],
    ],
    unknown: [
        [240, 110],
        [0, 60],
        [240, 110],
    ],
    refused: [[200, 320]],
};

let audio = null;

/** Play what belongs to a result code; silent where the browser has no sound or was not touched yet. */
export function playResult(code) {
    const Context = window.AudioContext || window.webkitAudioContext;
    if (!Context) {
        return;
    }
    audio = audio || new Context();
    if (audio.state === "suspended") {
        audio.resume();
    }
    let at = audio.currentTime;
    for (const [hertz, milliseconds] of SOUNDS[code] || SOUNDS.refused) {
        const end = at + milliseconds / 1000;
        if (hertz) {
            beep(hertz, at, end);
        }
        at = end;
    }
}

function beep(hertz, start, end) {
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    tone.type = hertz < 400 ? "square" : "sine";
    tone.frequency.value = hertz;
    volume.gain.value = hertz < 400 ? 0.12 : 0.25;
    tone.connect(volume).connect(audio.destination);
    tone.start(start);
    tone.stop(end);
}
