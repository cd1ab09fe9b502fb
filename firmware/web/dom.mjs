// The few ways in which this page changes its document. All of them leave alone what is already so:
// the live region would otherwise be read out again, and a button under a finger would be replaced.

export const at = (id) => document.getElementById(id);

// make('b', {class: 'x'}, 'text', child...)
export function make(name, attributes, ...children) {
    const node = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    node.append(...children);
    return node;
}

export function icon(symbol) {
    const space = 'http://www.w3.org/2000/svg';
    const svg = document.createElementNS(space, 'svg');
    const use = document.createElementNS(space, 'use');
    svg.setAttribute('class', 'icon');
    svg.setAttribute('aria-hidden', 'true');
    use.setAttribute('href', `#${symbol}`);
    svg.append(use);
    return svg;
}

// True when the text was another one.
export function put(node, text) {
    if (node.textContent === text) return false;
    node.textContent = text;
    return true;
}

const drawn = new WeakMap();

// Children are built anew only when the data they are built from differs.
export function rebuild(node, data, build) {
    const key = JSON.stringify(data);
    if (drawn.get(node) === key) return false;
    drawn.set(node, key);
    node.replaceChildren(...build());
    return true;
}
