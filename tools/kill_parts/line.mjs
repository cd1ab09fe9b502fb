// line.mjs - the line between the box and one server: a relay that can be cut. When it is cut, what is
// under way is lost, and whoever calls is turned away ("refused") or hears nothing ("silent").
import net from "node:net";

export class Line {
    constructor(port) { Object.assign(this, { port, down: "", pairs: new Set() }); }

    // Resolves to the port that the box is given.
    open() {
        this.server = net.createServer((near) => this.take(near));
        return new Promise((resolve, reject) => {
            this.server.on("error", reject);
            this.server.listen(0, "127.0.0.1", () => resolve(this.server.address().port));
        });
    }

    take(near) {
        near.on("error", () => {});
        if (this.down === "refused") {
            near.resetAndDestroy();
            return;
        }
        const pair = [near];
        this.pairs.add(pair);
        near.on("close", () => this.pairs.delete(pair));
        if (this.down === "silent") return;
        const far = net.connect(this.port, "127.0.0.1");
        pair.push(far);
        far.on("error", () => near.destroy());
        far.on("close", () => near.destroy());
        near.on("close", () => far.destroy());
        near.pipe(far);
        far.pipe(near);
    }

    cut(kind) {
        this.down = kind;
        for (const pair of this.pairs) {
            for (const end of pair) {
                end.unpipe();
                if (kind === "silent") end.resume(); // whatever is said is lost
                else end.resetAndDestroy();
            }
        }
    }

    // Who waited on a silent line waits in vain.
    mend() {
        const wasSilent = this.down === "silent";
        this.down = "";
        if (wasSilent) for (const pair of this.pairs) for (const end of pair) end.destroy();
    }

    close() {
        this.server?.close();
        for (const pair of this.pairs) for (const end of pair) end.destroy();
    }
}
