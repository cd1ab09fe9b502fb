// Text as large as its place allows. style.css has one rule per data-size, 0 the largest; the first
// that does not overflow is taken. Nothing on the page may scroll or be cut off.

const SMALLEST = 7;

export function fit(box) {
    for (let size = 0; size <= SMALLEST; size++) {
        box.dataset.size = size;
        if (box.scrollHeight <= box.clientHeight && box.scrollWidth <= box.clientWidth) return;
    }
}
