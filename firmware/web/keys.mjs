// A scanner that nobody has claimed types its code into this page and ends it with Enter. That must
// press nothing, scroll nothing and open nothing of the browser's. So keys go to the scan field of
// training mode, the field for a name, and nowhere else; a button takes Enter or Space only when it is held down, which a
// scanner never does and a hand can.

export function keysGuard(isTextField) {
    document.addEventListener(
        'keydown',
        (event) => {
            if (isTextField(event.target)) {
                const shortcut = event.ctrlKey || event.altKey || event.metaKey;
                if (shortcut && !['a', 'c', 'v', 'x'].includes(event.key)) event.preventDefault();
                return;
            }
            if (event.key === 'Tab' && !event.ctrlKey && !event.altKey) return;
            event.preventDefault();
            const held = event.repeat && (event.key === 'Enter' || event.key === ' ');
            if (held && event.target instanceof HTMLButtonElement) event.target.click();
        },
        true,
    );
    // Space acts on release, and only where its keydown was not prevented; browsers differ in that.
    document.addEventListener(
        'keyup',
        (event) => {
            if (!isTextField(event.target)) event.preventDefault();
        },
        true,
    );
}
