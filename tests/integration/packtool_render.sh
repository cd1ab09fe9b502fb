#!/usr/bin/env bash
# Promise: packtool render makes of any document, or of a template of ours, the same bits in every language and
# file, and says in its report what a reader that is not ours reads on them too; what cannot be drawn is
# refused with a word and a sentence, and a courier's ZPL is passed on without its set-up.
set -uo pipefail
. "$(dirname "$0")/promise_lib.sh"
packtool=$1
export PACKD_RENDER=$2
here=$(cd "$(dirname "$0")" && pwd)
labels=$here/../../board/labels
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
render() { # ARGUMENT...: the report; the exit code goes to $work/code
    "$packtool" render "$@" 2>"$work/error"
    echo $? >"$work/code"
}
field() { # NAME: of the report on standard input, the first of its name
    grep -oE "\"$1\":\"?[^\",}]*" | head -1 | sed "s/^\"$1\"://; s/^\"//"
}

cat >"$work/fields" <<'END'
awb=28411210000145
carrier_title=Example Couriers
to_name=Anita Sharma
to_line1=Flat 12-B, 4th Cross
to_city=Bengaluru
to_state=Karnataka
to_postcode=560038
to_phone=9800000000
payment=cod
currency=Rs
collect=1499.00
reference=PK-10001
END

# --- One template in every language: the same bits, told by their sum.
for language in zpl tspl epl escpos pbm png; do
    report=$(render --template courier --fields "$work/fields" --templates "$labels" \
        --want 28411210000145 --out "$work/own.$language")
    expect "$language is written" 0 "$(cat "$work/code")"
    expect "the ending of the file says the language" "$language" "$(field language <<<"$report")"
    expect "of 4 x 6 inches at 203 dpi" "812 1218" "$(field width <<<"$report") $(field height <<<"$report")"
    expect "its bytes are told" "$(wc -c <"$work/own.$language")" "$(field bytes <<<"$report")"
    field sha256 <<<"$report" >>"$work/sums"
done
expect "the same bits in all" 1 "$(sort -u "$work/sums" | wc -l)"
expect "which are those of the PBM" "$(sort -u "$work/sums")" "$(tail -c +13 "$work/own.pbm" | sha256sum | cut -d' ' -f1)"
expect "the report names the bars" '"type":"CODE128","text":"28411210000145"' \
    "$(grep -o '"type":"CODE128","text":"28411210000145"' <<<"$report")"
expect "the dark share is a decimal" yes "$(grep -qE '"dark_ratio":0\.[0-9]+[,}]' <<<"$report" && echo yes)"
expect "and the times are" 4 "$(grep -oE '"(draw|bits|read|write)":[0-9]+\.[0-9]+' <<<"$report" | wc -l)"
if command -v zbarimg >/dev/null; then
    for picture in "$work/own.pbm" "$work/own.png"; do
        expect "others read the bars of $(basename "$picture")" 1 \
            "$(zbarimg -q --nodbus "$picture" 2>/dev/null | grep -c '^CODE-128:28411210000145$')"
    done
fi

# --- The picture as a document again: not one dot is another one.
report=$(render --in "$work/own.png" --language pbm --out "$work/again.pbm")
expect "a PNG of our own comes back as it was" "$(md5sum <"$work/own.pbm")" "$(md5sum <"$work/again.pbm")"
expect "in its own size" 1.0 "$(field scale <<<"$report")"

# --- Other sizes and resolutions.
for size in 100x150mm:203:800x1200 4x6in:300:1200x1800 100x150mm:600:2400x3600; do
    IFS=: read -r paper dpi dots <<<"$size"
    report=$(render --template courier --fields "$work/fields" --templates "$labels" --size "$paper" --dpi "$dpi" \
        --want 28411210000145 --out "$work/sized.png")
    expect "$paper at $dpi dpi" "0 $dots" "$(cat "$work/code") $(field width <<<"$report")x$(field height <<<"$report")"
done

# --- Every barcode that we draw is read again, also where two say the same.
mkdir "$work/twice"
printf 'title Twice\nmargin 3\nbarcode code128 "{awb}" height 20\nspace 9\nbarcode code128 "{awb}" height 20\nspace 9\nbarcode qr "{awb}" height 15\n' \
    >"$work/twice/twice.label"
report=$(render --template twice --fields "$work/fields" --templates "$work/twice" --out "$work/twice.pbm")
expect "three drawn" "0 3" "$(cat "$work/code") $(field barcodes_drawn <<<"$report")"
expect "and three read" 3 "$(grep -o '"text":' <<<"$report" | wc -l)"

# --- A PDF, out and in; a copy is marked; a wanted text that is not there is told.
render --template courier --fields "$work/fields" --templates "$labels" --out "$work/own.pdf" >/dev/null
expect "a template as PDF" "0 %PDF" "$(cat "$work/code") $(head -c 4 "$work/own.pdf")"
report=$(render --in "$work/own.pdf" --want 28411210000145 --out "$work/pdf.zpl" --repeat 2)
expect "and the PDF as a label" "0 1" "$(cat "$work/code") $(field pages <<<"$report")"
expect "asked twice, the round is told" 1 "$(grep -c '"round":[0-9]' <<<"$report")"
expect "and it is drawn twice, not taken from the labels of lately" 0 "$(grep -c '"draw":0\.0[,}]' <<<"$report")"
render --in "$work/own.png" --copy 2 --out "$work/copy.pbm" >/dev/null
expect "a copy is another picture" "0 differs" \
    "$(cat "$work/code") $(cmp -s "$work/own.pbm" "$work/copy.pbm" && echo same || echo differs)"
