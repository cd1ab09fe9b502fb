// moments.mjs - when to kill: a state of the parcel's life to wait for and how long to stay in it, so
// that short states are hit as well as long ones. What was hit is counted by what the page showed last.
const patienceMs = [300, 1900]; // for the state to come; then whatever there is

// [weight, state, longest stay in ms]; with 0 the kill follows the page's word at once.
const plan = [
    [7, "start", 25], [5, "idle", 300], [4, "finding", 0], [12, "weighing", 400], [8, "rating", 15], [5, "booking", 0],
    [10, "booking", 25], [12, "booking", 700], [3, "printing", 0], [10, "printing", 60], [14, "printing", 2000],
    [10, "printed", 16], [5, "held", 200], [4, "any", 1500],
];
const burstShare = 9, burstMax = 5;  // percent of the kills that come several in a row
const lullShare = 5, lullMs = 3500;  // percent of the lives that are left alone that long

export class Moments {
    constructor(chance, automatic) {
        Object.assign(this, { chance, burst: 0, printing_ms: 750 });
        // Nobody is asked to press where the label is printed by itself.
        this.rows = plan.filter(([, state]) => !automatic || state !== "rating").map(([weight, ...rest]) => [weight, rest]);
    }

    draw() {
        if (this.burst > 0) {
            this.burst--;
            return { state: "start", stay_ms: this.chance.below(30), patience_ms: 0 };
        }
        if (this.chance.percent(burstShare)) this.burst = this.chance.between(1, burstMax);
        if (this.chance.percent(lullShare)) return { state: "any", stay_ms: lullMs, patience_ms: lullMs };
        const [state, longest] = this.chance.weighted(this.rows);
        if (state === "printed") {
            const stay_ms = Math.max(1, this.printing_ms - longest / 2 + this.chance.below(longest + 1));
            return { state: "printing", stay_ms, patience_ms: this.chance.between(...patienceMs) };
        }
        return { state, stay_ms: this.chance.below(longest + 1), patience_ms: this.chance.between(...patienceMs) };
    }

    // What the page shows, with its time: how long a label takes when nothing goes wrong.
    note(state, now_ms) {
        if (state === "printing") this.printingSince ??= now_ms;
        else if (state === "closing" && this.printingSince !== undefined)
            this.printing_ms = 0.7 * this.printing_ms + 0.3 * Math.min(now_ms - this.printingSince, 1500);
        if (state !== "printing") this.printingSince = undefined;
    }
}

// Resolves when the moment has come, or it has been waited for long enough, or packd has ended.
export function reached(box, moment) {
    return new Promise((resolve) => {
        let timer;
        const done = () => {
            clearTimeout(timer);
            clearTimeout(late);
            box.heard = box.usualHeard;
            resolve();
        };
        const late = setTimeout(done, moment.patience_ms + moment.stay_ms);
        const stay = () => {
            if (moment.stay_ms === 0) done();
            else timer ??= setTimeout(done, moment.stay_ms);
        };
        void box.ended.then(done);
        box.heard = (state) => {
            box.usualHeard(state);
            if (state.state === moment.state || (moment.state === "any" && state.state !== "recovering")) stay();
        };
        if (moment.state === "start") stay();
    });
}
