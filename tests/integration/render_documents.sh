#!/usr/bin/env bash
# Promise: no document of the set leaves a barcode on paper that an independent reader cannot read: what packd-render
# takes for good is read by zbar or zxing-cpp from the very dots, every barcode of a fair document; what cannot be is
# refused or said; what is broken or hostile costs its own request and no other's. And a courier's ZPL leaves no
# setting, file or loop in a printer.
set -uo pipefail
. "$(dirname "$0")/promise_lib.sh"
ask=$1 render=$2 packtool=$3
here=$(cd "$(dirname "$0")" && pwd)
parts=$here/../../tools/label_documents_parts
documents=$here/../render/documents
node_modules_or_skip "render documents"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/dots"
broken=0

# Two children side by side, each with every other document.
tail -n +2 "$documents/documents.tsv" | while IFS= read -r line; do
    file=${line%%$'\t'*} rest=${line#*$'\t'} # read would take empty columns together
    rest=${rest#*$'\t'}
    printf '%s\t%s\t%s\n' "$documents/$file" "${rest%%$'\t'*}" "$file"
done >"$work/list"
half() { awk -v odd="$1" 'NR % 2 == odd' "$work/list" | "$ask" "$render" 1 "$work/dots" >"$work/answers-$1" 2>"$work/said-$1"; }
half 0 &
half 1
wait
cat "$work"/answers-* >"$work/answers"
node "$parts/judge.mjs" "$documents/documents.tsv" "$work/dots" >"$work/judged"
node "$here/render_documents.mjs" "$documents/documents.tsv" "$work/answers" "$work/judged" || { broken=1; head -n 20 "$work"/said-*; }

while IFS=$'\t' read -r file want banned what; do
    [ "$file" != file ] || continue
    rm -f "$work/out.zpl"
    said=$("$packtool" render --in "$documents/$file" --language zpl --out "$work/out.zpl" 2>&1)
    case $? in
        0) grep -q "$want" "$work/out.zpl" || { echo "broken promise: $file ($what) keeps its AWB"; broken=1; } ;;
        1) [[ $said == '{"refused":'*'"sentence":"'* && ! -e $work/out.zpl ]] || { echo "broken promise: $file ($what) is refused with a sentence: $said"; broken=1; } ;;
        *) echo "broken promise: $file ($what) is taken or refused: $said"; broken=1 ;;
    esac
    [ "$file" != zpl_plain.zpl ] || [ -e "$work/out.zpl" ] || { echo "broken promise: a plain label passes: $said"; broken=1; }
    for command in $banned; do
        ! grep -qF -- "$command" "$work/out.zpl" 2>/dev/null || { echo "broken promise: $file ($what): $command does not come through"; broken=1; }
    done
done <"$documents/zpl.tsv"
exit $broken
