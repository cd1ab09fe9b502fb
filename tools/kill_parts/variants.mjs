// variants.mjs - the worlds that take turns: which couriers, what they promise and keep, how the bench is
// set. Delhivery believes "not there" only the second time, half a minute apart, so few of its
// bookings may be left unbooked by a fault (rareLeft).
const usual = { automatic: true, couriers: ["sandbox"], rules: ["sandbox"], repeat: "key", commands: [], pool_low: 0,
    twoPackages: 15, grams: [200, 9000], settle_ms: 1700, rareLeft: undefined, line: false, refusable: 0, cancels: 0, openMax: 5 };

const both = { couriers: ["sandbox", "delhivery"], rules: ["sandbox - any 0 4000", "delhivery"], rareLeft: 2 };

export const variants = {
    "sandbox": { ...usual, cancels: 8 },
    "both-refuse": { ...usual, ...both, automatic: false, repeat: "refuse", commands: ["mode repeat refuse"] },
    "delhivery": { ...usual, couriers: ["delhivery"], rules: ["delhivery"], rareLeft: 2, cancels: 5 },
    "sandbox-pool": { ...usual, automatic: false, pool_low: 5 },
    "both-lag": { ...usual, ...both, pool_low: 5, repeat: "existing", commands: ["mode repeat existing", "mode lookup-lag 1"] },
    // The line is down as often as it is up, and some of what was labelled then is refused later, or cancelled.
    "sandbox-line": { ...usual, pool_low: 10, line: true, refusable: 8, cancels: 8, openMax: 14 },
    "line-no-numbers": { ...usual, automatic: false, repeat: "refuse", commands: ["mode repeat refuse"], line: true, refusable: 8 },
    "sandbox-duplicate": { ...usual, automatic: false, repeat: "duplicate", commands: ["mode repeat duplicate"] },
};
