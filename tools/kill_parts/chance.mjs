// chance.mjs - what is drawn, from one seed. The same seed draws the same plan; when the machine does
// what is another matter, so a run is alike and not the same.
export class Chance {
    constructor(seed) {
        this.state = BigInt(seed) * 0x9e3779b97f4a7c15n & 0xffffffffffffffffn;
    }

    // splitmix64, of which 32 bits are used.
    next() {
        this.state = this.state + 0x9e3779b97f4a7c15n & 0xffffffffffffffffn;
        let z = this.state;
        z = (z ^ z >> 30n) * 0xbf58476d1ce4e5b9n & 0xffffffffffffffffn;
        z = (z ^ z >> 27n) * 0x94d049bb133111ebn & 0xffffffffffffffffn;
        return Number((z ^ z >> 31n) >> 32n);
    }

    below(limit) { return this.next() % limit; }
    between(low, high) { return low + this.below(high - low + 1); }
    percent(share) { return this.below(100) < share; }
    of(list) { return list[this.below(list.length)]; }

    // [[weight, value], ...]
    weighted(rows) {
        let at = this.below(rows.reduce((sum, [weight]) => sum + weight, 0));
        for (const [weight, value] of rows) {
            if (at < weight) return value;
            at -= weight;
        }
        return rows[0][1];
    }

    fork() { return new Chance(this.next()); }
}
