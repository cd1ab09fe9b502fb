// stub.mjs - stands in for packd's web server (hal/web.h): the page's files from the checkout,
// state documents as server-sent events when told to, presses written down. The policy header is
// the strictest that the page must live with.

import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../../firmware/web/', import.meta.url));
const policy = "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const types = {
    '.html': 'text/html; charset=utf-8',
    '.css': 'text/css; charset=utf-8',
    '.mjs': 'text/javascript; charset=utf-8',
    '.json': 'application/json',
    '.svg': 'image/svg+xml',
};

export class Stub {
    presses = [];
    pressStatus = 204;
    version = '"build-1"';
    #state = null;
    #streams = new Set();
    #sockets = new Set();
    #down = false;
    #deaf = false;
    #server = createServer((request, response) =>
        this.#serve(request, response).catch(() => response.writeHead(404).end()),
    );

    async open() {
        this.#server.on('connection', (socket) => {
            if (this.#down) socket.destroy();
            this.#sockets.add(socket);
            socket.on('close', () => this.#sockets.delete(socket));
        });
        await new Promise((done) => this.#server.listen(0, '127.0.0.1', done));
        this.address = `http://127.0.0.1:${this.#server.address().port}/`;
        return this;
    }

    close() {
        this.#cut();
        this.#server.close();
    }

    show(state) {
        this.#state = state;
        for (const stream of this.#streams) this.#tell(stream);
    }

    // Nobody answers any more, as when packd has gone.
    goDown() {
        this.#down = true;
        this.#cut();
    }

    // Connections stay up and nothing is answered, as when packd hangs.
    goDeaf() {
        this.#deaf = true;
    }

    comeBack() {
        this.#down = false;
        this.#deaf = false;
    }

    #cut() {
        for (const socket of this.#sockets) socket.destroy();
    }

    #tell(stream) {
        if (this.#state) stream.write(`event: state\ndata: ${JSON.stringify(this.#state)}\n\n`);
    }

    async #serve(request, response) {
        const path = new URL(request.url, this.address).pathname;
        if (this.#deaf) return;
        if (path === '/events') {
            response.writeHead(200, {
                'Content-Type': 'text/event-stream',
                'Cache-Control': 'no-store',
            });
            response.flushHeaders();
            this.#streams.add(response);
            response.on('close', () => this.#streams.delete(response));
            this.#tell(response);
        } else if (path === '/state') {
            response
                .writeHead(200, { 'Content-Type': 'application/json' })
                .end(JSON.stringify(this.#state));
        } else if (path === '/press') {
            let body = '';
            for await (const piece of request) body += piece;
            this.presses.push(JSON.parse(body));
            response.writeHead(this.pressStatus).end();
        } else {
            const file = path === '/' ? 'index.html' : path.slice(1);
            const content = await readFile(join(folder, file));
            response
                .writeHead(200, {
                    'Content-Type': types[extname(file)],
                    ETag: this.version,
                    'Cache-Control': 'no-cache',
                    'Content-Security-Policy': policy,
                })
                .end(content);
        }
    }
}
