#!/usr/bin/env bash
# Promise: our own label is a label: an independent renderer draws it at its size, and an independent
# reader finds the AWB, the only bar code on it.
set -uo pipefail
. "$(dirname "$0")/promise_lib.sh"
drawer=$1
viewer=$(dirname "$0")/../../tools/label_view.mjs
node_modules_or_skip "own label"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
broken=0
look() { # dots a millimetre, dots an inch, size
    "$drawer" "$2" >"$work/own.zpl" || { echo "nothing was drawn at $2 dpi"; broken=1; return; }
    seen=$("$viewer" "$work/own.zpl" --dpmm "$1" --size "$3")
    case $seen in
        *'"barcodes":[{"type":"Code128","text":"28411000000145","aim":"]C'?'"}]'*) ;;
        *) echo "broken promise: the AWB reads back at $2 dpi: $seen"; broken=1 ;;
    esac
}
look 8 203 812x1218
look 12 300 1219x1828
exit $broken
