// The state documents as they come, and the certainty that they still come.
//
// A broken connection shows at once. One that is only silent would not, so the station is asked
// every few seconds whether it answers at all; nothing is drawn from that answer.

const RETRY_MS = 1000;
const PROBE_MS = 4000;
const PROBE_WAIT_MS = 3000;

// onState(document, first): first says that it is the first one of this connection.
// onLost(): what was drawn is no longer known to be true.
export function streamOpen(onState, onLost) {
    const source = new EventSource('events');
    let first = true;
    let over = false;
    const probe = setInterval(async () => {
        try {
            await fetch('state', { cache: 'no-store', signal: AbortSignal.timeout(PROBE_WAIT_MS) });
        } catch {
            lose();
        }
    }, PROBE_MS);

    function lose() {
        if (over) return;
        over = true;
        source.close();
        clearInterval(probe);
        onLost();
        setTimeout(streamOpen, RETRY_MS, onState, onLost);
    }
    source.addEventListener('error', lose);
    source.addEventListener('state', (event) => {
        try {
            onState(JSON.parse(event.data), first);
            first = false;
        } catch (error) {
            console.error('a state that cannot be drawn:', error);
            lose();
        }
    });
}