report=$(render --in "$work/own.png" --want 28411210000145 --want NOT-THERE --out "$work/want.pbm")
expect "what was wanted and not read" "1 NOT-THERE" \
    "$(cat "$work/code") $(sed -n 's/.*"missing":\["\([^"]*\)"\].*/\1/p' <<<"$report")"

# --- A label on its sheet is found, and where it was may be said the next time.
sheet=$here/../render/documents/cairo_a4_bottom.pdf
report=$(render --in "$sheet" --want 28419900000013 --out "$work/sheet.pbm")
expect "a label is cut out of its sheet" "0 A4" "$(cat "$work/code") $(field cropped_from <<<"$report")"
crop=$(sed -n 's/.*"crop":"\([^"]*\)".*/\1/p' <<<"$report")
report=$(render --in "$sheet" --want 28419900000013 --crop "$crop" --out "$work/sheet.pbm")
expect "in the place that was remembered" "0 $crop" \
    "$(cat "$work/code") $(sed -n 's/.*"crop":"\([^"]*\)".*/\1/p' <<<"$report")"

# --- Refused, each with a word and a sentence.
refused() { # PROMISE WORD FILE
    local report
    report=$(render --in "$3" --out "$work/none")
    expect "$1" "1 $2" "$(cat "$work/code") $(field refused <<<"$report")"
    expect "$1: with a sentence" yes "$(grep -q '"sentence":"[^"]* [^"]*"' <<<"$report" && echo yes)"
    expect "$1: nothing is written" no "$([ -e "$work/none" ] && echo yes || echo no)"
}
echo '<!DOCTYPE html><html><body>503</body></html>' >"$work/page.pdf"
: >"$work/nothing.pdf"
{ echo '%PDF-1.4'; head -c 3000000 /dev/zero; } >"$work/large.pdf"
cat >"$work/locked.pdf" <<'END'
%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 288 432]>>endobj
4 0 obj<</Filter/Standard/V 1/R 2/P -4/O<0102030405060708091011121314151617181920212223242526272829303132>/U<0102030405060708091011121314151617181920212223242526272829303132>>>endobj
trailer<</Root 1 0 R/Size 5/Encrypt 4 0 R/ID[<01><01>]>>
END
refused "a PDF that is HTML" html "$work/page.pdf"
refused "nothing" empty "$work/nothing.pdf"
refused "three megabytes" too_large "$work/large.pdf"
refused "a PDF with a password" encrypted "$work/locked.pdf"
render --template no-such --fields "$work/fields" --templates "$labels" --out "$work/none" >"$work/report"
expect "a template that is not there" 1 "$(cat "$work/code")"
expect "is refused in words" 1 "$(grep -c '"refused":"[a-z_]*"' "$work/report")"
render --in "$work/own.png" --renderer /no/such --out "$work/none" >"$work/report"
expect "without packd-render there is a sentence on standard error" "1 1" \
    "$(cat "$work/code") $(grep -c 'cannot be started' "$work/error")"

# --- A courier's ZPL.
report=$(render --in "$here/zpl/designer.zpl" --out "$work/courier.zpl")
expect "a courier's ZPL is passed on" '0 true' "$(cat "$work/code") $(field passed_through <<<"$report")"
expect "what was left out is told" '"left_out":["~TA","~JS","^LT","^MN","^MT","^PM","^JM","^PR","~SD","^JU","^MM","^LS","^PQ"]' \
    "$(grep -o '"left_out":\[[^]]*\]' <<<"$report")"
expect "and does not stand in the job" 0 "$(grep -acE '\^JUS|\^MNW|\^MTD|~' "$work/courier.zpl")"
printf '^XA^FO1,1^GB9,9,1^FS^EG^XZ' >"$work/bad.zpl"
refused "ZPL that formats the memory" zpl "$work/bad.zpl"
render --in "$here/zpl/ups.zpl" --language tspl --out "$work/none" >"$work/report"
expect "ZPL for another printer" 1 "$(cat "$work/code")"

# --- Templates are listed, and wrong usage is told.
expect "the templates are listed" 1 \
    "$(render --list --templates "$labels" | grep -c '^{"template":"courier","title":"[^"][^"]*","file":')"
for words in "" "--in x" "--out x" "--in x --out y --dpi 204" "--in x --out y --size 4x6" "--in x --out y --size 99x99in" \
    "--in x --out y --language pcl" "--in x --out y --crop 1x2" "--in x --out y.pdf" "--in x --template y --fields z --out y" \
    "--template y --out y" "--in x --out y --page 0" "--in x --out y --nonsense 1"; do
    # shellcheck disable=SC2086
    render $words >/dev/null
    expect "wrong usage: $words" "2 yes" "$(cat "$work/code") $([ -s "$work/error" ] && echo yes)"
done
promises_end "packtool render"
