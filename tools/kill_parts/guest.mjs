// guest.mjs - the packd under test in a virtual machine of its own, so that what dies is the whole
// computer: QEMU gets SIGKILL, and with it go the guest's page cache, its file system's open
// transaction and every connection. What the guest's kernel had given to the disk stays. The world
// outside is the host's packsim, reached by the virtual machine's own network.
import { execFileSync, spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import http from "node:http";
import { Box } from "./box.mjs";

const hostAddress = "10.0.2.2", guestAddress = "10.0.2.15"; // of QEMU's user network
const pagePort = 7800, relayPort = 7801, diskMib = 96;
const memoryMib = 256; // the archive twice while it is unpacked; an ASan packd needs 70
const slowness = 4; // an emulated processor: every patience is that much longer
const bootMs = 60000;

export class Guest extends Box {
    constructor(bin, dir, outside, variant, machine) {
        super(bin, dir, outside, variant);
        Object.assign(this, { machine, disk: `${dir}/disk.img` });
        this.places = { devices: hostAddress, keys: "/etc/keys", data: "/data/packd", socket: "/run/control.sock",
            page: pagePort, slowness };
        this.callAgainMs = 40;
    }

    async prepare(chance) {
        await super.prepare(chance);
        execFileSync("truncate", ["-s", `${diskMib}M`, this.disk]);
        execFileSync("mke2fs", ["-q", "-t", "ext4", "-F", this.disk]);
        this.ramDisk();
    }

    // The machine's archive and behind it our own: settings, keys, and who is reached under which port.
    ramDisk() {
        const etc = `${this.dir}/guest/etc`, { near, dir } = this.outside;
        mkdirSync(`${etc}/keys`, { recursive: true });
        for (const key of ["courier-token", "token", "ca.pem"]) cpSync(`${dir}/${key}`, `${etc}/keys/${key}`);
        cpSync(`${this.dir}/packd.conf`, `${etc}/packd.conf`);
        const relay = (port, to, toPort) => `busybox nc -ll -p ${port} -e /bin/busybox nc ${to} ${toPort} &\n`;
        writeFileSync(`${etc}/relays`, relay(near.courier, hostAddress, near.courier) + relay(near.oms, hostAddress, near.oms) +
            relay(relayPort, "127.0.0.1", pagePort));
        execFileSync("sh", ["-c", `cd "$1" && { cat "$2"; find . | cpio -o -H newc --quiet; } > "$3"`, "sh",
            `${this.dir}/guest`, `${this.machine}/base.cpio`, `${this.dir}/ram.cpio`]);
    }

    command() {
        return ["qemu-system-x86_64", ["-accel", "tcg", "-cpu", "max", "-smp", "1", "-m", String(memoryMib), "-nodefaults",
            "-display", "none", "-no-reboot", "-serial", "stdio", "-kernel", `${this.machine}/vmlinuz`,
            "-initrd", `${this.dir}/ram.cpio`, "-append", "console=ttyS0 quiet panic=-1 mitigations=off rdinit=/init",
            "-drive", `file=${this.disk},if=virtio,format=raw,cache=writeback`,
            "-netdev", `user,id=line,hostfwd=tcp:127.0.0.1:${this.web}-${guestAddress}:${relayPort}`,
            "-device", "virtio-net-pci,netdev=line"]];
    }

    // Most kills come while it packs, some while it boots.
    async beforeMoment(moment, chance) {
        moment.patience_ms *= slowness;
        if (moment.state === "start") moment.stay_ms = chance.below(3500);
        else await Promise.race([this.ended, this.isUp()]);
    }

    async isUp() {
        for (const until = performance.now() + bootMs; this.alive && (this.seen === null || this.seen.state === "recovering");) {
            if (performance.now() > until) {
                this.trouble.push("the guest does not come up: see packd.log");
                return;
            }
            await new Promise((resolve) => { setTimeout(resolve, 20); });
        }
    }

    press(press, text = "") {
        return new Promise((resolve) => {
            const request = http.request({ host: "127.0.0.1", port: this.web, path: "/press", method: "POST", agent: false,
                timeout: 8000, headers: { Origin: `http://127.0.0.1:${this.web}` } }, (response) => {
                response.resume();
                resolve(response.statusCode === 204);
            });
            request.on("error", () => resolve(false));
            request.on("timeout", () => request.destroy());
            request.end(JSON.stringify({ press, text }));
        });
    }

    // There is no way to ask the guest; it dies as always.
    async stop() { await this.kill(); }

    // The journal as the next start would find it: the file system's own journal played back first.
    journalFile() {
        try {
            execFileSync("e2fsck", ["-p", this.disk], { stdio: "ignore" });
        } catch (error) {
            if (error.status > 1) return ""; // 1: mended, which is what a journal is for
        }
        rmSync(`${this.dir}/data`, { recursive: true, force: true });
        mkdirSync(`${this.dir}/data`);
        execFileSync("debugfs", ["-R", `rdump /packd ${this.dir}/data`, this.disk], { stdio: "ignore" });
        return existsSync(`${this.dir}/data/packd/journal.db`) ? `${this.dir}/data/packd/journal.db` : "";
    }

    // What the kernel or the init complained of; packd's own words do not begin so.
    complaints() {
        return readFileSync(`${this.dir}/packd.log`, "utf8").split("\n")
            .filter((line) => /^guest: |Kernel panic|EXT4-fs error|Buffer I\/O error/.test(line));
    }
}
